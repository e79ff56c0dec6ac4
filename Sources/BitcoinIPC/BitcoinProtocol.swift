package import BitcoinInterfaces
package import IPC
package import Logging

/// The Cap'n Proto protocol with `ProcessInit` as its root: what every program of this project speaks.
///
/// Core's clients see `Init`, which `ProcessInit` extends; towards Core's node only the methods of `Init` work, and the
/// others fail as unimplemented.
package enum BitcoinProtocol {
    /// Makes the protocol.
    ///
    /// - Parameters:
    ///   - executable: Name of this program; peers see it, with the process id, as the name of our threads.
    ///   - logger: For messages of the category `ipc`.
    package static func make(executable: String, logger: Logger) -> CapnpProtocol<any ProcessInit> {
        CapnpProtocol(
            name: executable,
            bootstrap: .init(
                constructInterfaceID: Messages.Init.interfaceID,
                makeServer: { object, connection in ProcessInitProxyServer(object, connection: connection) },
                makeClient: { ProcessInitProxyClient($0) }),
            logger: logger)
    }
}
