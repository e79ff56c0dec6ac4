import Capnp
package import CapnpRPC
package import Logging

/// The protocol of Bitcoin Core's `-ipcbind`: Cap'n Proto RPC over the channel, the root object as bootstrap, threads
/// and callbacks by `mp/proxy.capnp`.
package struct CapnpProtocol<Root: Sendable>: IpcProtocol {
    /// How the root interface of a schema meets its Swift type; made from generated code.
    package struct Bootstrap: Sendable {
        /// Id of the interface that declares `construct`.
        package let constructInterfaceID: UInt64
        /// Ordinal of `construct`.
        package let constructMethodID: UInt16
        /// Makes the server of a root object.
        package let makeServer: @Sendable (Root, ProxyConnection) -> any Server
        /// Makes the proxy of the far side's root object.
        package let makeClient: @Sendable (RemoteObject) -> Root

        /// Everything the protocol has to know of a root interface.
        package init(
            constructInterfaceID: UInt64, constructMethodID: UInt16 = 0,
            makeServer: @escaping @Sendable (Root, ProxyConnection) -> any Server,
            makeClient: @escaping @Sendable (RemoteObject) -> Root
        ) {
            self.constructInterfaceID = constructInterfaceID
            self.constructMethodID = constructMethodID
            self.makeServer = makeServer
            self.makeClient = makeClient
        }
    }

    package let logger: Logger
    private let name: String
    private let bootstrap: Bootstrap
    private let limits: ProxyLimits

    /// - Parameters:
    ///   - name: of this process, such as `bitcoin-node-4711`; seen by peers as name of our threads.
    ///   - bootstrap: the root interface.
    ///   - limits: bounds per connection.
    ///   - logger: for `ipc` messages.
    package init(name: String, bootstrap: Bootstrap, limits: ProxyLimits = ProxyLimits(), logger: Logger) {
        self.name = name
        self.bootstrap = bootstrap
        self.limits = limits
        self.logger = logger
    }

    package func connect(_ channel: any IpcChannel) async throws -> IpcConnection<Root> {
        let session = IpcSession(peer: channel.peer, executor: channel.executor)
        let connection = ProxyConnection(session: session, name: name, limits: limits, logger: logger)
        let endpoint = CapnpEndpoint(channel: channel, connection: connection, isServing: false)
        let rpc = Connection(transport: endpoint, limits: limits.connection)
        let lease = ConnectionLease(session: session)
        connection.attach(rpc: rpc, lease: lease)
        try endpoint.start(rpc)
        let root = rpc.bootstrap()
        try await construct(root, connection)
        let remote = RemoteObject(capability: root, connection: connection, lease: lease)
        return IpcConnection(root: bootstrap.makeClient(remote), session: session)
    }

    package func serve(
        _ channel: any IpcChannel, limits: IpcLimits, root: (IpcSession) throws -> Root
    ) throws -> IpcSession {
        let session = IpcSession(peer: channel.peer, executor: channel.executor)
        let object = try root(session)
        var proxyLimits = self.limits
        proxyLimits.servedThreads = min(proxyLimits.servedThreads, limits.threads)
        var connectionLimits = proxyLimits.connection
        connectionLimits.answers = min(connectionLimits.answers, limits.calls)
        connectionLimits.imports = min(connectionLimits.imports, limits.objects)
        connectionLimits.exports = min(connectionLimits.exports, limits.objects)
        let connection = ProxyConnection(session: session, name: name, limits: proxyLimits, logger: logger)
        let endpoint = CapnpEndpoint(
            channel: channel, connection: connection, isServing: true, messageBytes: limits.messageBytes)
        let rpc = Connection(
            transport: endpoint, bootstrap: Client(bootstrap.makeServer(object, connection)),
            limits: connectionLimits)
        session.setStatistics { IpcStatistics(rpc) }
        connection.attach(rpc: rpc, lease: nil)
        try endpoint.start(rpc)
        return session
    }

    package func refuse(_ channel: any IpcChannel, reason: String) {
        let session = IpcSession(peer: channel.peer)
        let connection = ProxyConnection(session: session, name: name, limits: limits, logger: logger)
        let endpoint = CapnpEndpoint(channel: channel, connection: connection, isServing: true)
        // Should the peer's first messages be read before it has been told.
        let nobody = Client.broken(RPCError(kind: .overloaded, reason: reason))
        let rpc = Connection(transport: endpoint, bootstrap: nobody)
        connection.attach(rpc: rpc, lease: nil)
        // A channel that cannot be started is gone already.
        try? endpoint.start(rpc)
        rpc.abort(reason)
    }

    /// Exchanges the thread maps. A peer that has no `construct`, or returns no map, is called without threads.
    private func construct(_ root: Client, _ connection: ProxyConnection) async throws {
        let promise = root.call(
            interfaceID: bootstrap.constructInterfaceID, methodID: bootstrap.constructMethodID,
            paramsSize: StructSize(dataWords: 0, pointers: 1)
        ) { params in
            params.pointer(at: 0).setCapability(connection.threadMap)
        }
        do {
            let response = try await promise.response()
            connection.setPeerThreadMap(try response.results.pointer(at: 0).capability() as? Client)
        } catch let error as RPCError where error.kind == .unimplemented {
            return
        } catch {
            throw ErrorMapping.fromWire(error, closed: connection.isClosed)
        }
    }
}

extension IpcStatistics {
    fileprivate init(_ rpc: Connection) {
        let counted = rpc.statistics
        calls = counted.calls
        callsInFlight = Int(clamping: counted.calls - counted.returns)
        bytesReceived = counted.bytesReceived
        bytesSent = counted.bytesSent
        objects = rpc.tableSizes.exports
        meanLatency = counted.meanLatency
        maxLatency = counted.maxLatency
    }
}
