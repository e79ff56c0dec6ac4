import Capnp
import CapnpRPC
import Synchronization

/// The threads of the peer that calls of this side run on, and for each a thread of our own for callbacks.
///
/// Every outstanding call has one to itself, so that calls of independent tasks do not wait for one another; a call
/// takes an idle one or has a new one made, and gives it back. No call waits here.
final class RemoteThreads: Sendable {
    /// A thread of the peer with its counterpart here.
    struct Lane: Sendable {
        /// `Context.thread`.
        let remote: Client
        /// `Context.callbackThread`; calls nested in ours run on it.
        let local: Client
        /// The `makeThread` that `remote` came from; kept because dropping it would cancel it.
        let origin: RemotePromise
    }

    private struct State {
        var map: Client?
        var idle: [Lane] = []
        var taken = 0
        var made = 0
    }

    private let sessionID: UInt64
    private let limits: ProxyLimits
    private let name: String
    private let state = Mutex(State())

    init(sessionID: UInt64, name: String, limits: ProxyLimits) {
        self.sessionID = sessionID
        self.name = name
        self.limits = limits
    }

    /// The peer's `ThreadMap`; calls are made without a thread until there is one.
    func setMap(_ map: Client?) {
        let old = state.withLock { state in
            defer { state.map = map }
            return state.map
        }
        _ = old
    }

    /// A thread for one call; nil if the peer makes none.
    ///
    /// - Throws: ``IPCError/overloaded(_:)`` if too many calls are outstanding.
    func take() throws(IPCError) -> Lane? {
        let (lane, map, number) = try state.withLock { (state) throws(IPCError) -> (Lane?, Client?, Int) in
            guard let map = state.map else { return (nil, nil, 0) }
            guard state.taken < limits.remoteThreads else {
                throw .overloaded("more than \(limits.remoteThreads) calls to one peer at a time")
            }
            state.taken += 1
            if let lane = state.idle.popLast() { return (lane, nil, 0) }
            state.made += 1
            return (nil, map, state.made)
        }
        guard let map else { return lane }
        let name = "\(name)-\(number)"
        typealias ThreadMap = ProxyMessages.ThreadMap
        let promise = map.call(
            interfaceID: ThreadMap.interfaceID, methodID: ThreadMap.Method.makeThread.rawValue,
            paramsSize: ThreadMap.MakeThreadParams.size
        ) { params in
            ThreadMap.MakeThreadParams.Builder(params).setName(name)
        }
        let local = ThreadServer(sessionID: sessionID, name: name, limit: limits.queuedCalls)
        return Lane(remote: promise.capability(at: [0]), local: Client(local), origin: promise)
    }

    /// Ends the use of a thread.
    ///
    /// - Parameter isFree: whether the peer has answered; a thread that may still be busy is released instead of kept.
    func giveBack(_ lane: Lane, isFree: Bool) {
        state.withLock { state in
            state.taken -= 1
            if isFree, state.map != nil, state.idle.count < limits.idleRemoteThreads { state.idle.append(lane) }
        }
    }

    /// The connection has ended.
    func close() {
        let dropped = state.withLock { state in
            defer {
                state.map = nil
                state.idle = []
            }
            return (state.map, state.idle)
        }
        _ = dropped
    }
}
