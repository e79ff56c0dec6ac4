import Synchronization

@testable import IPC

/// A receiver that keeps what comes.
final class Collector: IpcChannelReceiver {
    private struct State {
        var bytes: [UInt8] = []
        var isClosed = false
        var reason: IPCError?
        var waiters: [(count: Int, CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    func receive(_ bytes: RawSpan) {
        let bytes = unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }
        state.withLock { $0.bytes += bytes }
        wake()
    }

    func closed(_ reason: IPCError?) {
        state.withLock { state in
            state.isClosed = true
            state.reason = reason
        }
        wake()
    }

    /// The first `count` bytes, or what came before the end.
    func bytes(_ count: Int) async -> [UInt8] {
        await wait(count)
        return state.withLock { Array($0.bytes.prefix(count)) }
    }

    /// Waits for the end; why it came.
    func end() async -> IPCError? {
        await wait(.max)
        return state.withLock { $0.reason }
    }

    private func wait(_ count: Int) async {
        await withCheckedContinuation { continuation in
            state.withLock { $0.waiters.append((count, continuation)) }
            wake()
        }
    }

    private func wake() {
        let woken = state.withLock { state in
            let woken = state.waiters.filter { state.isClosed || $0.count <= state.bytes.count }
            if !woken.isEmpty { state.waiters.removeAll { state.isClosed || $0.count <= state.bytes.count } }
            return woken.map(\.1)
        }
        for waiter in woken { waiter.resume() }
    }
}
