import BitcoinChain
import BitcoinConsensus
import BitcoinPrimitives
import BitcoinRPC
import ByteCoding

/// Commands for whoever looks after mining.
enum MiningInfoCommands {
    static let all: [RPCCommand<NodeContext>] = [getMiningInfo, getNetworkHashPs]

    /// Blocks that the speed of the network is estimated from.
    private static let usualWindow: Int32 = 120

    private static let getNetworkHashPs = RPCCommand<NodeContext>(
        category: "mining", name: "getnetworkhashps",
        description: "Returns an estimate of the hashes that the network computes in a second, from the times of the "
            + "last blocks.",
        arguments: [
            .init(
                "nblocks", .number, .value(.int(usualWindow)),
                "How many blocks; -1 for those since the last change of the difficulty"),
            .init("height", .number, .value(-1), "The last of the blocks; -1 for the tip"),
        ],
        results: [.init(.number, "", "Hashes in a second")], examples: helpExampleCli("getnetworkhashps", "")
    ) { call in
        let count = call[0].isNull ? usualWindow : try call[0].requireInteger(as: Int32.self)
        let height = call[1].isNull ? -1 : try call[1].requireInteger(as: Int32.self)
        return try await call.context.manager.withState { state in
            guard count >= -1, count != 0 else {
                throw RPCError(.invalidParameter, "Invalid nblocks. Must be a positive number or -1.")
            }
            guard height == -1 || (0...state.activeChain.height).contains(Int(height)),
                let last = height == -1 ? state.tip : state.activeChain[Int(height)]
            else { throw RPCError(.invalidParameter, "Block does not exist at specified height") }
            return .double(hashRate(upTo: last, blocks: Int(count), state.parameters))
        }
    }

    /// Hashes in a second: work of blocks, by the time between the earliest and the latest of them.
    ///
    /// - Parameter count: how many blocks, at least 1; -1 for those since the last change of the difficulty.
    private static func hashRate(upTo last: BlockIndex, blocks count: Int, _ parameters: ChainParameters) -> Double {
        guard last.height > 0 else { return 0 }
        var left = min(count == -1 ? last.height % parameters.difficultyAdjustmentInterval + 1 : count, last.height)
        var first = last
        // Miners' clocks differ: times need not grow with the height.
        var (earliest, latest) = (last.header.time, last.header.time)
        while left > 0, let parent = first.parent {
            first = parent
            earliest = min(earliest, first.header.time)
            latest = max(latest, first.header.time)
            left -= 1
        }
        guard latest > earliest else { return 0 }
        return (last.chainWork &- first.chainWork).doubleValue / Double(latest - earliest)
    }

    private static let targetShape: [RPCResultShape] = [
        .init(.hex, "bits", "compact target"), .init(.number, "difficulty", "difficulty"),
        .init(.hex, "target", "target"),
    ]

    private static let getMiningInfo = RPCCommand<NodeContext>(
        category: "mining", name: "getmininginfo", description: "Returns what is known about mining.",
        results: [
            .init(
                .object, "", "",
                inner: [
                    .init(.number, "blocks", "height of the tip"),
                    .init(
                        .number, "currentblockweight", "weight of the block that was made last, if there was one",
                        optional: true),
                    .init(
                        .number, "currentblocktx", "its transactions, without the coinbase", optional: true),
                ] + targetShape + [
                    .init(.number, "networkhashps", "hashes of the network in a second"),
                    .init(.number, "pooledtx", "transactions in the mempool"),
                    .init(.amount, "blockmintxfee", "lowest feerate that is mined, for 1000 virtual bytes"),
                    .init(.string, "chain", "network name (main, test, testnet4, signet, regtest)"),
                    .init(.hex, "signet_challenge", "script that blocks of a signet are signed for", optional: true),
                    .init(
                        .object, "next", "the block after the tip",
                        inner: [.init(.number, "height", "its height")] + targetShape),
                    .init(.array, "warnings", "warnings", inner: [.init(.string, "", "a warning")]),
                ])
        ], examples: helpExampleCli("getmininginfo", "")
    ) { call in
        let warnings = call.context.warnings
        return try await call.context.manager.withState { state in
            let tip = state.tip
            var object: JSONObject = ["blocks": .int(tip.height)]
            if let made = state.lastAssembled {
                object.append("currentblockweight", .int(made.weight))
                object.append("currentblocktx", .int(made.transactionCount))
            }
            object.append(contentsOf: show(tip.header.bits))
            let rate = hashRate(upTo: tip, blocks: Int(usualWindow), state.parameters)
            object.append("networkhashps", .double(rate))
            object.append("pooledtx", .int(state.mempool.count))
            object.append("blockmintxfee", .amount(BlockAssembler.Options().minimumFeeRate))
            object.append("chain", .string(state.parameters.network.chainName))
            var next: JSONObject = ["height": .int(tip.height + 1)]
            next.append(contentsOf: show(state.nextRequiredBits(time: state.nextBlockTime)))
            object.append("next", .object(next))
            if state.parameters.network == .signet {
                object.append("signet_challenge", .string(Hex.encode(state.parameters.signetChallenge)))
            }
            object.append("warnings", .array(warnings.map { .string($0) }))
            return .object(object)
        }
    }

    private static func show(_ bits: UInt32) -> JSONObject {
        let target = CompactTarget(rawValue: bits)
        return [
            "bits": .string(ChainState.hex(bits)), "difficulty": .double(target.difficulty),
            "target": .string(target.expanded.hex),
        ]
    }
}
