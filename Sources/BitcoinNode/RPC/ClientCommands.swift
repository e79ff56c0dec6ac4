import BitcoinInterfaces
import BitcoinRPC

/// Commands about the clients of this process's sockets.
enum ClientCommands {
    static let all: [RPCCommand<NodeContext>] = [listIpcClients, disconnectIpcClient]

    private static let listIpcClients = RPCCommand<NodeContext>(
        category: "control", name: "listipcclients",
        description: "Lists who is connected to the IPC sockets of this node: terminals, wallets started by hand, "
            + "bitcoin-cli itself, mining software.",
        results: [
            .init(
                .array,
                inner: [
                    .init(
                        .object,
                        inner: [
                            .init(.number, "id", "Number of the connection, for disconnectipcclient"),
                            .init(.string, "name", "What the client calls itself; not to be trusted"),
                            .init(.string, "address", "Address that it connected to"),
                            .init(.number, "pid", "Its process, as the system says", optional: true),
                            .init(.number, "uid", "Its user, as the system says", optional: true),
                            .init(.number, "gid", "Its group, as the system says", optional: true),
                            .init(.time, "conntime", "When it connected, UNIX epoch time"),
                            .init(.number, "calls", "Calls that it has made"),
                            .init(.number, "callsinflight", "Calls that have not been answered"),
                            .init(.number, "bytesrecv", "Bytes received from it"),
                            .init(.number, "bytessent", "Bytes sent to it"),
                            .init(.number, "objects", "Objects of this node that it holds"),
                            .init(
                                .object, "latency",
                                "Microseconds from the arrival of a call to its answer; calls that wait count too",
                                inner: [
                                    .init(.number, "mean", "Average of all calls"),
                                    .init(.number, "max", "The longest"),
                                ]),
                        ])
                ])
        ], examples: helpExampleCli("listipcclients", "")
    ) { call in
        .array(await call.context.identity.listClients().map(\.json))
    }

    private static let disconnectIpcClient = RPCCommand<NodeContext>(
        category: "control", name: "disconnectipcclient",
        description: "Ends the connection of a client. Its calls fail, what it registered for ends, what it held is "
            + "freed; it may connect again.",
        arguments: [.init("id", .number, .required, "Number of the connection, see listipcclients")],
        results: [.init(.none)], examples: helpExampleCli("disconnectipcclient", "1")
    ) { call in
        let id = try call[0].requireInteger(as: UInt64.self)
        guard call.context.identity.disconnectClient(id) else {
            throw RPCError(.clientNodeNotConnected, "IPC client not found")
        }
        return .null
    }
}

extension IpcClientInfo {
    fileprivate var json: JSONValue {
        var object: JSONObject = ["id": .int(id), "name": .string(name), "address": .string(address)]
        // The system does not say who it is only when the client is in another process name space.
        if processID != 0 {
            object.append("pid", .int(processID))
            object.append("uid", .int(userID))
            object.append("gid", .int(groupID))
        }
        object.append("conntime", .int(connectedTime))
        object.append("calls", .int(calls))
        object.append("callsinflight", .int(callsInFlight))
        object.append("bytesrecv", .int(bytesReceived))
        object.append("bytessent", .int(bytesSent))
        object.append("objects", .int(objects))
        object.append("latency", ["mean": .int(meanLatency), "max": .int(maxLatency)])
        return .object(object)
    }
}
