import BitcoinCrypto
package import BitcoinPrimitives
import ByteCoding

/// A transaction with the outputs that it spends, and what the signature hashes of its inputs share.
///
/// Everything is computed when it is made and nothing changes afterwards, so one object serves all inputs on any number
/// of threads. Without it, verifying a transaction of many inputs would hash the whole of it for each.
package final class PrecomputedTransactionData: Sendable {
    /// The spending transaction.
    package let transaction: Transaction

    /// The output that each input spends, in order.
    package let spentOutputs: [TransactionOutput]

    /// Every input as scripts before segregated witness hash the other inputs: outpoint, empty script, sequence. Empty
    /// when no input is likely to need it.
    let blankedInputs: [UInt8]

    /// For each input the hash of all that stands in front of it in such a transaction, so that only what follows is
    /// hashed for each. As many as inputs, or none.
    let blankedPrefixes: [SHA256Hasher]

    private let commonHashes: CommonHashes?
    private let segwitHashes: SegwitHashes?
    private let taprootHashes: TaprootHashes?

    /// Prepares a transaction.
    ///
    /// - Parameters:
    ///   - transaction: signed or not; its signature scripts and witnesses do not matter for signature hashes.
    ///   - spentOutputs: the output that each input spends, in order.
    /// - Precondition: there are as many outputs as inputs.
    package init(_ transaction: Transaction, spending spentOutputs: [TransactionOutput]) {
        precondition(spentOutputs.count == transaction.inputs.count, "one output is spent by each input")
        self.transaction = transaction
        self.spentOutputs = spentOutputs

        // What an input needs can be guessed from the output it spends. A wrong guess costs time and nothing else:
        // what is missing is computed when it is asked for.
        var usesLegacy = false
        var usesSegwit = false
        var usesTaproot = false
        for (input, output) in zip(transaction.inputs, spentOutputs) {
            if output.scriptPubKey.isPayToTaproot {
                usesTaproot = true
            } else if !input.witness.isEmpty || output.scriptPubKey.isWitnessProgram {
                usesSegwit = true
            } else {
                usesLegacy = true
            }
        }
        let blanks = usesLegacy && transaction.inputs.count > 1
        blankedInputs = blanks ? Self.blank(transaction.inputs) : []
        blankedPrefixes = blanks ? Self.prefixes(of: transaction, blankedInputs) : []
        let common = usesSegwit || usesTaproot ? CommonHashes(transaction) : nil
        commonHashes = common
        segwitHashes = usesSegwit ? common.map(SegwitHashes.init) : nil
        taprootHashes = usesTaproot ? TaprootHashes(spentOutputs) : nil
    }

    /// What BIP143 and BIP341 both hash.
    var common: CommonHashes {
        commonHashes ?? CommonHashes(transaction)
    }

    /// What BIP143 hashes.
    var segwit: SegwitHashes { segwitHashes ?? SegwitHashes(common) }

    /// What BIP341 hashes of the spent outputs.
    var taproot: TaprootHashes { taprootHashes ?? TaprootHashes(spentOutputs) }

    /// The single hashes of parts of the transaction.
    struct CommonHashes: Sendable {
        let previousOutputs: Hash256
        let sequences: Hash256
        let outputs: Hash256

        init(_ transaction: Transaction) {
            var previousOutputs = SHA256Hasher()
            var sequences = SHA256Hasher()
            var outputs = SHA256Hasher()
            for input in transaction.inputs {
                previousOutputs.update(input.previousOutput)
                sequences.update(littleEndian: input.sequence)
            }
            outputs.update(transaction.serializedOutputs)
            self.previousOutputs = previousOutputs.finalizeHash()
            self.sequences = sequences.finalizeHash()
            self.outputs = outputs.finalizeHash()
        }
    }

    /// The same, hashed twice.
    struct SegwitHashes: Sendable {
        let previousOutputs: Hash256
        let sequences: Hash256
        let outputs: Hash256

        init(_ common: CommonHashes) {
            previousOutputs = singleHash(common.previousOutputs)
            sequences = singleHash(common.sequences)
            outputs = singleHash(common.outputs)
        }
    }

    /// The single hashes of the spent amounts and scripts.
    struct TaprootHashes: Sendable {
        let amounts: Hash256
        let scripts: Hash256

        init(_ spentOutputs: [TransactionOutput]) {
            var amounts = SHA256Hasher()
            var scripts = SHA256Hasher()
            for output in spentOutputs {
                amounts.update(littleEndian: output.value)
                scripts.update(compactSize: output.scriptPubKey.count)
                scripts.update(output.scriptPubKey.slice)
            }
            self.amounts = amounts.finalizeHash()
            self.scripts = scripts.finalizeHash()
        }
    }

    /// The inputs with empty scripts, 41 bytes each.
    private static func blank(_ inputs: [TransactionInput]) -> [UInt8] {
        var writer = ByteWriter(capacity: blankedInputSize * inputs.count)
        for input in inputs {
            input.previousOutput.encode(to: &writer)
            writer.writeUInt8(0)
            writer.writeUInt32(input.sequence)
        }
        return writer.bytes
    }

    private static func prefixes(of transaction: Transaction, _ blankedInputs: [UInt8]) -> [SHA256Hasher] {
        var hasher = SHA256Hasher()
        hasher.update(littleEndian: transaction.version)
        hasher.update(compactSize: transaction.inputs.count)
        return transaction.inputs.indices.map { input in
            defer { hasher.update(blankedInputs[(input * blankedInputSize)..<((input + 1) * blankedInputSize)]) }
            return hasher
        }
    }

    /// The size of an input with an empty script.
    static let blankedInputSize = 41
}

private func singleHash(_ hash: Hash256) -> Hash256 {
    var hasher = SHA256Hasher()
    hasher.update(hash)
    return hasher.finalizeHash()
}

extension SHA256Hasher {
    /// Adds an output as it is serialised.
    mutating func update(_ output: TransactionOutput) {
        update(littleEndian: output.value)
        update(compactSize: output.scriptPubKey.count)
        update(output.scriptPubKey.slice)
    }

    /// Adds the 36 bytes of an outpoint.
    mutating func update(_ outPoint: OutPoint) {
        update(outPoint.transactionID.rawValue)
        update(littleEndian: outPoint.index)
    }
}
