import BitcoinCrypto
package import ByteCoding

extension Transaction {
    /// Reads one transaction and goes on behind it.
    ///
    /// Counts are never trusted: an array grows only as its items are really read.
    ///
    /// - Parameter allowingWitness: false reads the old form only, in which no inputs means no inputs.
    /// - Throws: `SerializationError`.
    package init(from reader: inout ByteReader, allowingWitness: Bool = true) throws(SerializationError) {
        let start = reader.position
        let version = try wellFormed { () throws(ByteCodingError) in try reader.readUInt32() }
        var bodyStart = reader.position
        var inputs = try wellFormed { () throws(ByteCodingError) in try Self.readInputs(&reader) }
        var outputs: [TransactionOutput] = []
        var flags: UInt8 = 0
        if inputs.isEmpty && allowingWitness {
            // An empty input list marks the extended form; what follows is a byte of flags (BIP144).
            flags = try wellFormed { () throws(ByteCodingError) in try reader.readUInt8() }
            if flags != 0 {
                bodyStart = reader.position
                inputs = try wellFormed { () throws(ByteCodingError) in try Self.readInputs(&reader) }
                outputs = try wellFormed { () throws(ByteCodingError) in try Self.readOutputs(&reader) }
            }
        } else {
            outputs = try wellFormed { () throws(ByteCodingError) in try Self.readOutputs(&reader) }
        }
        let bodyEnd = reader.position
        if flags & 1 != 0 {
            flags ^= 1
            var hasWitness = false
            for index in inputs.indices {
                let witness = try wellFormed { () throws(ByteCodingError) in try Self.readWitness(&reader) }
                if !witness.isEmpty { hasWitness = true }
                inputs[index].witness = witness
            }
            guard hasWitness else { throw .superfluousWitness }
        }
        guard flags == 0 else { throw .unknownOptionalData }
        let lockTimeStart = reader.position
        let lockTime = try wellFormed { () throws(ByteCodingError) in try reader.readUInt32() }
        let end = reader.position

        let totalSize = end - start
        let strippedSize = 4 + (bodyEnd - bodyStart) + 4
        let full = SHA256d.hash(reader.bytes(from: start, to: end))
        var id = full
        if totalSize != strippedSize {
            // The old form is the same bytes without marker, flag and witnesses, so it need not be written out again.
            var stripped = SHA256Hasher()
            stripped.update(reader.bytes(from: start, to: start + 4))
            stripped.update(reader.bytes(from: bodyStart, to: bodyEnd))
            stripped.update(reader.bytes(from: lockTimeStart, to: end))
            id = stripped.finalizeDouble()
        }
        self.init(
            version: version, inputs: inputs, outputs: outputs, lockTime: lockTime,
            id: TransactionID(rawValue: id),
            witnessID: WitnessTransactionID(rawValue: full), totalSize: totalSize, strippedSize: strippedSize)
    }

    /// Reads a transaction that takes up all of `bytes`.
    ///
    /// - Throws: `SerializationError`.
    package init(decoding bytes: [UInt8], allowingWitness: Bool = true) throws(SerializationError) {
        var reader = ByteReader(bytes)
        try self.init(from: &reader, allowingWitness: allowingWitness)
        guard reader.isAtEnd else { throw .malformed(.trailingBytes) }
    }

    private static func readInputs(_ reader: inout ByteReader) throws(ByteCodingError) -> [TransactionInput] {
        let count = try reader.readCompactSize()
        var inputs: [TransactionInput] = []
        // The smallest input has 41 bytes.
        inputs.reserveCapacity(min(count, reader.remaining / 41))
        for _ in 0..<count { inputs.append(try TransactionInput(from: &reader)) }
        return inputs
    }

    private static func readOutputs(_ reader: inout ByteReader) throws(ByteCodingError) -> [TransactionOutput] {
        let count = try reader.readCompactSize()
        var outputs: [TransactionOutput] = []
        // The smallest output has 9 bytes.
        outputs.reserveCapacity(min(count, reader.remaining / 9))
        for _ in 0..<count { outputs.append(try TransactionOutput(from: &reader)) }
        return outputs
    }

    private static func readWitness(_ reader: inout ByteReader) throws(ByteCodingError) -> [[UInt8]] {
        let count = try reader.readCompactSize()
        var items: [[UInt8]] = []
        items.reserveCapacity(min(count, reader.remaining))
        for _ in 0..<count { items.append(try reader.readSizedBytes()) }
        return items
    }
}

/// Runs a step of decoding and names its failure.
private func wellFormed<R>(_ body: () throws(ByteCodingError) -> R) throws(SerializationError) -> R {
    do { return try body() } catch { throw .malformed(error) }
}
