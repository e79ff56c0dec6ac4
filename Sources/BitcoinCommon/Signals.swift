import Dispatch
import Glibc

/// Signals as calls, on a queue of their own instead of in a handler where almost nothing is allowed.
package final class Signals {
    private let sources: [any DispatchSourceSignal]

    deinit {
        for source in sources { source.cancel() }
    }

    /// Calls `action` whenever one of the signals arrives, instead of what it would do.
    package init(_ numbers: [Int32], action: @escaping @Sendable (Int32) -> Void) {
        sources = numbers.map { number in
            _ = signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { action(number) }
            source.activate()
            return source
        }
    }
}
