package import CapnpRPC

/// Bounds on what one connection may make this process keep.
package struct ProxyLimits: Sendable {
    /// `Thread` objects that a peer may have made and not released.
    package var servedThreads = 1024
    /// Unicode scalars that the name of such a thread may have; the rest is cut off.
    package var nameLength = 100
    /// Calls that may wait for their turn on one thread or object.
    package var queuedCalls = 1024
    /// Calls with a thread that this side may have outstanding; each takes a thread of the peer, in Core a real one.
    package var remoteThreads = 256
    /// Threads of the peer that are kept for later calls.
    package var idleRemoteThreads = 16

    /// Bounds of the connection itself: messages, calls, capabilities, memory.
    package var connection = ConnectionLimits()

    /// The usual bounds.
    package init() {}
}
