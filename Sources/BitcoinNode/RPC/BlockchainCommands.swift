import BitcoinChain
import BitcoinConsensus
import BitcoinCrypto
import BitcoinPrimitives
import BitcoinRPC
import ByteCoding

/// Commands about the chain and the mempool.
enum BlockchainCommands {
    static let all: [RPCCommand<NodeContext>] = [
        getBlockchainInfo, getBlockCount, getBestBlockHash, getBlockHash, getBlockHeader, getBlock, getChainTips,
        getRawMempool, getMempoolInfo,
    ]

    private static let blockHashArgument = RPCArgument("blockhash", .hex, .required, "The block hash")

    /// Members of a header in results.
    private static let headerShape: [RPCResultShape] = [
        .init(.hex, "hash", "the block hash"),
        .init(.number, "confirmations", "blocks since, itself included; -1 outside the active chain"),
        .init(.number, "height", "the height"), .init(.number, "version", "the version"),
        .init(.hex, "versionHex", "the version in hexadecimal digits"), .init(.hex, "merkleroot", "the merkle root"),
        .init(.time, "time", "the block time"), .init(.time, "mediantime", "the median time past"),
        .init(.number, "nonce", "the nonce"), .init(.hex, "bits", "compact target"),
        .init(.hex, "target", "target"), .init(.number, "difficulty", "difficulty"),
        .init(.hex, "chainwork", "work of the chain up to the block"),
        .init(.number, "nTx", "number of transactions"),
        .init(.hex, "previousblockhash", "hash of the block before", optional: true),
        .init(.hex, "nextblockhash", "hash of the block after", optional: true),
    ]

    /// Members of a block in results, behind those of its header.
    private static let blockShape: [RPCResultShape] = [
        .init(.number, "strippedsize", "size in bytes without witnesses"),
        .init(.number, "size", "size in bytes"), .init(.number, "weight", "weight (BIP141)"),
        .init(.object, "coinbase_tx", "parts of the coinbase", inner: [.init(.number, "version", "its version")]),
        .init(
            .array, "tx", "transactions",
            inner: [.init(.any, "", "the id, or from verbosity 2 on the transaction as in getrawtransaction")]),
    ]

    private static let getBlockchainInfo = RPCCommand<NodeContext>(
        category: "blockchain", name: "getblockchaininfo",
        description: "Returns the state of the chain and of its processing.",
        results: [
            .init(
                .object, "", "",
                inner: [
                    .init(.string, "chain", "network name (main, test, testnet4, signet, regtest)"),
                    .init(.number, "blocks", "height of the most-work fully connected chain"),
                    .init(.number, "headers", "height of the best header"),
                    .init(.string, "bestblockhash", "hash of the tip"),
                    .init(.hex, "bits", "compact target of the tip"),
                    .init(.hex, "target", "target of the tip"),
                    .init(.number, "difficulty", "difficulty of the tip"),
                    .init(.time, "time", "block time of the tip"),
                    .init(.time, "mediantime", "median time past of the tip"),
                    .init(.number, "verificationprogress", "estimate of the progress, 0 to 1"),
                    .init(.bool, "initialblockdownload", "whether the chain is still being caught up"),
                    .init(
                        .object, "backgroundvalidation", "how far blocks below a snapshot are verified", optional: true,
                        inner: [
                            .init(.number, "snapshotheight", "height of the snapshot's block"),
                            .init(.number, "blocks", "height reached"),
                            .init(.string, "bestblockhash", "hash of the block reached"),
                            .init(.time, "mediantime", "its median time past"),
                            .init(.hex, "chainwork", "work up to it"),
                            .init(.number, "verificationprogress", "0 to 1"),
                        ]),
                    .init(.hex, "chainwork", "work of the chain"),
                    .init(.number, "size_on_disk", "bytes of block files in use"),
                    .init(.bool, "pruned", "whether blocks are pruned"),
                    .init(.number, "pruneheight", "the first block that is not pruned", optional: true),
                    .init(.bool, "automatic_pruning", "whether blocks are pruned by themselves", optional: true),
                    .init(.number, "prune_target_size", "bytes that automatic pruning aims at", optional: true),
                    .init(.hex, "signet_challenge", "script that blocks of a signet are signed for", optional: true),
                    .init(.array, "warnings", "warnings", inner: [.init(.string, "", "a warning")]),
                ])
        ], examples: helpExampleCli("getblockchaininfo", "")
    ) { call in
        let warnings = call.context.warnings
        return try await call.context.manager.withState { state in
            let tip = state.tip
            let target = CompactTarget(rawValue: tip.header.bits)
            let progress = state.guessVerificationProgress(of: tip)
            var object: JSONObject = [
                "chain": .string(state.parameters.network.chainName), "blocks": .int(tip.height),
                "headers": .int(state.tree.bestHeader.height), "bestblockhash": .string(tip.hash.description),
                "bits": .string(ChainState.hex(tip.header.bits)), "target": .string(target.expanded.hex),
                "difficulty": .double(target.difficulty), "time": .int(tip.header.time),
                "mediantime": .int(tip.medianTimePast),
                "verificationprogress": .double(progress),
                "initialblockdownload": .bool(state.isInitialBlockDownload()),
            ]
            if let (verified, target) = state.verifiedTip {
                object.append(
                    "backgroundvalidation",
                    [
                        "snapshotheight": .int(target.height), "blocks": .int(verified.height),
                        "bestblockhash": .string(verified.hash.description),
                        "mediantime": .int(verified.medianTimePast), "chainwork": .string(verified.chainWork.hex),
                        "verificationprogress": .double(
                            Double(verified.chainTransactionCount) / Double(max(target.chainTransactionCount, 1))),
                    ])
            }
            object.append("chainwork", .string(tip.chainWork.hex))
            object.append("size_on_disk", .int(state.sizeOnDisk))
            object.append("pruned", .bool(state.mayPrune))
            if state.mayPrune { object.append("pruneheight", .int(state.pruneHeight.map { $0 + 1 } ?? 0)) }
            switch state.pruning {
            case .none: break
            case .manual: object.append("automatic_pruning", false)
            case .automatic(let target):
                object.append("automatic_pruning", true)
                object.append("prune_target_size", .int(target))
            }
            if state.parameters.network == .signet {
                object.append("signet_challenge", .string(Hex.encode(state.parameters.signetChallenge)))
            }
            object.append("warnings", .array(warnings.map { .string($0) }))
            return .object(object)
        }
    }

    private static let getBlockCount = RPCCommand<NodeContext>(
        category: "blockchain", name: "getblockcount",
        description: "Returns the height of the most-work fully connected chain. The genesis block has height 0.",
        results: [.init(.number, "", "The height")], examples: helpExampleCli("getblockcount", "")
    ) { call in
        try await call.context.manager.withState { .int($0.tip.height) }
    }

    private static let getBestBlockHash = RPCCommand<NodeContext>(
        category: "blockchain", name: "getbestblockhash",
        description: "Returns the hash of the tip of the most-work fully connected chain.",
        results: [.init(.hex, "", "the block hash, hex-encoded")], examples: helpExampleCli("getbestblockhash", "")
    ) { call in
        try await call.context.manager.withState { .string($0.tip.hash.description) }
    }

    private static let getBlockHash = RPCCommand<NodeContext>(
        category: "blockchain", name: "getblockhash",
        description: "Returns the hash of the block at a height of the active chain.",
        arguments: [.init("height", .number, .required, "The height")],
        results: [.init(.hex, "", "The block hash")], examples: helpExampleCli("getblockhash", "1000")
    ) { call in
        let height = try call[0].requireInteger(as: Int32.self)
        return try await call.context.manager.withState { state in
            guard let index = state.activeChain[Int(height)] else {
                throw RPCError(.invalidParameter, "Block height out of range")
            }
            return .string(index.hash.description)
        }
    }

    private static let getBlockHeader = RPCCommand<NodeContext>(
        category: "blockchain", name: "getblockheader",
        description: "Returns a block header, as an object or as hexadecimal digits.",
        arguments: [
            blockHashArgument,
            .init("verbose", .bool, .value(true), "true for an object, false for the serialised header"),
        ],
        results: [
            .init(.object, "", "", inner: headerShape, condition: "for verbose = true"),
            .init(.hex, "", "The header, 80 bytes", condition: "for verbose=false"),
        ], examples: helpExampleCli("getblockheader", "\"<hash>\"")
    ) { call in
        let hash = try call[0].requireHash("hash")
        let isVerbose = call[1].isNull ? true : try call[1].requireBool()
        return try await call.context.manager.withState { state in
            let index = try state.lookUp(hash)
            return isVerbose ? .object(state.headerJSON(index)) : .string(Hex.encode(index.header.encoded))
        }
    }

    private static let getBlock = RPCCommand<NodeContext>(
        category: "blockchain", name: "getblock",
        description: "Returns a block: 0 as hexadecimal digits, 1 as an object with transaction ids, 2 with "
            + "transactions, 3 with the outputs that they spend.",
        arguments: [
            blockHashArgument,
            .init("verbosity|verbose", .number, .value(1), "0, 1, 2 or 3", skipsTypeCheck: true),
        ],
        results: [
            .init(.hex, "", "The block", condition: "for verbosity = 0"),
            .init(
                .object, "", "", inner: headerShape + blockShape, condition: "for verbosity = 1, 2 and 3"),
        ], examples: helpExampleCli("getblock", "\"<hash>\"")
    ) { call in
        let hash = try call[0].requireHash("blockhash")
        let verbosity: Int
        switch call[1] {
        case .null: verbosity = 1
        case .bool(let flag): verbosity = flag ? 1 : 0
        default: verbosity = Int(try call[1].requireInteger(as: Int32.self))
        }
        return try await call.context.manager.withState { state in
            let index = try state.lookUp(hash)
            let block = try state.availableBlock(index)
            switch verbosity {
            case ...0: return .string(Hex.encode(block.encoded()))
            case 1: return try state.blockJSON(index, block, detail: .ids)
            case 2: return try state.blockJSON(index, block, detail: .transactions)
            default: return try state.blockJSON(index, block, detail: .transactionsWithPreviousOutputs)
            }
        }
    }

    private static let getChainTips = RPCCommand<NodeContext>(
        category: "blockchain", name: "getchaintips",
        description: "Returns the ends of all known branches, the active chain's among them.",
        results: [
            .init(
                .array, "", "",
                inner: [
                    .init(
                        .object, "", "",
                        inner: [
                            .init(.number, "height", "height of the end"), .init(.hex, "hash", "block hash"),
                            .init(.number, "branchlen", "blocks since the active chain, 0 for it"),
                            .init(.string, "status", "active, valid-fork, valid-headers, headers-only or invalid"),
                        ])
                ])
        ], examples: helpExampleCli("getchaintips", "")
    ) { call in
        try await call.context.manager.withState { $0.chainTipsJSON() }
    }

    private static let getRawMempool = RPCCommand<NodeContext>(
        category: "blockchain", name: "getrawmempool",
        description: "Returns the ids of the transactions in the mempool, or all that is known of them.",
        arguments: [
            .init("verbose", .bool, .value(false), "true for an object of details"),
            .init("mempool_sequence", .bool, .value(false), "with verbose=false, also the sequence number"),
        ],
        results: [
            .init(.array, "", "", inner: [.init(.hex, "", "transaction id")], condition: "for verbose = false"),
            .init(
                .dynamicObject, "", "", inner: [.init(.object, "transactionid", "")], condition: "for verbose = true"),
        ], examples: helpExampleCli("getrawmempool", "true")
    ) { call in
        let isVerbose = call[0].isNull ? false : try call[0].requireBool()
        guard call[1].isNull || call[1] == false else {
            throw RPCError(.invalidParameter, "mempool_sequence is not supported yet; leave it out")
        }
        return try await call.context.manager.withState { $0.mempool.json(isVerbose: isVerbose) }
    }

    private static let getMempoolInfo = RPCCommand<NodeContext>(
        category: "blockchain", name: "getmempoolinfo", description: "Returns the size of the mempool.",
        results: [
            .init(
                .object, "", "",
                inner: [
                    .init(.bool, "loaded", "whether the mempool is loaded"),
                    .init(.number, "size", "number of transactions"),
                    .init(.number, "bytes", "sum of their virtual sizes"),
                    .init(.amount, "total_fee", "sum of their fees"),
                ])
        ], examples: helpExampleCli("getmempoolinfo", "")
    ) { call in
        try await call.context.manager.withState { state in
            [
                "loaded": true, "size": .int(state.mempool.count), "bytes": .int(state.mempool.totalVirtualSize),
                "total_fee": .amount(state.mempool.totalFee),
            ]
        }
    }
}
