import BitcoinChain
import BitcoinCommon
import BitcoinConsensus
import BitcoinCrypto
import BitcoinPrimitives
import BitcoinRPC
import ByteCoding
import Foundation

/// Commands about sets of coins in files (assumeutxo), and about headers, which they need.
enum SnapshotCommands {
    static let all: [RPCCommand<NodeContext>] = [dumpTxOutSet, loadTxOutSet, getChainStates, submitHeader]

    private static let dumpTxOutSet = RPCCommand<NodeContext>(
        category: "blockchain", name: "dumptxoutset",
        description:
            "Writes the unspent outputs into a file, for loadtxoutset. For an earlier block they are copied into a "
            + "database beside the file and brought back there, which takes time.",
        arguments: [
            .init("path", .string, .required, "The file; relative to the network's data directory"),
            .init(
                "type", .string, .value(""),
                "latest for the outputs of the tip, rollback for those of the latest block that loadtxoutset knows"),
            .init(
                "options", .namedOptions, .omitted, "",
                inner: [
                    .init(
                        "rollback", .number, .omitted, "Height or hash of the block", skipsTypeCheck: true,
                        typeText: ("", "string or numeric")),
                    .init("in_memory", .bool, .value(false), "Accepted; the copy is always on disk"),
                ]),
        ],
        results: [
            .init(
                .object, "", "",
                inner: [
                    .init(.number, "coins_written", "the number of coins written"),
                    .init(.hex, "base_hash", "the block's hash"), .init(.number, "base_height", "the block's height"),
                    .init(.string, "path", "the file"), .init(.hex, "txoutset_hash", "the hash of the outputs"),
                    .init(.number, "nchaintx", "transactions up to the block"),
                ])
        ], examples: helpExampleCli("dumptxoutset", "utxo.dat latest")
    ) { call in
        let path = path(try call[0].requireString(), call.context)
        let type = call[1].isNull ? "" : try call[1].requireString()
        let options = call[2].isNull ? JSONObject() : try call[2].requireObject()
        let wanted = options["rollback"]
        guard wanted == nil || type.isEmpty || type == "rollback" else {
            throw RPCError(.invalidParameter, "Invalid snapshot type \"\(type)\" specified with rollback option")
        }
        guard wanted != nil || type == "rollback" || type == "latest" else {
            throw RPCError(
                .invalidParameter,
                "Invalid snapshot type \"\(type)\" specified. Please specify \"rollback\" or \"latest\"")
        }
        let context = call.context
        let source = try await context.manager.withState { state in
            let target: BlockIndex
            if let wanted {
                target = try state.lookUp(hashOrHeight: wanted)
            } else if type == "rollback" {
                let height = state.parameters.assumedSnapshots.map(\.height).max() ?? 0
                target = try state.lookUp(hashOrHeight: .int(height))
            } else {
                target = state.tip
            }
            guard state.activeChain.contains(target) else {
                throw RPCError(.invalidParameter, "The block is not in the active chain")
            }
            guard !FileManager.default.fileExists(atPath: path) else {
                throw RPCError(
                    .invalidParameter,
                    "\(path) already exists. If you are sure this is what you want, move it out of the way first")
            }
            guard FileManager.default.isWritableFile(atPath: (path as NSString).deletingLastPathComponent) else {
                throw RPCError(.invalidParameter, "Couldn't open file \(path).incomplete for writing.")
            }
            do throws(SnapshotError) {
                return try state.beginSnapshot(at: target)
            } catch {
                throw failure(error)
            }
        }
        let work = LongWork(context)
        let outcome = try await work.run {
            Result { () throws(SnapshotError) in try source.write(to: path) { work.report($0.title, $1) } }
        }
        work.end()
        try await context.manager.withState { $0.endSnapshot(of: source) }
        let dump: SnapshotDump
        do throws(SnapshotError) { dump = try outcome.get() } catch { throw failure(error) }
        return [
            "coins_written": .int(dump.coinCount), "base_hash": .string(dump.block.description),
            "base_height": .int(dump.height), "path": .string(path),
            "txoutset_hash": .string(dump.hash.description), "nchaintx": .int(dump.transactionCount),
        ]
    }

    /// What the user is told when a snapshot cannot be written. A disk that is full there is no reason to end the node.
    private static func failure(_ error: SnapshotError) -> RPCError { RPCError(.miscellaneous, error.description) }

    private static let loadTxOutSet = RPCCommand<NodeContext>(
        category: "blockchain", name: "loadtxoutset",
        description:
            "Loads unspent outputs from a file that the network's parameters know by hash, and goes on from their "
            + "block. The blocks below it are verified as they come, and the outputs compared in the end.",
        arguments: [.init("path", .string, .required, "The file; relative to the network's data directory")],
        results: [
            .init(
                .object, "", "",
                inner: [
                    .init(.number, "coins_loaded", "the number of coins loaded"),
                    .init(.hex, "tip_hash", "the block's hash"), .init(.number, "base_height", "the block's height"),
                    .init(.string, "path", "the file"),
                ])
        ], examples: helpExampleCli("loadtxoutset", "utxo.dat")
    ) { call in
        let path = path(try call[0].requireString(), call.context)
        let context = call.context
        @Sendable func failure(_ error: SnapshotError) -> any Error {
            switch error {
            case .unreadable: RPCError(.invalidParameter, error.description)
            case .malformed: RPCError(.deserializationError, error.description)
            case .storage(let error): BlockAcceptanceError.storage(error)
            case .refused, .population, .interrupted:
                RPCError(.internalError, "Unable to load UTXO snapshot: \(error). (\(path))")
            }
        }
        let loading = try await context.manager.withState { state in
            do throws(SnapshotError) { return try state.beginLoading(from: path) } catch { throw failure(error) }
        }
        let work = LongWork(context)
        let outcome = try await work.run {
            Result { () throws(SnapshotError) in try loading.read { work.report($0.title, $1) } }
        }
        work.end()
        return try await context.manager.withState { state in
            do throws(SnapshotError) {
                switch outcome {
                case .success(let loaded):
                    let block = try state.finishLoading(loaded)
                    return [
                        "coins_loaded": .int(loaded.coinCount), "tip_hash": .string(block.hash.description),
                        "base_height": .int(block.height), "path": .string(path),
                    ]
                case .failure(let error):
                    state.giveUp(loading)
                    throw error
                }
            } catch {
                throw failure(error)
            }
        }
    }

    private static let getChainStates = RPCCommand<NodeContext>(
        category: "blockchain", name: "getchainstates",
        description:
            "Returns the chains that coins are kept for: the active one, and the one that verifies the blocks below "
            + "a loaded snapshot.",
        results: [
            .init(
                .object, "", "",
                inner: [
                    .init(.number, "headers", "height of the best header"),
                    .init(
                        .array, "chainstates", "the chains, the active one last",
                        inner: [
                            .init(
                                .object, "", "",
                                inner: [
                                    .init(.number, "blocks", "height of the tip"),
                                    .init(.hex, "bestblockhash", "hash of the tip"),
                                    .init(.hex, "bits", "compact target of the tip"),
                                    .init(.hex, "target", "target of the tip"),
                                    .init(.number, "difficulty", "difficulty of the tip"),
                                    .init(.number, "verificationprogress", "estimate of the progress, 0 to 1"),
                                    .init(.hex, "snapshot_blockhash", "block of the snapshot", optional: true),
                                    .init(.number, "coins_db_cache_bytes", "memory of the database"),
                                    .init(.number, "coins_tip_cache_bytes", "memory of the coins"),
                                    .init(.bool, "validated", "whether all blocks were verified"),
                                ])
                        ]),
                ])
        ], examples: helpExampleCli("getchainstates", "")
    ) { call in
        try await call.context.manager.withState { state in
            var chains: [JSONValue] = []
            if let (verified, _) = state.verifiedTip { chains.append(chainState(state, verified, nil, true)) }
            chains.append(chainState(state, state.tip, state.snapshotBase, state.isVerified))
            return ["headers": .int(state.tree.bestHeader.height), "chainstates": .array(chains)]
        }
    }

    private static func chainState(
        _ state: ChainState, _ tip: BlockIndex, _ base: BlockIndex?, _ isVerified: Bool
    ) -> JSONValue {
        let target = CompactTarget(rawValue: tip.header.bits)
        let caches = state.cacheSizes
        var object: JSONObject = [
            "blocks": .int(tip.height), "bestblockhash": .string(tip.hash.description),
            "bits": .string(ChainState.hex(tip.header.bits)), "target": .string(target.expanded.hex),
            "difficulty": .double(target.difficulty),
            "verificationprogress": .double(state.guessVerificationProgress(of: tip)),
            "coins_db_cache_bytes": .int(caches.database), "coins_tip_cache_bytes": .int(caches.coins),
        ]
        if let base { object.append("snapshot_blockhash", .string(base.hash.description)) }
        object.append("validated", .bool(isVerified))
        return .object(object)
    }

    private static let submitHeader = RPCCommand<NodeContext>(
        category: "mining", name: "submitheader",
        description: "Takes a block header, which may then be the tip of a candidate chain.",
        arguments: [.init("hexdata", .hex, .required, "The header, 80 bytes")], results: [.init(.none)],
        examples: helpExampleCli("submitheader", "\"aabbcc\"")
    ) { call in
        let text = try call[0].requireString()
        guard let bytes = try? Hex.decode(text), let header = try? BlockHeader(decoding: bytes) else {
            throw RPCError(.deserializationError, "Block header decode failed")
        }
        return try await call.context.manager.withState { state in
            guard state.tree[header.previousBlockHash] != nil || state.tree[header.hash] != nil else {
                throw RPCError(
                    .verifyError, "Must submit previous header (\(header.previousBlockHash)) first")
            }
            do throws(ConsensusFailure) {
                _ = try state.acceptHeader(header)
            } catch {
                throw RPCError(.verifyError, error.rule.rawValue)
            }
            return .null
        }
    }

    private static func path(_ text: String, _ context: NodeContext) -> String {
        text.hasPrefix("/") ? text : context.identity.dataDirectory + "/" + text
    }
}

extension SnapshotSource.Step {
    fileprivate var title: String {
        switch self {
        case .copying: "Copying coins"
        case .rollingBack: "Rolling back coins"
        case .writing: "Writing snapshot"
        }
    }
}

extension SnapshotLoading.Step {
    fileprivate var title: String {
        switch self {
        case .reading: "Loading snapshot"
        case .hashing: "Verifying snapshot"
        }
    }
}
