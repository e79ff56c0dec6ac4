import BitcoinChain
import BitcoinConsensus
import BitcoinCrypto
import BitcoinPrimitives
import BitcoinRPC
import ByteCoding

/// Commands about what is kept on disk: coins, indexes, old blocks.
enum StorageCommands {
    static let all: [RPCCommand<NodeContext>] = [getTxOutSetInfo, getIndexInfo, getBlockFilter, pruneBlockchain]

    // MARK: Coins

    private static let unspendableShape: [RPCResultShape] = [
        .init(.amount, "genesis_block", "the subsidy of the first block"),
        .init(.amount, "bip30", "coinbases that equal ones have overwritten"),
        .init(.amount, "scripts", "outputs with scripts that nobody can fulfil"),
        .init(.amount, "unclaimed_rewards", "what the miner could have taken and did not"),
    ]

    private static let getTxOutSetInfo = RPCCommand<NodeContext>(
        category: "blockchain", name: "gettxoutsetinfo",
        description: "Returns statistics of the unspent outputs. It takes some time without -coinstatsindex.",
        arguments: [
            .init(
                "hash_type", .string, .value("hash_serialized_3"),
                "Which hash of the set is computed: hash_serialized_3, muhash or none"),
            .init(
                "hash_or_height", .number, .hint("the current best block"),
                "The block after which the outputs are unspent (only with -coinstatsindex)", skipsTypeCheck: true,
                typeText: ("", "string or numeric")),
            .init("use_index", .bool, .value(true), "Use -coinstatsindex, if there is one"),
        ],
        results: [
            .init(
                .object, "", "",
                inner: [
                    .init(.number, "height", "height of the block"), .init(.hex, "bestblock", "hash of the block"),
                    .init(.number, "txouts", "number of unspent outputs"),
                    .init(.number, "bogosize", "a size that does not depend on the database"),
                    .init(.hex, "hash_serialized_3", "hash of the outputs in order", optional: true),
                    .init(.hex, "muhash", "hash of the outputs as a set", optional: true),
                    .init(.amount, "total_amount", "sum of the values"),
                    .init(.number, "transactions", "transactions with unspent outputs (not by index)", optional: true),
                    .init(.number, "disk_size", "estimate of the chainstate on disk (not by index)", optional: true),
                    .init(.amount, "total_unspendable_amount", "what can never be spent (by index)", optional: true),
                    .init(
                        .object, "block_info", "sums of the block (by index)", optional: true,
                        inner: [
                            .init(.amount, "prevout_spent", "outputs spent"),
                            .init(.amount, "coinbase", "outputs of the coinbase"),
                            .init(.amount, "new_outputs_ex_coinbase", "outputs of other transactions"),
                            .init(.amount, "unspendable", "unspendable outputs"),
                            .init(.object, "unspendables", "the same by kind", inner: unspendableShape),
                        ]),
                ])
        ], examples: helpExampleCli("gettxoutsetinfo", "") + helpExampleCli("gettxoutsetinfo", "\"muhash\" 1000")
    ) { call in
        let type = call[0].isNull ? "hash_serialized_3" : try call[0].requireString()
        guard let kind = CoinsStatistics.HashKind(rawValue: type) else {
            throw RPCError(.invalidParameter, "'\(type)' is not a valid hash_type")
        }
        let usesIndex = call[2].isNull ? true : try call[2].requireBool()
        let kept = call.context.indexes.kept
        let wanted = call[1]
        if !wanted.isNull {
            guard kept.coinStatistics != nil else {
                throw RPCError(.invalidParameter, "Querying specific block heights requires coinstatsindex")
            }
            guard kind != .serialized else {
                throw RPCError(
                    .invalidParameter, "hash_serialized_3 hash type cannot be queried for a specific block")
            }
            guard usesIndex else {
                throw RPCError(.invalidParameter, "Cannot set use_index to false when querying for a specific block")
            }
        }
        let answer = try await call.context.manager.withState { state in
            let block = wanted.isNull ? nil : try state.lookUp(hashOrHeight: wanted)
            if usesIndex, kind != .serialized, let index = kept.coinStatistics {
                let height = kept.follower(of: index)?.summary.height ?? 0
                if let block, !kept.isSynchronized(index), block.height > height {
                    throw RPCError(
                        .internalError,
                        "Unable to get data because coinstatsindex is still syncing. Current height: \(height)")
                }
                return CoinsAnswer.known(try indexed(index, block ?? state.tip, kind))
            }
            do throws(StorageError) {
                let coins = try state.coinsSnapshot()
                return .counted(coins, height: state.tip.height, sizeOnDisk: state.coinsSizeOnDisk)
            } catch {
                throw BlockAcceptanceError.storage(error)
            }
        }
        switch answer {
        case .known(let object): return .object(object)
        case .counted(let coins, let height, let size):
            let work = LongWork(call.context)
            defer { work.end() }
            let statistics = try await work.run {
                do throws(StorageError) {
                    return try CoinsStatistics(of: coins, hashing: kind) {
                        work.report("Counting coins", $0 * 100 >> 16)
                    }
                } catch {
                    call.context.manager.fail(error)
                    throw BlockAcceptanceError.storage(error)
                }
            }
            guard let statistics else { throw RPCError(.internalError, "Shutting down") }
            return .object(counted(statistics, after: coins.bestBlock, height: height, sizeOnDisk: size, kind))
        }
    }

    /// Where the statistics of coins come from.
    private enum CoinsAnswer: Sendable {
        /// From the index.
        case known(JSONObject)
        /// From these, one after the other.
        case counted(CoinsSnapshot, height: Int, sizeOnDisk: UInt64)
    }

    /// Statistics that were counted now.
    private static func counted(
        _ statistics: CoinsStatistics, after block: BlockHash, height: Int, sizeOnDisk: UInt64,
        _ kind: CoinsStatistics.HashKind
    ) -> JSONObject {
        var object: JSONObject = [
            "height": .int(height), "bestblock": .string(block.description),
            "txouts": .int(statistics.outputCount), "bogosize": .int(statistics.bogoSize),
        ]
        switch kind {
        case .serialized: object.append(kind.rawValue, .string(statistics.serializedHash.description))
        case .set: object.append(kind.rawValue, .string(statistics.setHash.description))
        case .none: break
        }
        object.append("total_amount", .amount(statistics.totalAmount))
        object.append("transactions", .int(statistics.transactionCount))
        object.append("disk_size", .int(sizeOnDisk))
        return object
    }

    /// Statistics that the index has.
    private static func indexed(
        _ index: CoinStatisticsIndex, _ block: BlockIndex, _ kind: CoinsStatistics.HashKind
    ) throws -> JSONObject {
        guard let totals = try index.totals(after: block.indexed) else {
            throw RPCError(.internalError, "Unable to read UTXO set")
        }
        var before = CoinTotals()
        if let parent = block.parent {
            guard let totals = try index.totals(after: parent.indexed) else {
                throw RPCError(.internalError, "Unable to read UTXO set")
            }
            before = totals
        }
        var object: JSONObject = [
            "height": .int(block.height), "bestblock": .string(block.hash.description),
            "txouts": .int(totals.outputCount), "bogosize": .int(totals.bogoSize),
        ]
        if kind == .set { object.append(kind.rawValue, .string(totals.setHash.description)) }
        object.append("total_amount", .amount(totals.amount))
        object.append("total_unspendable_amount", .amount(totals.unspendable))
        func difference(_ sum: KeyPath<CoinTotals, Amount>) -> JSONValue {
            .amount(totals[keyPath: sum] &- before[keyPath: sum])
        }
        func difference(_ sum: KeyPath<CoinTotals, UInt256>) -> JSONValue {
            .amount(Amount(bitPattern: (totals[keyPath: sum] &- before[keyPath: sum]).word0))
        }
        object.append(
            "block_info",
            [
                "prevout_spent": difference(\.spent), "coinbase": difference(\.coinbase),
                "new_outputs_ex_coinbase": difference(\.newOutputs), "unspendable": difference(\.unspendable),
                "unspendables": [
                    "genesis_block": difference(\.unspendableGenesis), "bip30": difference(\.unspendableBIP30),
                    "scripts": difference(\.unspendableScripts),
                    "unclaimed_rewards": difference(\.unspendableUnclaimed),
                ],
            ])
        return object
    }

    // MARK: Indexes

    private static let getIndexInfo = RPCCommand<NodeContext>(
        category: "util", name: "getindexinfo",
        description: "Returns the state of one index, or of all that are kept.",
        arguments: [.init("index_name", .string, .omitted, "Only the index of this name")],
        results: [
            .init(
                .dynamicObject, "", "",
                inner: [
                    .init(
                        .object, "name", "the index's name",
                        inner: [
                            .init(.bool, "synced", "whether it has caught up with the chain"),
                            .init(.number, "best_block_height", "height up to which it has caught up"),
                        ])
                ])
        ], examples: helpExampleCli("getindexinfo", "") + helpExampleCli("getindexinfo", "txindex")
    ) { call in
        let name = call[0].isNull ? "" : try call[0].requireString()
        var object = JSONObject()
        for summary in call.context.indexes.kept.followers.map(\.summary) where name.isEmpty || name == summary.name {
            object.append(
                summary.name,
                ["synced": .bool(summary.isSynchronized), "best_block_height": .int(summary.height)])
        }
        return .object(object)
    }

    private static let getBlockFilter = RPCCommand<NodeContext>(
        category: "blockchain", name: "getblockfilter",
        description: "Returns the filter of a block (BIP157).",
        arguments: [
            .init("blockhash", .hex, .required, "The hash of the block"),
            .init("filtertype", .string, .value("basic"), "The kind of filter"),
        ],
        results: [
            .init(
                .object, "", "",
                inner: [.init(.hex, "filter", "the filter"), .init(.hex, "header", "the filter's header")])
        ], examples: helpExampleCli("getblockfilter", "\"<hash>\" \"basic\"")
    ) { call in
        let hash = try call[0].requireHash("blockhash")
        let type = call[1].isNull ? "basic" : try call[1].requireString()
        guard type == "basic" else { throw RPCError(.invalidAddressOrKey, "Unknown filtertype") }
        let kept = call.context.indexes.kept
        guard let index = kept.filters else {
            throw RPCError(.miscellaneous, "Index is not enabled for filtertype \(type)")
        }
        return try await call.context.manager.withState { state in
            let block = try state.lookUp(hash)
            if let filter = try index.filter(of: block.indexed), let header = try index.header(of: block.indexed) {
                return ["filter": .string(Hex.encode(filter.encoded)), "header": .string(header.description)]
            }
            guard block.wasConnected else {
                throw RPCError(
                    .invalidAddressOrKey, "Filter not found. Block was not connected to active chain.")
            }
            guard kept.isSynchronized(index) else {
                throw RPCError(
                    .miscellaneous, "Filter not found. Block filters are still in the process of being indexed.")
            }
            throw RPCError(
                .internalError, "Filter not found. This error is unexpected and indicates index corruption.")
        }
    }

    // MARK: Old blocks

    private static let pruneBlockchain = RPCCommand<NodeContext>(
        category: "blockchain", name: "pruneblockchain",
        description: "Deletes block files up to a height, as far as that is allowed. Requires -prune.",
        arguments: [
            .init(
                "height", .number, .required,
                "The height, or a Unix time: then blocks are deleted that are at least two hours older")
        ],
        results: [.init(.number, "", "Height of the last block deleted")],
        examples: helpExampleCli("pruneblockchain", "1000")
    ) { call in
        let given = try call[0].requireInteger(as: Int32.self)
        return try await call.context.manager.withState { state in
            guard state.mayPrune else {
                throw RPCError(.miscellaneous, "Cannot prune blocks because node is not in prune mode.")
            }
            guard given >= 0 else { throw RPCError(.invalidParameter, "Negative block height.") }
            var height = Int(given)
            if height > 1_000_000_000 {
                // Blocks may carry times that are older than they are.
                guard let block = state.activeChain.findEarliest(atLeast: Int64(height) - 2 * 60 * 60, height: 0) else {
                    throw RPCError(
                        .invalidParameter, "Could not find block with at least the specified timestamp.")
                }
                height = block.height
            }
            let tip = state.activeChain.height
            guard tip >= state.parameters.pruneAfterHeight else {
                throw RPCError(.miscellaneous, "Blockchain is too short for pruning.")
            }
            guard height <= tip else {
                throw RPCError(.invalidParameter, "Blockchain is shorter than the attempted prune height.")
            }
            do throws(StorageError) { try state.prune(upTo: height) } catch {
                throw BlockAcceptanceError.storage(error)
            }
            return .int(state.pruneHeight ?? -1)
        }
    }
}

extension ChainState {
    /// The block of an RPC argument that is a hash, or a height of the active chain (Core's `ParseHashOrHeight`).
    func lookUp(hashOrHeight value: JSONValue) throws(RPCError) -> BlockIndex {
        guard case .number = value else { return try lookUp(try value.requireHash("hash_or_height")) }
        let height = Int(try value.requireInteger(as: Int32.self))
        guard height >= 0 else {
            throw RPCError(.invalidParameter, "Target block height \(height) is negative")
        }
        guard let block = activeChain[height] else {
            throw RPCError(
                .invalidParameter, "Target block height \(height) after current tip \(activeChain.height)")
        }
        return block
    }
}
