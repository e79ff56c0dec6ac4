import BitcoinConsensus
import BitcoinCrypto
import BitcoinPrimitives
import BitcoinScript
import ByteCoding

/// Transactions, read in both ways, written again and checked.
enum TransactionTarget {
    static func run(_ bytes: [UInt8]) {
        for allowsWitness in [true, false] {
            var reader = ByteReader(bytes)
            guard let transaction = try? Transaction(from: &reader, allowingWitness: allowsWitness) else { continue }
            let read = bytes.prefix(reader.position)
            let written = transaction.encoded()
            precondition(read.elementsEqual(written), "a transaction is written otherwise than it was read")
            check(transaction, written)
        }
    }

    /// What must hold for every transaction that can be read.
    static func check(_ transaction: Transaction, _ written: [UInt8]) {
        let stripped = transaction.encoded(includingWitness: false)
        precondition(transaction.totalSize == written.count && transaction.strippedSize == stripped.count)
        precondition(transaction.witnessID.rawValue == SHA256d.hash(written) || transaction.isCoinbase)
        precondition(transaction.id.rawValue == SHA256d.hash(stripped))
        _ = Sigops.legacyCount(of: transaction)
        _ = TransactionRules.isFinal(transaction, height: 500, time: 1 << 33)
        guard (try? TransactionRules.check(transaction)) != nil else { return }
        let coins = transaction.inputs.indices.map { index in
            let output = transaction.outputs[index % transaction.outputs.count]
            return Coin(output: output, height: index, isCoinbase: index % 7 == 0)
        }
        _ = try? TransactionRules.fee(of: transaction, spending: coins, height: 100)
        _ = Sigops.cost(of: transaction, spending: coins, countsP2SH: true)
    }
}

/// Blocks, read, written again and checked.
enum BlockTarget {
    static func run(_ bytes: [UInt8]) {
        var reader = ByteReader(bytes)
        guard let block = try? Block(from: &reader) else { return }
        let written = block.encoded()
        precondition(
            bytes.prefix(reader.position).elementsEqual(written), "a block is written otherwise than it was read")
        precondition(block.size == written.count)
        precondition(block.strippedSize == block.encoded(includingWitness: false).count)
        for checksRoot in [true, false] {
            _ = try? BlockRules.check(
                block, parameters: .regtest, checksProofOfWork: false, checksMerkleRoot: checksRoot)
        }
        _ = block.witnessCommitment
        _ = block.computedWitnessMerkleRoot()
        _ = SignetSolution.isValid(block, parameters: .signet)
        for transaction in block.transactions.prefix(16) {
            TransactionTarget.check(transaction, transaction.encoded())
        }
    }
}
