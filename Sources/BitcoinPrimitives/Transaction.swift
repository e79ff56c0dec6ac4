import BitcoinCrypto
package import ByteCoding

/// A transaction, immutable, with its ids and sizes computed once.
package struct Transaction: Sendable {
    /// The version; 2 and above turn on relative lock times.
    package let version: UInt32

    /// The inputs, in order.
    package let inputs: [TransactionInput]

    /// The outputs, in order.
    package let outputs: [TransactionOutput]

    /// The earliest block height (below 500 000 000) or time at which the transaction may be mined.
    package let lockTime: UInt32

    /// The hash without witnesses.
    package let id: TransactionID

    /// The hash with witnesses; the same number as `id` when there are none.
    package let witnessID: WitnessTransactionID

    /// The number of bytes with witnesses.
    package let totalSize: Int

    /// The number of bytes without witnesses.
    package let strippedSize: Int

    /// Makes a transaction of its parts.
    package init(version: UInt32 = 2, inputs: [TransactionInput], outputs: [TransactionOutput], lockTime: UInt32 = 0) {
        self.version = version
        self.inputs = inputs
        self.outputs = outputs
        self.lockTime = lockTime
        let parts = Parts(version: version, inputs: inputs, outputs: outputs, lockTime: lockTime)
        let stripped = parts.encoded(includingWitness: false)
        strippedSize = stripped.count
        id = TransactionID(rawValue: SHA256d.hash(stripped))
        if inputs.contains(where: { !$0.witness.isEmpty }) {
            let full = parts.encoded(includingWitness: true)
            totalSize = full.count
            witnessID = WitnessTransactionID(rawValue: SHA256d.hash(full))
        } else {
            totalSize = stripped.count
            witnessID = WitnessTransactionID(rawValue: id.rawValue)
        }
    }

    /// For the decoder, which has hashed the bytes it read.
    init(
        version: UInt32, inputs: [TransactionInput], outputs: [TransactionOutput], lockTime: UInt32,
        id: TransactionID, witnessID: WitnessTransactionID, totalSize: Int, strippedSize: Int
    ) {
        self.version = version
        self.inputs = inputs
        self.outputs = outputs
        self.lockTime = lockTime
        self.id = id
        self.witnessID = witnessID
        self.totalSize = totalSize
        self.strippedSize = strippedSize
    }

    /// Whether this creates coins: one input that refers to nothing.
    package var isCoinbase: Bool { inputs.count == 1 && inputs[0].previousOutput.isNull }

    /// Whether any input has a witness.
    package var hasWitness: Bool { totalSize != strippedSize }

    /// The weight of BIP141: bytes without witnesses count four times.
    package var weight: Int { strippedSize * 3 + totalSize }

    /// The weight in units of four, rounded up, without regard to signature operations.
    package var virtualSize: Int { (weight + 3) / 4 }

    /// The serialised transaction.
    ///
    /// - Parameter includingWitness: false for the bytes that `id` hashes.
    package func encoded(includingWitness: Bool = true) -> [UInt8] {
        var writer = ByteWriter(capacity: includingWitness ? totalSize : strippedSize)
        encode(to: &writer, includingWitness: includingWitness)
        return writer.bytes
    }

    /// Appends the serialised transaction.
    package func encode(to writer: inout ByteWriter, includingWitness: Bool = true) {
        Parts(version: version, inputs: inputs, outputs: outputs, lockTime: lockTime)
            .encode(to: &writer, includingWitness: includingWitness && hasWitness)
    }
}

extension Transaction: Hashable {
    /// Two transactions are the same if their ids with witnesses are.
    package static func == (left: Transaction, right: Transaction) -> Bool { left.witnessID == right.witnessID }

    /// Hashes the id with witnesses.
    package func hash(into hasher: inout Hasher) { hasher.combine(witnessID) }
}

/// The four parts before anything is known about their hashes.
private struct Parts {
    var version: UInt32
    var inputs: [TransactionInput]
    var outputs: [TransactionOutput]
    var lockTime: UInt32

    func encoded(includingWitness: Bool) -> [UInt8] {
        var writer = ByteWriter(capacity: 256)
        encode(to: &writer, includingWitness: includingWitness)
        return writer.bytes
    }

    func encode(to writer: inout ByteWriter, includingWitness: Bool) {
        writer.writeUInt32(version)
        if includingWitness {
            writer.writeUInt8(0)
            writer.writeUInt8(1)
        }
        writer.writeCompactSize(inputs.count)
        for input in inputs { input.encode(to: &writer) }
        writer.writeCompactSize(outputs.count)
        for output in outputs { output.encode(to: &writer) }
        if includingWitness {
            for input in inputs {
                writer.writeCompactSize(input.witness.count)
                for item in input.witness { writer.writeSizedBytes(item) }
            }
        }
        writer.writeUInt32(lockTime)
    }
}
