import BitcoinCrypto
package import ByteCoding

/// A transaction, immutable, with its ids computed once.
///
/// It keeps its bytes in one piece: the scripts of one that was read are parts of them, and writing it copies them.
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

    /// Whether any input has a witness.
    package let hasWitness: Bool

    /// The bytes of the transaction, with witnesses.
    private let serialized: [UInt8]

    /// Where the outputs lie in these bytes.
    private let outputsStart: UInt32
    private let outputsEnd: UInt32

    /// Makes a transaction of its parts.
    package init(version: UInt32 = 2, inputs: [TransactionInput], outputs: [TransactionOutput], lockTime: UInt32 = 0) {
        var writer = ByteWriter(capacity: 256)
        let hasWitness = inputs.contains { !$0.witness.isEmpty }
        writer.writeUInt32(version)
        if hasWitness {
            writer.writeUInt8(0)
            writer.writeUInt8(1)
        }
        writer.writeCompactSize(inputs.count)
        for input in inputs { input.encode(to: &writer) }
        writer.writeCompactSize(outputs.count)
        let outputsStart = writer.count
        for output in outputs { output.encode(to: &writer) }
        let outputsEnd = writer.count
        if hasWitness {
            for input in inputs {
                writer.writeCompactSize(input.witness.count)
                for item in input.witness { writer.writeSizedBytes(item) }
            }
        }
        writer.writeUInt32(lockTime)
        self.init(
            version: version, inputs: inputs, outputs: outputs, lockTime: lockTime, hasWitness: hasWitness,
            serialized: writer.bytes, outputsAt: outputsStart..<outputsEnd)
    }

    /// Puts together what belongs together, and hashes it.
    ///
    /// - Parameters:
    ///   - serialized: the same transaction as bytes, in the form of BIP144 when it has witnesses.
    ///   - outputsAt: where the outputs lie in these bytes, without their count.
    init(
        version: UInt32, inputs: [TransactionInput], outputs: [TransactionOutput], lockTime: UInt32, hasWitness: Bool,
        serialized: [UInt8], outputsAt: Range<Int>
    ) {
        self.version = version
        self.inputs = inputs
        self.outputs = outputs
        self.lockTime = lockTime
        self.hasWitness = hasWitness
        self.serialized = serialized
        outputsStart = UInt32(outputsAt.lowerBound)
        outputsEnd = UInt32(outputsAt.upperBound)
        let full = SHA256d.hash(serialized)
        witnessID = WitnessTransactionID(rawValue: full)
        guard hasWitness else {
            id = TransactionID(rawValue: full)
            return
        }
        var stripped = SHA256Hasher()
        for part in Self.strippedParts(of: serialized, outputsEnd: outputsAt.upperBound) { stripped.update(part) }
        id = TransactionID(rawValue: stripped.finalizeDouble())
    }

    /// The old form is the same bytes without marker, flag and witnesses.
    private static func strippedParts(of bytes: [UInt8], outputsEnd: Int) -> [ArraySlice<UInt8>] {
        [bytes[..<4], bytes[6..<outputsEnd], bytes[(bytes.count - 4)...]]
    }

    /// The number of bytes with witnesses.
    package var totalSize: Int { serialized.count }

    /// The number of bytes without witnesses.
    package var strippedSize: Int { hasWitness ? Int(outputsEnd) + 2 : serialized.count }

    /// The outputs in order as bytes, without their count.
    package var serializedOutputs: ArraySlice<UInt8> { serialized[Int(outputsStart)..<Int(outputsEnd)] }

    /// Whether this creates coins: one input that refers to nothing.
    package var isCoinbase: Bool { inputs.count == 1 && inputs[0].previousOutput.isNull }

    /// The weight of BIP141: bytes without witnesses count four times.
    package var weight: Int { strippedSize * 3 + totalSize }

    /// The weight in units of four, rounded up, without regard to signature operations.
    package var virtualSize: Int { (weight + 3) / 4 }

    /// The serialised transaction.
    ///
    /// - Parameter includingWitness: false for the bytes that `id` hashes.
    package func encoded(includingWitness: Bool = true) -> [UInt8] {
        guard hasWitness && !includingWitness else { return serialized }
        return Array(Self.strippedParts(of: serialized, outputsEnd: Int(outputsEnd)).joined())
    }

    /// Appends the serialised transaction.
    package func encode(to writer: inout ByteWriter, includingWitness: Bool = true) {
        guard hasWitness && !includingWitness else { return writer.writeBytes(serialized) }
        for part in Self.strippedParts(of: serialized, outputsEnd: Int(outputsEnd)) { writer.writeBytes(part) }
    }
}

extension Transaction: Hashable {
    /// Two transactions are the same if their ids with witnesses are.
    package static func == (left: Transaction, right: Transaction) -> Bool { left.witnessID == right.witnessID }

    /// Hashes the id with witnesses.
    package func hash(into hasher: inout Hasher) { hasher.combine(witnessID) }
}
