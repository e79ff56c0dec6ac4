package import CapnpRPC

/// A failure that the far side reported: the text of the exception that its method threw.
///
/// The wire form is Core's: a Cap'n Proto exception of type FAILED with reason `std::exception: <what>`; `message` is
/// the `<what>`.
package struct RemoteException: Error, Equatable, Sendable, CustomStringConvertible {
    /// What the far side's exception says.
    package let message: String

    /// An exception with a text; thrown by a served method it reaches the caller with the same text.
    package init(_ message: String) {
        self.message = message
    }

    /// The message.
    package var description: String { message }
}

/// An error of the application that decides itself how it goes over the wire.
package protocol RPCErrorConvertible: Error {
    /// The exception that a peer gets.
    var rpcError: RPCError { get }
}

/// Mapping between the errors of Swift code and the exceptions of the wire.
enum ErrorMapping {
    /// What libmultiprocess puts before the text of a C++ exception.
    static let prefix = "std::exception: "

    /// The exception that a peer gets for an error thrown by a served method.
    static func toWire(_ error: any Error) -> RPCError {
        switch error {
        case let error as RPCError:
            error
        case let error as any RPCErrorConvertible:
            error.rpcError
        case let error as RemoteException:
            RPCError(kind: .failed, reason: prefix + error.message)
        case IPCError.unimplemented(let text):
            RPCError(kind: .unimplemented, reason: text)
        case IPCError.overloaded(let text):
            RPCError(kind: .overloaded, reason: text)
        default:
            RPCError(kind: .failed, reason: prefix + String(describing: error))
        }
    }

    /// The error that a caller gets for an exception of the wire, or for a connection that ended.
    static func fromWire(_ error: any Error, closed: Bool) -> any Error {
        guard let error = error as? RPCError else { return error }
        switch error.kind {
        case .failed:
            return RemoteException(
                error.reason.hasPrefix(prefix) ? String(error.reason.dropFirst(prefix.count)) : error.reason)
        case .disconnected:
            // Why a peer ended the connection, it says itself.
            return IPCError.disconnected(
                closed && !error.reason.hasPrefix("The peer ended the connection")
                    ? "IPC client method call interrupted by disconnect."
                    : error.reason)
        case .unimplemented:
            return IPCError.unimplemented(error.reason)
        case .overloaded:
            return IPCError.overloaded(error.reason)
        }
    }
}
