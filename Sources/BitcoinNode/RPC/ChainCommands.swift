import BitcoinChain
import BitcoinCommon
import BitcoinConsensus
import BitcoinInterfaces
import BitcoinPrimitives
import BitcoinRPC
import Logging

/// Commands that check the chain, judge blocks in the rules' stead, and wait for blocks.
enum ChainCommands {
    static let all: [RPCCommand<NodeContext>] = [
        verifyChain, invalidateBlock, reconsiderBlock, preciousBlock, waitForNewBlock, waitForBlock, waitForBlockHeight,
    ]

    private static let verifyChain = RPCCommand<NodeContext>(
        category: "blockchain", name: "verifychain",
        description: "Checks the last blocks of the chain again.",
        arguments: [
            .init("checklevel", .number, .value(3), "How thoroughly: 0 (they can be read) to 4 (connected again)"),
            .init("nblocks", .number, .value(6), "How many blocks; 0 for all"),
        ],
        results: [.init(.bool, "", "false when something is wrong, or could not be checked; see the log")],
        examples: helpExampleCli("verifychain", "")
    ) { call in
        let level = call[0].isNull ? 3 : try call[0].requireInteger(as: Int32.self)
        let count = call[1].isNull ? 6 : try call[1].requireInteger(as: Int32.self)
        let context = call.context
        let outcome = try await context.manager.withState { state in
            do throws(StorageError) {
                return try state.verify(VerificationScope(blockCount: Int(count), level: Int(level))) { _ in
                    !context.isShuttingDown
                }
            } catch {
                throw BlockAcceptanceError.storage(error)
            }
        }
        switch outcome {
        case .passed: break
        case .failed(let problem):
            context.log.write("Verification error: block \(problem.block): \(problem.reason)", level: .error)
        case .lackedMemory:
            context.log.write("Skipped verification of coins for lack of memory (-dbcache)", level: .warning)
        case .lackedBlocks:
            context.log.write("Skipped verification of blocks that were deleted (-prune)", level: .warning)
        case .interrupted: context.log.write("Verification was stopped")
        }
        return .bool(outcome == .passed)
    }

    // MARK: Judging blocks

    private static let blockHashArgument = RPCArgument("blockhash", .hex, .required, "the hash of the block")

    private static let invalidateBlock = RPCCommand<NodeContext>(
        category: "hidden", name: "invalidateblock",
        description: "Marks a block as invalid for good, as if it broke a rule.", arguments: [blockHashArgument],
        results: [.init(.none)], examples: helpExampleCli("invalidateblock", "\"blockhash\"")
    ) { call in
        try await judge(call) { state, index throws(BlockAcceptanceError) in
            // The first block stays, as in Core, which says nothing about it.
            if index.height > 0 { try state.invalidate(index) }
        }
    }

    private static let reconsiderBlock = RPCCommand<NodeContext>(
        category: "hidden", name: "reconsiderblock",
        description: "Takes the mark of being invalid from a block, those before it and those after it. Undoes "
            + "invalidateblock.",
        arguments: [blockHashArgument], results: [.init(.none)],
        examples: helpExampleCli("reconsiderblock", "\"blockhash\"")
    ) { call in
        try await judge(call) { state, index throws(BlockAcceptanceError) in try state.reconsider(index) }
    }

    private static let preciousBlock = RPCCommand<NodeContext>(
        category: "blockchain", name: "preciousblock",
        description: "Treats a block as if it came before all others with as much work. A later call overrides an "
            + "earlier one; a restart forgets them.",
        arguments: [blockHashArgument], results: [.init(.none)],
        examples: helpExampleCli("preciousblock", "\"blockhash\"")
    ) { call in
        try await judge(call) { state, index throws(BlockAcceptanceError) in try state.prefer(index) }
    }

    private static func judge(
        _ call: RPCCall<NodeContext>,
        _ body: @escaping @Sendable (ChainState, BlockIndex) throws(BlockAcceptanceError) -> Void
    ) async throws -> JSONValue {
        let hash = try call[0].requireHash("blockhash")
        return try await call.context.manager.withState { state in
            try body(state, try state.lookUp(hash))
            return .null
        }
    }

    // MARK: Waiting

    private static let timeoutArgument = RPCArgument(
        "timeout", .number, .value(0), "Milliseconds after which the current block is returned; 0 for never")
    private static let waitResults: [RPCResultShape] = [
        .init(
            .object, "", "", inner: [.init(.hex, "hash", "The block hash"), .init(.number, "height", "Block height")])
    ]

    private static let waitForNewBlock = RPCCommand<NodeContext>(
        category: "blockchain", name: "waitfornewblock",
        description: "Waits until the tip is another one. Returns the current block on timeout or exit.",
        arguments: [
            timeoutArgument,
            .init("current_tip", .hex, .omitted, "The tip that is not waited for; the current one when it is left out"),
        ],
        results: waitResults, examples: helpExampleCli("waitfornewblock", "1000")
    ) { call in
        let given = call[1].isNull ? nil : BlockHash(hex: try call[1].requireHash("current_tip"))
        let start = try await tip(call)
        return try await wait(call, call[0]) { $0.hash != (given ?? start.hash) }
    }

    private static let waitForBlock = RPCCommand<NodeContext>(
        category: "blockchain", name: "waitforblock",
        description: "Waits until a block is the tip. Returns the current block on timeout or exit.",
        arguments: [.init("blockhash", .hex, .required, "Block hash to wait for."), timeoutArgument],
        results: waitResults, examples: helpExampleCli("waitforblock", "\"<hash>\" 1000")
    ) { call in
        let hash = BlockHash(hex: try call[0].requireHash("blockhash"))
        return try await wait(call, call[1]) { $0.hash == hash }
    }

    private static let waitForBlockHeight = RPCCommand<NodeContext>(
        category: "blockchain", name: "waitforblockheight",
        description: "Waits until the tip is at a height or above. Returns the current block on timeout or exit.",
        arguments: [.init("height", .number, .required, "Block height to wait for."), timeoutArgument],
        results: waitResults, examples: helpExampleCli("waitforblockheight", "100 1000")
    ) { call in
        let height = try call[0].requireInteger(as: Int32.self)
        return try await wait(call, call[1]) { $0.height >= height }
    }

    private static func tip(_ call: RPCCall<NodeContext>) async throws -> BlockRef {
        try await call.context.manager.withState { $0.tip.reference }
    }

    private static func wait(
        _ call: RPCCall<NodeContext>, _ timeout: JSONValue, until isReached: (BlockRef) -> Bool
    ) async throws -> JSONValue {
        let milliseconds = timeout.isNull ? 0 : try timeout.requireInteger(as: Int32.self)
        guard milliseconds >= 0 else { throw RPCError(.miscellaneous, "Negative timeout") }
        let context = call.context
        let mining = MiningService(manager: context.manager, hub: context.hub, parameters: context.parameters)
        let deadline = ContinuousClock.now + .milliseconds(milliseconds)
        var block = try await tip(call)
        while !isReached(block), !context.isShuttingDown {
            var left = Double.greatestFiniteMagnitude
            if milliseconds > 0 {
                left = (deadline - .now) / .milliseconds(1)
                guard left > 0 else { break }
            }
            guard let next = try await mining.waitTipChanged(currentTip: block.hash, timeout: left) else { break }
            block = next
        }
        return ["hash": .string(block.hash.description), "height": .int(block.height)]
    }
}
