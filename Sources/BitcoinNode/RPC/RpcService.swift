import BitcoinCommon
import BitcoinInterfaces
import BitcoinRPC
import Logging

/// JSON-RPC of the node. Wallet methods go to the wallet process that the address names.
package struct RpcService: Rpc {
    private let context: NodeContext
    private let table: RPCCommandTable<NodeContext>

    /// Serves `context`.
    package init(_ context: NodeContext) {
        self.context = context
        table = RPCCommandTable(
            ControlCommands.all + ClientCommands.all + BlockchainCommands.all + ChainCommands.all
                + DeploymentCommands.all + StatisticsCommands.all + StorageCommands.all + SnapshotCommands.all
                + TransactionCommands.all + MiningCommands.all + MiningInfoCommands.all + UtilCommands.all
                + WalletCommands.all)
    }

    package func executeRpc(request: String, uri: String, user: String) async throws -> String {
        await RPCResponse.respond(to: request, uri: uri, user: user) { request in
            try await execute(request)
        }
    }

    private func execute(_ request: RPCRequest) async throws -> JSONValue {
        let message = context.initMessage
        // `stop`, `help` and `uptime` answer during start-up too, so that a long one can be ended.
        if !message.isEmpty, !["stop", "help", "uptime"].contains(request.method) {
            throw RPCError(.inWarmup, message)
        }
        context.log.write(
            "ThreadRPCServer method=\(Self.printable(request.method)) user=\(Self.printable(request.user))",
            category: "rpc", level: .debug)
        if request.method == "help" { return .string(try await help(request)) }
        if table[request.method] == nil, WalletRPCText.methods.contains(request.method) {
            return try await forward(request)
        }
        return try await table.execute(request, context: context)
    }

    private static func printable(_ text: String) -> String {
        String(text.unicodeScalars.filter { $0.properties.isAlphabetic || $0.properties.numericType != nil }.prefix(64))
    }

    /// Sends a request to its wallet. What the wallet answers is passed on.
    private func forward(_ request: RPCRequest) async throws -> JSONValue {
        let client = try await context.wallets.client(named: request.walletName)
        var forwarded = request
        forwarded.id = 1
        forwarded.version = .v2
        let text: String
        do {
            text = try await client.executeRpc(
                request: forwarded.json.write(), uri: request.uri, user: request.user)
        } catch {
            throw RPCError(.walletError, "The wallet process did not answer: \(error)")
        }
        guard let response = try? JSONValue(parsing: text) else {
            throw RPCError(.walletError, "The wallet process sent an answer that is no JSON")
        }
        if let error = RPCError(json: response["error"]) { throw error }
        return response["result"]
    }

    /// Reads back a list of commands that a wallet gave.
    private static func entries(
        ofList text: String, without table: RPCCommandTable<NodeContext>
    ) -> [RPCHelpEntry] {
        var entries: [RPCHelpEntry] = []
        var category = "wallet"
        for line in text.split(separator: "\n") {
            if line.hasPrefix("== "), line.hasSuffix(" ==") {
                category = line.dropFirst(3).dropLast(3).lowercased()
                continue
            }
            let name = String(line.prefix { $0 != " " })
            guard table[name] == nil else { continue }
            entries.append(RPCHelpEntry(category: category, name: name, help: String(line)))
        }
        return entries
    }

    /// Joins two lists of commands: the lines under a heading that both have come under one, sorted.
    private static func merge(_ own: String, _ other: String) -> String {
        func sections(_ text: String) -> [(heading: Substring, lines: [Substring])] {
            text.split(separator: "\n").reduce(into: []) { result, line in
                if line.hasPrefix("== ") {
                    result.append((line, []))
                } else if !result.isEmpty {
                    result[result.count - 1].lines.append(line)
                }
            }
        }
        var merged = sections(own)
        for section in sections(other) {
            if let index = merged.firstIndex(where: { $0.heading == section.heading }) {
                merged[index].lines = Array(Set(merged[index].lines + section.lines)).sorted()
            } else if section.heading != "== Control ==" {
                merged.append(section)
            }
        }
        return merged.map { ([$0.heading] + $0.lines).joined(separator: "\n") }.joined(separator: "\n\n")
    }

    private func help(_ request: RPCRequest) async throws -> String {
        var name = ""
        switch request.parameters {
        case .array(let values):
            guard values.count <= 1 else { throw RPCError(.miscellaneous, table["help"]?.help ?? "help") }
            if let first = values.first, !first.isNull { name = try first.requireString() }
        case .object(let named):
            if let value = named["command"] { name = try value.requireString() }
        default: break
        }
        let own = table.help(name)
        if !name.isEmpty, table[name] != nil || !WalletRPCText.methods.contains(name) { return own }
        // Wallets describe their own commands; without one attached there is nobody to ask.
        guard let wallet = await context.wallets.attachedNames.first else {
            return name.isEmpty ? own : "help: unknown command: \(name)"
        }
        let question = RPCRequest(
            method: "help", parameters: name.isEmpty ? [] : [.string(name)],
            uri: "/wallet/" + RPCRequest.encodePercent(wallet), user: request.user)
        guard let answer = try? await forward(question), let text = answer.stringValue else { return own }
        return name.isEmpty ? table.help("", others: Self.entries(ofList: text, without: table)) : text
    }
}
