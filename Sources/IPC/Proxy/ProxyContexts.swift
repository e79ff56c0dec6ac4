package import CapnpRPC

/// A generated server of an object of this side.
package protocol ProxyServerObject: Server {
    /// The Swift protocol that is served, as `any P`, or a closure type.
    associatedtype Object: Sendable
    /// The served object and its connection.
    var runtime: ProxyServerRuntime<Object> { get }
}

/// Turns objects into capabilities, for arguments of calls and results of served calls.
package struct ExportContext: Sendable {
    /// Where the capability goes.
    package let connection: ProxyConnection

    /// For messages of `connection`.
    package init(connection: ProxyConnection) {
        self.connection = connection
    }

    /// The capability for an object: that of the far side's own object if it is a proxy of this connection, else a new
    /// server made by `server`. Nil for nil.
    package func capability<Object>(
        for object: Object?, server: (Object, ProxyConnection) -> any Server
    ) -> Client? {
        guard let object else { return nil }
        if let proxy = object as? any ProxyClientObject, proxy.remote.connection === connection {
            return proxy.remote.share()
        }
        return Client(server(object, connection))
    }
}

/// Turns capabilities into objects, for results of calls and arguments of served calls.
package struct ImportContext: Sendable {
    /// Where the capability came from.
    package let connection: ProxyConnection

    /// For messages of `connection`.
    package init(connection: ProxyConnection) {
        self.connection = connection
    }
}
