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

    /// All outputs in order, without their count.
    let serializedOutputs: [UInt8]

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
        serializedOutputs = Self.serialize(transaction.outputs)

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
        blankedInputs = usesLegacy && transaction.inputs.count > 1 ? Self.blank(transaction.inputs) : []
        let common =
            usesSegwit || usesTaproot ? CommonHashes(transaction, serializedOutputs: serializedOutputs) : nil
        commonHashes = common
        segwitHashes = usesSegwit ? common.map(SegwitHashes.init) : nil
        taprootHashes = usesTaproot ? TaprootHashes(spentOutputs) : nil
    }

    /// What BIP143 and BIP341 both hash.
    var common: CommonHashes {
        commonHashes ?? CommonHashes(transaction, serializedOutputs: serializedOutputs)
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

        init(_ transaction: Transaction, serializedOutputs: [UInt8]) {
            var previousOutputs = ByteWriter(capacity: 36 * transaction.inputs.count)
            var sequences = ByteWriter(capacity: 4 * transaction.inputs.count)
            for input in transaction.inputs {
                input.previousOutput.encode(to: &previousOutputs)
                sequences.writeUInt32(input.sequence)
            }
            self.previousOutputs = singleHash(previousOutputs.bytes)
            self.sequences = singleHash(sequences.bytes)
            outputs = singleHash(serializedOutputs)
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
            var amounts = ByteWriter(capacity: 8 * spentOutputs.count)
            var scripts = ByteWriter(capacity: 35 * spentOutputs.count)
            for output in spentOutputs {
                amounts.writeInt64(output.value)
                scripts.writeSizedBytes(output.scriptPubKey.bytes)
            }
            self.amounts = singleHash(amounts.bytes)
            self.scripts = singleHash(scripts.bytes)
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

    /// The size of an input with an empty script.
    static let blankedInputSize = 41

    private static func serialize(_ outputs: [TransactionOutput]) -> [UInt8] {
        var writer = ByteWriter(capacity: 34 * outputs.count)
        for output in outputs { output.encode(to: &writer) }
        return writer.bytes
    }
}

private func singleHash(_ bytes: [UInt8]) -> Hash256 {
    var hasher = SHA256Hasher()
    hasher.update(bytes)
    return hasher.finalizeHash()
}

private func singleHash(_ hash: Hash256) -> Hash256 {
    var hasher = SHA256Hasher()
    hasher.update(hash)
    return hasher.finalizeHash()
}
