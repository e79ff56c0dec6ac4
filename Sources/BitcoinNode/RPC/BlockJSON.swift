import BitcoinChain
import BitcoinConsensus
import BitcoinCrypto
import BitcoinPrimitives
import BitcoinRPC
import ByteCoding

/// How much `getblock` shows of the transactions.
enum BlockDetail {
    case ids
    case transactions
    case transactionsWithPreviousOutputs
}

extension ChainState {
    /// A header as `getblockheader` shows it.
    func headerJSON(_ index: BlockIndex) -> JSONObject {
        let header = index.header
        let target = CompactTarget(rawValue: header.bits)
        var object = JSONObject()
        object.append("hash", .string(index.hash.description))
        object.append("confirmations", .int(confirmations(of: index)))
        object.append("height", .int(index.height))
        object.append("version", .int(header.version))
        object.append("versionHex", .string(Self.hex(UInt32(bitPattern: header.version))))
        object.append("merkleroot", .string(header.merkleRoot.description))
        object.append("time", .int(header.time))
        object.append("mediantime", .int(index.medianTimePast))
        object.append("nonce", .int(header.nonce))
        object.append("bits", .string(Self.hex(header.bits)))
        object.append("target", .string(target.expanded.hex))
        object.append("difficulty", .double(target.difficulty))
        object.append("chainwork", .string(index.chainWork.hex))
        object.append("nTx", .int(index.transactionCount))
        if let parent = index.parent { object.append("previousblockhash", .string(parent.hash.description)) }
        if let next = activeChain.next(after: index) {
            object.append("nextblockhash", .string(next.hash.description))
        }
        return object
    }

    /// A block as `getblock` shows it.
    ///
    /// - Throws: `StorageError` when what the block spent cannot be read.
    func blockJSON(_ index: BlockIndex, _ block: Block, detail: BlockDetail) throws -> JSONValue {
        var object = headerJSON(index)
        object.append("strippedsize", .int(block.strippedSize))
        object.append("size", .int(block.size))
        object.append("weight", .int(block.weight))
        if let coinbase = block.transactions.first, let input = coinbase.inputs.first {
            var summary: JSONObject = [
                "version": .int(coinbase.version), "locktime": .int(coinbase.lockTime),
                "sequence": .int(input.sequence), "coinbase": .string(input.scriptSig.hex),
            ]
            if let witness = input.witness.first { summary.append("witness", .string(Hex.encode(witness))) }
            object.append("coinbase_tx", .object(summary))
        }
        let undo = detail == .ids ? nil : try self.undo(of: index)
        object.append(
            "tx",
            .array(
                block.transactions.enumerated().map { position, transaction in
                    guard detail != .ids else { return .string(transaction.id.description) }
                    let spent = undo.flatMap { undo in
                        position > 0 && position <= undo.spentCoins.count ? undo.spentCoins[position - 1] : nil
                    }
                    return .transaction(
                        transaction, network: parameters.network, spent: spent,
                        withPreviousOutputs: detail == .transactionsWithPreviousOutputs)
                }))
        return .object(object)
    }

    /// The block of an RPC argument.
    ///
    /// - Throws: -5 with Core's text when it is unknown.
    func lookUp(_ hash: String) throws(RPCError) -> BlockIndex {
        guard let hash = BlockHash(hex: hash), let index = tree[hash] else {
            throw RPCError(.invalidAddressOrKey, "Block not found")
        }
        return index
    }

    /// The data of a block.
    ///
    /// - Throws: -1 with Core's text when it is not there; `StorageError` when it cannot be read.
    func availableBlock(_ index: BlockIndex) throws -> Block {
        guard index.hasData else {
            let reason = isPruned(index) ? "pruned data" : "not fully downloaded"
            throw RPCError(.miscellaneous, "Block not available (\(reason))")
        }
        return try block(index)
    }

    /// What a block spent: the coins of each transaction but the coinbase. Nothing for the first block.
    ///
    /// - Throws: -1 with Core's text when it is not there; `StorageError` when it cannot be read.
    func availableUndo(_ index: BlockIndex) throws -> BlockUndo {
        guard index.height > 0 else { return BlockUndo(spentCoins: []) }
        guard let undo = try undo(of: index) else {
            throw RPCError(
                .miscellaneous, isPruned(index) ? "Undo data not available (pruned data)" : "Undo data not available")
        }
        return undo
    }

    /// Eight hexadecimal digits.
    static func hex(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    /// The ends of all branches as `getchaintips` shows them, highest first.
    func chainTipsJSON() -> JSONValue {
        .array(
            chainTips().map { tip in
                [
                    "height": .int(tip.block.height), "hash": .string(tip.block.hash.description),
                    "branchlen": .int(tip.branchLength), "status": .string(tip.status.rawValue),
                ]
            })
    }
}
