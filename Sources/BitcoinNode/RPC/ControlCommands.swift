import BitcoinCommon
import BitcoinConsensus
import BitcoinInterfaces
import BitcoinPrimitives
import BitcoinRPC

/// Commands about the process itself.
enum ControlCommands {
    static let all: [RPCCommand<NodeContext>] = [
        help, uptime, stop, echo, echoIpc, logging, setMockTime, syncWithQueue,
    ]

    private static let help = RPCCommand<NodeContext>(
        category: "control", name: "help", description: "List all commands, or get help for one command.",
        arguments: [.init("command", .string, .hint("all commands"), "The command to get help on")],
        results: [.init(.string, "", "The help text")]
    ) { _ in
        // `RpcService` answers it, since it knows the wallets too.
        .null
    }

    private static let uptime = RPCCommand<NodeContext>(
        category: "control", name: "uptime", description: "Returns how long the node has been running, in seconds.",
        results: [.init(.number, "", "Seconds since the start")], examples: helpExampleCli("uptime", "")
    ) { call in
        .int(max(0, NodeClock.real - call.context.identity.process.startTime))
    }

    private static let stop = RPCCommand<NodeContext>(
        category: "control", name: "stop", description: "Ends the node cleanly.",
        arguments: [
            .init("wait", .number, .omitted, "how long to wait in ms", isHidden: true)
        ],
        results: [.init(.string, "", "A text that says so")]
    ) { call in
        call.context.beginShutdown()
        return "Bitcoin Core stopping"
    }

    private static let echo = RPCCommand<NodeContext>(
        category: "hidden", name: "echo", description: "Returns its arguments. For tests.",
        arguments: (0..<10).map { .init("arg\($0)", .string, .omitted, "", skipsTypeCheck: true) },
        results: [.init(.any, "", "The arguments")]
    ) { call in
        .array(call.arguments)
    }

    private static let echoIpc = RPCCommand<NodeContext>(
        category: "hidden", name: "echoipc",
        description: "Returns its argument after sending it through a process made for this purpose.",
        arguments: [.init("arg", .string, .required, "The string to echo")],
        results: [.init(.string, "", "The echoed string")], examples: helpExampleCli("echoipc", "\"Hello world\"")
    ) { call in
        let text = try call[0].requireString()
        guard let echo = call.context.identity.echoThroughProcess else { return .string(text) }
        return .string(try await echo(text))
    }

    private static let logging = RPCCommand<NodeContext>(
        category: "control", name: "logging",
        description: "Shows which log categories are on, and turns them on and off. \"all\" or \"1\" stands for every "
            + "category. Exclusions are applied last.",
        arguments: [
            .init(
                "include", .array, .omitted, "Categories to turn on",
                inner: [.init("include_category", .string, .omitted, "a category")]),
            .init(
                "exclude", .array, .omitted, "Categories to turn off",
                inner: [.init("exclude_category", .string, .omitted, "a category")]),
        ],
        results: [
            .init(.dynamicObject, "", "", inner: [.init(.bool, "category", "Whether the category is on")])
        ],
        examples: helpExampleCli("logging", "\"[\\\"all\\\"]\" \"[\\\"http\\\"]\"")
    ) { call in
        let include = try categories(call[0])
        let exclude = try categories(call[1])
        let known = Set(DebugLog.categories)
        call.context.log.setCategories { active in
            if active.contains("all") { active = known }
            active = active.union(include).subtracting(exclude)
        }
        let active = call.context.log.activeCategories
        var object = JSONObject()
        for category in DebugLog.categories.sorted() {
            object.append(category, .bool(active.contains(category) || active.contains("all")))
        }
        return .object(object)
    }

    private static func categories(_ value: JSONValue) throws -> Set<String> {
        guard !value.isNull else { return [] }
        var result: Set<String> = []
        for element in try value.requireArray() {
            let name = try element.requireString()
            switch name {
            case "", "1", "all": result.formUnion(DebugLog.categories)
            case _ where DebugLog.categories.contains(name): result.insert(name)
            default: throw RPCError(.invalidParameter, "unknown logging category " + name)
            }
        }
        return result
    }

    private static let setMockTime = RPCCommand<NodeContext>(
        category: "hidden", name: "setmocktime", description: "Sets the clock to a fixed time (regtest only).",
        arguments: [.init("timestamp", .number, .required, "Seconds since 1970; 0 for the real clock")],
        results: [.init(.none)]
    ) { call in
        guard call.context.parameters.network == .regtest else {
            throw RPCError(.miscellaneous, "setmocktime is for regression testing (-regtest mode) only")
        }
        let time = try call[0].requireInteger(as: Int64.self)
        guard time >= 0, time <= Int64(UInt32.max) else {
            throw RPCError(.invalidParameter, "Mocktime must be in the range [0, 4294967295], not \(time).")
        }
        call.context.clock.setMockTime(time)
        return .null
    }

    private static let syncWithQueue = RPCCommand<NodeContext>(
        category: "hidden", name: "syncwithvalidationinterfacequeue",
        description: "Waits until wallets and all other listeners have seen the chain as it is now.",
        results: [.init(.none)], examples: helpExampleCli("syncwithvalidationinterfacequeue", "")
    ) { call in
        await call.context.hub.delivered()
        return .null
    }
}
