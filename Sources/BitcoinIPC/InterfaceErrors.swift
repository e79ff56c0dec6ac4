package import BitcoinInterfaces
package import CapnpRPC
import IPC

extension InterfaceError: RPCErrorConvertible {
    /// The exception that tells a peer of any implementation what it can do: `UNIMPLEMENTED`, so that it falls back, or
    /// `OVERLOADED`, so that it tries again.
    package var rpcError: RPCError {
        switch self {
        case .notOffered: RPCError(kind: .unimplemented, reason: description)
        case .overloaded: RPCError(kind: .overloaded, reason: description)
        }
    }
}
