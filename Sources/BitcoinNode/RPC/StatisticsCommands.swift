import BitcoinChain
import BitcoinConsensus
import BitcoinPrimitives
import BitcoinRPC

/// Commands with figures of blocks and of the chain.
enum StatisticsCommands {
    static let all: [RPCCommand<NodeContext>] = [getDifficulty, getChainTxStats, getBlockStats]

    private static let getDifficulty = RPCCommand<NodeContext>(
        category: "blockchain", name: "getdifficulty",
        description: "Returns the difficulty of the tip, as a multiple of the lowest one.",
        results: [.init(.number, "", "The difficulty")], examples: helpExampleCli("getdifficulty", "")
    ) { call in
        try await call.context.manager.withState {
            .double(CompactTarget(rawValue: $0.tip.header.bits).difficulty)
        }
    }

    private static let getChainTxStats = RPCCommand<NodeContext>(
        category: "blockchain", name: "getchaintxstats",
        description: "Returns the number of transactions in the chain, and how fast they came in a window of blocks.",
        arguments: [
            .init("nblocks", .number, .hint("one month"), "Blocks in the window"),
            .init("blockhash", .hex, .hint("chain tip"), "The last block of the window"),
        ],
        results: [
            .init(
                .object, "", "",
                inner: [
                    .init(.time, "time", "time of the last block"),
                    .init(
                        .number, "txcount", "transactions up to it; unknown while blocks below a snapshot are missing",
                        optional: true),
                    .init(.hex, "window_final_block_hash", "the last block"),
                    .init(.number, "window_final_block_height", "its height"),
                    .init(.number, "window_block_count", "blocks in the window"),
                    .init(.number, "window_interval", "seconds of the window, if it has blocks", optional: true),
                    .init(.number, "window_tx_count", "transactions in the window, if known", optional: true),
                    .init(.number, "txrate", "transactions in a second, if known", optional: true),
                ])
        ], examples: helpExampleCli("getchaintxstats", "") + helpExampleCli("getchaintxstats", "2016")
    ) { call in
        let hash = call[1].isNull ? nil : try call[1].requireHash("blockhash")
        return try await call.context.manager.withState { state in
            let last = try hash.map { try state.lookUp($0) } ?? state.tip
            guard state.activeChain.contains(last) else {
                throw RPCError(.invalidParameter, "Block is not in main chain")
            }
            var count = Int(30 * 24 * 60 * 60 / state.parameters.targetSpacing)
            if call[0].isNull {
                count = max(0, min(count, last.height - 1))
            } else {
                count = Int(try call[0].requireInteger(as: Int32.self))
                guard count == 0 || (count > 0 && count < last.height) else {
                    throw RPCError(
                        .invalidParameter, "Invalid block count: should be between 0 and the block's height - 1")
                }
            }
            return .object(chainStatistics(last, blocks: count))
        }
    }

    /// - Parameter count: blocks in the window; fewer than there are before `last`, or none.
    private static func chainStatistics(_ last: BlockIndex, blocks count: Int) -> JSONObject {
        var object: JSONObject = ["time": .int(last.header.time)]
        if last.isLinked { object.append("txcount", .int(last.chainTransactionCount)) }
        object.append("window_final_block_hash", .string(last.hash.description))
        object.append("window_final_block_height", .int(last.height))
        object.append("window_block_count", .int(count))
        guard count > 0, let past = last.ancestor(at: last.height - count) else { return object }
        let seconds = last.medianTimePast - past.medianTimePast
        object.append("window_interval", .int(seconds))
        guard last.isLinked, past.isLinked else { return object }
        let transactions = last.chainTransactionCount &- past.chainTransactionCount
        object.append("window_tx_count", .int(transactions))
        if seconds > 0 { object.append("txrate", .double(Double(transactions) / Double(seconds))) }
        return object
    }

    // MARK: One block

    /// Members of `getblockstats` that are numbers.
    private static let figures: [RPCResultShape] = [
        ("avgfee", "mean fee"), ("avgfeerate", "mean feerate (satoshis for a virtual byte)"),
        ("avgtxsize", "mean size of a transaction"), ("height", "the height"),
        ("ins", "inputs, without the coinbase's"), ("maxfee", "highest fee"), ("maxfeerate", "highest feerate"),
        ("maxtxsize", "size of the largest transaction"), ("medianfee", "median of the fees"),
        ("mediantime", "median time past"), ("mediantxsize", "median of the sizes"), ("minfee", "lowest fee"),
        ("minfeerate", "lowest feerate"), ("mintxsize", "size of the smallest transaction"), ("outs", "outputs"),
        ("subsidy", "the subsidy"), ("swtotal_size", "size of all transactions with witnesses"),
        ("swtotal_weight", "their weight"), ("swtxs", "their number"), ("time", "the block time"),
        ("total_out", "sum of the outputs, without the coinbase's"), ("total_size", "size of all transactions"),
        ("total_weight", "their weight"), ("totalfee", "sum of the fees"),
        ("txs", "transactions, the coinbase included"), ("utxo_increase", "outputs made less outputs spent"),
        ("utxo_size_inc", "the same in bytes"),
        ("utxo_increase_actual", "as utxo_increase, without outputs that nobody can spend"),
        ("utxo_size_inc_actual", "the same in bytes"),
    ].map { RPCResultShape(.number, $0, $1, optional: true) }

    private static let percentileShape = RPCResultShape(
        .fixedArray, "feerate_percentiles", "feerates at 10, 25, 50, 75 and 90 percent of the weight", optional: true,
        inner: [10, 25, 50, 75, 90].map { .init(.number, "\($0)th_percentile_feerate", "at \($0) percent") })

    private static let getBlockStats = RPCCommand<NodeContext>(
        category: "blockchain", name: "getblockstats",
        description: "Returns statistics of a block. Amounts are satoshis; figures of transactions leave the coinbase "
            + "out. What the block spent must be there, which it is not for a block that was never connected, or that "
            + "was pruned.",
        arguments: [
            .init(
                "hash_or_height", .number, .required, "The block", skipsTypeCheck: true,
                typeText: ("", "string or numeric")),
            .init(
                "stats", .array, .hint("all values"), "Which of the results are wanted",
                inner: [
                    .init("height", .string, .omitted, "One of them"), .init("time", .string, .omitted, "Another one"),
                ], oneLine: "stats"),
        ],
        results: [
            .init(
                .object, "", "",
                inner: figures + [.init(.hex, "blockhash", "the block's hash", optional: true), percentileShape])
        ],
        examples: helpExampleCli("getblockstats", "1000 '[\"minfeerate\",\"avgfeerate\"]'")
            + helpExampleCli("getblockstats", "'\"<hash>\"'")
    ) { call in
        try await call.context.manager.withState { state in
            let index = try state.lookUp(hashOrHeight: call[0])
            let wanted = call[1].isNull ? [] : try call[1].requireArray().map { try $0.requireString() }
            let block = try state.availableBlock(index)
            let undo = try state.availableUndo(index)
            guard undo.spentCoins.count + 1 == block.transactions.count else {
                throw RPCError(.miscellaneous, "Can't read undo data from disk")
            }
            let all = BlockStatistics(block, undo: undo, at: index, parameters: state.parameters).json
            guard !wanted.isEmpty else { return .object(all) }
            var selected = JSONObject()
            for name in Set(wanted).sorted() {
                guard let value = all[name] else {
                    throw RPCError(.invalidParameter, "Invalid selected statistic '\(name)'")
                }
                selected.append(name, value)
            }
            return .object(selected)
        }
    }
}
