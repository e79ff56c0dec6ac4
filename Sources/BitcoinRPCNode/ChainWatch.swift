import BitcoinInterfaces
import BitcoinPrimitives

/// Says when something may have changed: at once when the tip does, and every few seconds for what the node has no
/// event for (mempool, wallets, warnings).
///
/// One call waits at the node for the tip; its time limit is the beat of the rest, so nothing else here has a clock. It
/// runs while somebody listens.
actor ChainWatch {
    private let makeMining: @Sendable () async throws -> (any Mining)?
    private let beat: Double
    private var listeners: [UInt64: AsyncStream<Void>.Continuation] = [:]
    private var lastListener: UInt64 = 0
    private var loop: Task<Void, Never>?
    /// Whether the node has said that it goes down.
    private(set) var isShuttingDown = false

    /// - Parameters:
    ///   - beat: Milliseconds between two signals when the tip stays.
    ///   - makeMining: Makes the object to wait with; may wait until the node has loaded its chain.
    init(beat: Double, makeMining: @escaping @Sendable () async throws -> (any Mining)?) {
        self.beat = beat
        self.makeMining = makeMining
    }

    deinit { loop?.cancel() }

    /// Signals until the connection ends or the stream is dropped. One that was not taken yet stands for later ones too.
    func changes() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        lastListener += 1
        let number = lastListener
        listeners[number] = continuation
        continuation.onTermination = { [weak self] _ in Task { await self?.remove(number) } }
        if loop == nil { loop = Task { [weak self] in await Self.run(self) } }
        return stream
    }

    /// Signals now: this side has changed something.
    func signal() { for listener in listeners.values { listener.yield() } }

    private func remove(_ number: UInt64) {
        listeners[number] = nil
        guard listeners.isEmpty else { return }
        loop?.cancel()
        loop = nil
    }

    /// The loop, which does not keep the watch alive while it waits.
    private static func run(_ watch: ChainWatch?) async {
        guard let makeMining = watch?.makeMining, let beat = watch?.beat else { return }
        weak let watch = watch
        var isShuttingDown = false
        do {
            if let mining = try await makeMining() {
                var tip: BlockHash? = try await mining.getTip()?.hash ?? .zero
                while let known = tip {
                    guard !Task.isCancelled, await watch?.signal() != nil else { return }
                    tip = try await mining.waitTipChanged(currentTip: known, timeout: beat)?.hash
                }
            }
            isShuttingDown = true
        } catch {
            // The connection is gone; whoever holds it tells the user.
        }
        await watch?.end(isShuttingDown: isShuttingDown)
    }

    private func end(isShuttingDown: Bool) {
        // After a cancellation the listeners are those of a newer loop.
        guard !Task.isCancelled else { return }
        self.isShuttingDown = isShuttingDown
        let ended = listeners
        listeners = [:]
        loop = nil
        for listener in ended.values { listener.finish() }
    }
}

/// A registration that is a task.
final class TaskHandler: Handler {
    private let task: Task<Void, Never>

    /// Starts the work, which ends when it is cancelled.
    init(_ work: @escaping @Sendable () async -> Void) { task = Task { await work() } }

    deinit { task.cancel() }

    func disconnect() async throws {
        task.cancel()
        await task.value
    }
}
