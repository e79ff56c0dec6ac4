import BitcoinChain
import BitcoinConsensus
import BitcoinPrimitives
import BitcoinRPC
import ByteCoding

/// Commands about transactions in the mempool and in blocks.
enum TransactionCommands {
    static let all: [RPCCommand<NodeContext>] = [getRawTransaction, getTxOut, getTxSpendingPrevOut]

    private static let getRawTransaction = RPCCommand<NodeContext>(
        category: "rawtransactions", name: "getrawtransaction",
        description: "Returns a transaction: from the mempool, from the block that is named, or with -txindex from any "
            + "block.",
        arguments: [
            .init("txid", .hex, .required, "The transaction id"),
            .init(
                "verbosity|verbose", .number, .value(0),
                "0 for hexadecimal digits, 1 for an object, 2 for an object with the fee and the outputs spent",
                skipsTypeCheck: true),
            .init("blockhash", .hex, .omitted, "The block in which to look for the transaction"),
        ],
        results: [
            .init(.hex, "data", "The transaction", condition: "if verbosity is not set or set to 0"),
            .init(
                .object, "", "",
                inner: [
                    .init(.bool, "in_active_chain", "whether the named block is in the active chain", optional: true),
                    .init(.hex, "blockhash", "the block hash", optional: true),
                    .init(.number, "confirmations", "the confirmations", optional: true),
                    .init(.time, "blocktime", "the block time", optional: true),
                    .init(.time, "time", "the same", optional: true),
                    .init(.amount, "fee", "the fee", optional: true),
                    .init(.any, "", "and the transaction as in decoderawtransaction"),
                ], condition: "if verbosity is set to 1 or 2"),
        ], examples: helpExampleCli("getrawtransaction", "\"mytxid\" 2")
    ) { call in
        let text = try call[0].requireHash("parameter 1")
        guard let id = TransactionID(hex: text), id.rawValue != call.context.parameters.genesis.header.merkleRoot else {
            throw RPCError(
                .invalidAddressOrKey,
                "The genesis block coinbase is not considered an ordinary transaction and cannot be retrieved")
        }
        let verbosity: Int
        switch call[1] {
        case .null: verbosity = 0
        case .bool(let flag): verbosity = flag ? 1 : 0
        default: verbosity = Int(try call[1].requireInteger(as: Int32.self))
        }
        let blockHash = call[2].isNull ? nil : try call[2].requireHash("parameter 3")
        let kept = call.context.indexes.kept
        return try await call.context.manager.withState { state in
            let named = blockHash.flatMap { BlockHash(hex: $0) }.flatMap { state.tree[$0] }
            if blockHash != nil, named == nil { throw RPCError(.invalidAddressOrKey, "Block hash not found") }
            guard let found = try find(id, in: named, kept, state) else {
                throw notFound(in: named, kept)
            }
            if verbosity <= 0 { return .string(Hex.encode(found.transaction.encoded())) }
            var object = JSONObject()
            if let named { object.append("in_active_chain", .bool(state.activeChain.contains(named))) }
            if found.block == nil, let entry = state.mempool[id] {
                object.append("vsize_adjusted", .int(entry.virtualSize))
            }
            let spent = verbosity >= 2 ? try spentCoins(found.transaction, found.block, state) : nil
            let shown = JSONValue.transaction(
                found.transaction, network: state.parameters.network, spent: spent, withPreviousOutputs: true)
            if case .object(let members) = shown { object.append(contentsOf: members) }
            if let block = found.block {
                object.append("blockhash", .string(block.hash.description))
                if state.activeChain.contains(block) {
                    object.append("confirmations", .int(state.confirmations(of: block)))
                    object.append("time", .int(block.header.time))
                    object.append("blocktime", .int(block.header.time))
                } else {
                    object.append("confirmations", 0)
                }
            }
            return .object(object)
        }
    }

    /// A transaction in the mempool or in a block.
    ///
    /// - Parameter block: The only block to look into; nil for mempool and index.
    private static func find(
        _ id: TransactionID, in block: BlockIndex?, _ kept: NodeIndexes.Kept, _ state: ChainState
    ) throws -> (transaction: Transaction, block: BlockIndex?)? {
        if let block {
            guard block.hasData else { return nil }
            return try state.block(block).transactions.first { $0.id == id }.map { ($0, block) }
        }
        if let entry = state.mempool[id] { return (entry.transaction, nil) }
        guard let index = kept.transactions, let found = try state.findTransaction(id, in: index) else { return nil }
        return (found.transaction, state.tree[found.block])
    }

    private static func notFound(in block: BlockIndex?, _ kept: NodeIndexes.Kept) -> RPCError {
        let reason: String
        if let block {
            guard block.hasData else { return RPCError(.miscellaneous, "Block not available") }
            reason = "No such transaction found in the provided block"
        } else if let index = kept.transactions {
            reason =
                kept.isSynchronized(index)
                ? "No such mempool or blockchain transaction"
                : "No such mempool transaction. Blockchain transactions are still in the process of being indexed"
        } else {
            reason =
                "No such mempool transaction. Use -txindex or provide a block hash to enable blockchain transaction "
                + "queries"
        }
        return RPCError(.invalidAddressOrKey, reason + ". Use gettransaction for wallet transactions.")
    }

    /// The coins that a transaction in a block spent; nil when they are not known.
    private static func spentCoins(
        _ transaction: Transaction, _ block: BlockIndex?, _ state: ChainState
    ) throws -> [Coin]? {
        guard !transaction.isCoinbase, let block, block.hasData, let undo = try state.undo(of: block) else {
            return nil
        }
        let position = try state.block(block).transactions.firstIndex { $0.id == transaction.id } ?? 0
        guard position > 0, position <= undo.spentCoins.count else { return nil }
        return undo.spentCoins[position - 1]
    }

    // MARK: Outputs

    private static let getTxOut = RPCCommand<NodeContext>(
        category: "blockchain", name: "gettxout", description: "Returns an output that nobody has spent.",
        arguments: [
            .init("txid", .string, .required, "The transaction id"),
            .init("n", .number, .required, "The output number"),
            .init(
                "include_mempool", .bool, .value(true),
                "Whether transactions in the mempool count, those that spend the output among them"),
        ],
        results: [
            .init(.none, condition: "If it was spent, or never was"),
            .init(
                .object, "", "",
                inner: [
                    .init(.hex, "bestblock", "the tip"),
                    .init(.number, "confirmations", "confirmations; 0 in the mempool"),
                    .init(.amount, "value", "the amount"),
                    .init(
                        .object, "scriptPubKey", "",
                        inner: [
                            .init(.string, "asm", "the script in words"),
                            .init(.string, "desc", "a descriptor of it"), .init(.hex, "hex", "the script"),
                            .init(.string, "type", "its kind"),
                            .init(.string, "address", "the address", optional: true),
                        ]),
                    .init(.bool, "coinbase", "whether a coinbase made it"),
                ], condition: "Otherwise"),
        ], examples: helpExampleCli("gettxout", "\"txid\" 1")
    ) { call in
        let id = TransactionID(hex: try call[0].requireHash("txid")) ?? .zero
        let outPoint = OutPoint(transactionID: id, index: try call[1].requireInteger(as: UInt32.self))
        let countsMempool = call[2].isNull ? true : try call[2].requireBool()
        return try await call.context.manager.withState { state in
            guard let (output, coin) = try unspent(outPoint, countsMempool: countsMempool, state) else { return .null }
            return [
                "bestblock": .string(state.tip.hash.description),
                "confirmations": .int(coin.map { state.tip.height - $0.height + 1 } ?? 0),
                "value": .amount(output.value),
                "scriptPubKey": .script(output.scriptPubKey, network: state.parameters.network),
                "coinbase": .bool(coin?.isCoinbase ?? false),
            ]
        }
    }

    /// An output that is unspent, with its coin if it is in a block.
    private static func unspent(
        _ outPoint: OutPoint, countsMempool: Bool, _ state: ChainState
    ) throws -> (TransactionOutput, Coin?)? {
        if countsMempool {
            if state.mempool.spender(of: outPoint) != nil { return nil }
            if state.mempool[outPoint.transactionID] != nil {
                return state.mempool.output(at: outPoint).map { ($0, nil) }
            }
        }
        do throws(StorageError) {
            return try state.coins.coin(at: outPoint).map { ($0.output, $0) }
        } catch {
            throw BlockAcceptanceError.storage(error)
        }
    }

    private static let getTxSpendingPrevOut = RPCCommand<NodeContext>(
        category: "blockchain", name: "gettxspendingprevout",
        description: "Finds what spends outputs: in the mempool, and with -txospenderindex in blocks.",
        arguments: [
            .init(
                "outputs", .array, .required, "The outputs",
                inner: [
                    .init(
                        "", .object, .omitted, "",
                        inner: [
                            .init("txid", .hex, .required, "The transaction id"),
                            .init("vout", .number, .required, "The output number"),
                        ])
                ]),
            .init(
                "options", .namedOptions, .omitted, "",
                inner: [
                    .init(
                        "mempool_only", .bool, .hint("true if txospenderindex unavailable, otherwise false"),
                        "If false, look into blocks too"),
                    .init("return_spending_tx", .bool, .hint("false"), "If true, return the whole transaction"),
                ]),
        ],
        results: [
            .init(
                .array, "", "",
                inner: [
                    .init(
                        .object, "", "",
                        inner: [
                            .init(.hex, "txid", "the transaction id of the output"),
                            .init(.number, "vout", "its number"),
                            .init(.hex, "spendingtxid", "what spends it", optional: true),
                            .init(.hex, "spendingtx", "the whole of that", optional: true),
                            .init(.hex, "blockhash", "the block that holds it", optional: true),
                        ])
                ])
        ], examples: helpExampleCli("gettxspendingprevout", "\"[{\\\"txid\\\":\\\"<txid>\\\",\\\"vout\\\":3}]\"")
    ) { call in
        let outputs = try call[0].requireArray()
        guard !outputs.isEmpty else { throw RPCError(.invalidParameter, "Invalid parameter, outputs are missing") }
        let outPoints = try outputs.map(outPoint)
        let options = call[1].isNull ? JSONObject() : try call[1].requireObject()
        if let unknown = options.keys.first(where: { !["mempool_only", "return_spending_tx"].contains($0) }) {
            throw RPCError(.typeError, "Unexpected key \(unknown)")
        }
        let kept = call.context.indexes.kept
        let onlyMempool = try options["mempool_only"].map { try $0.requireBool() } ?? (kept.spenders == nil)
        let isWhole = try options["return_spending_tx"].map { try $0.requireBool() } ?? false
        return try await call.context.manager.withState { state in
            .array(
                try zip(outputs, outPoints).map { output, outPoint in
                    var object = try output.requireObject()
                    var spender = state.mempool.spender(of: outPoint).flatMap { state.mempool[$0]?.transaction }
                    var block: BlockHash?
                    if spender == nil, !onlyMempool {
                        guard let index = kept.spenders, kept.isSynchronized(index) else {
                            throw RPCError(
                                .miscellaneous,
                                "Mempool lacks a relevant spend, and txospenderindex is unavailable.")
                        }
                        if let found = try state.findSpender(of: outPoint, in: index) {
                            (spender, block) = (found.transaction, found.block)
                        }
                    }
                    if let spender {
                        object.append("spendingtxid", .string(spender.id.description))
                        if isWhole { object.append("spendingtx", .string(Hex.encode(spender.encoded()))) }
                    }
                    if let block { object.append("blockhash", .string(block.description)) }
                    return .object(object)
                })
        }
    }

    private static func outPoint(_ value: JSONValue) throws(RPCError) -> OutPoint {
        let object = try value.requireObject()
        for key in ["txid", "vout"] where object[key] == nil { throw RPCError(.typeError, "Missing \(key)") }
        if let unknown = object.keys.first(where: { $0 != "txid" && $0 != "vout" }) {
            throw RPCError(.typeError, "Unexpected key \(unknown)")
        }
        let id = TransactionID(hex: try (object["txid"] ?? .null).requireHash("txid")) ?? .zero
        let number = try (object["vout"] ?? .null).requireInteger(as: Int32.self)
        guard number >= 0 else { throw RPCError(.invalidParameter, "Invalid parameter, vout cannot be negative") }
        return OutPoint(transactionID: id, index: UInt32(number))
    }
}
