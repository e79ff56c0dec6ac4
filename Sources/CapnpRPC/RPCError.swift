/// Why a call failed: the exception of `rpc.capnp`.
///
/// The same type serves calls that failed on the far side and calls that this side gave up (connection lost, protocol
/// violated); `kind` says what the caller may do about it.
public struct RPCError: Error, Hashable, Sendable, CustomStringConvertible {
    /// How a caller may respond to a failure. The raw values are those of `Exception.Type` on the wire.
    public enum Kind: UInt16, Sendable, CaseIterable {
        /// Repeating the call would fail again.
        case failed = 0
        /// A temporary lack of resources; the call may be repeated much later.
        case overloaded = 1
        /// The connection to some necessary capability was lost; start over with a new one.
        case disconnected = 2
        /// The method or interface is not there; try another one.
        case unimplemented = 3
    }

    /// What the caller may do about it.
    public var kind: Kind

    /// Text for people, as the far side wrote it; no prefix is added. Must not carry secrets.
    public var reason: String

    /// An error of `kind` with a text for people.
    public init(kind: Kind, reason: String) {
        self.kind = kind
        self.reason = reason
    }

    /// The error that reports `error`, thrown by a method, to its caller.
    ///
    /// An `RPCError` stays what it is. Any other error becomes a `failed` one with the text `std::exception: <error>`,
    /// the form in which libmultiprocess reports an exception of a method.
    public init(reporting error: any Error) {
        if let error = error as? RPCError {
            self = error
        } else {
            self.init(kind: .failed, reason: "std::exception: \(error)")
        }
    }

    /// A `failed` error.
    static func failed(_ reason: String) -> RPCError { RPCError(kind: .failed, reason: reason) }

    /// A `disconnected` error.
    static func disconnected(_ reason: String) -> RPCError { RPCError(kind: .disconnected, reason: reason) }

    /// The kind and the reason.
    public var description: String { "\(kind): \(reason)" }
}
