import Foundation
import Synchronization

/// The node's clock: the real one, or a fixed time for tests (`-mocktime`, RPC `setmocktime`).
package final class NodeClock: Sendable {
    private let mocked: Mutex<Int64?>

    /// A clock; `mockTime` nil or 0 for the real one.
    package init(mockTime: Int64? = nil) { mocked = Mutex(mockTime == 0 ? nil : mockTime) }

    /// Seconds since 1970.
    package var now: Int64 { mocked.withLock { $0 } ?? Self.real }

    /// Sets the fixed time; 0 returns to the real one.
    package func setMockTime(_ seconds: Int64) { mocked.withLock { $0 = seconds == 0 ? nil : seconds } }

    /// The real time, seconds since 1970.
    package static var real: Int64 { Int64(Date().timeIntervalSince1970) }
}
