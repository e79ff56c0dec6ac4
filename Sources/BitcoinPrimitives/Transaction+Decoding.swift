import BitcoinCrypto
package import ByteCoding

extension Transaction {
    /// Reads one transaction and goes on behind it.
    ///
    /// - Parameter allowingWitness: false reads the old form only, in which no inputs means no inputs.
    /// - Throws: `SerializationError`.
    package init(from reader: inout ByteReader, allowingWitness: Bool = true) throws(SerializationError) {
        let start = reader.position
        let layout = try Layout(of: &reader, allowingWitness: allowingWitness)
        // Places in it are kept as numbers of 32 bits.
        guard reader.position - start <= Int(UInt32.max) else { throw .malformed(.sizeTooLarge) }
        // All of it is there, so one block of memory takes it in, and nothing below asks for more than that.
        let bytes = Array(reader.bytes(from: start, to: reader.position))
        do throws(ByteCodingError) {
            try self.init(bytes, layout)
        } catch {
            throw .malformed(error)
        }
    }

    /// Reads a transaction that takes up all of `bytes`.
    ///
    /// - Throws: `SerializationError`.
    package init(decoding bytes: [UInt8], allowingWitness: Bool = true) throws(SerializationError) {
        var reader = ByteReader(bytes)
        try self.init(from: &reader, allowingWitness: allowingWitness)
        guard reader.isAtEnd else { throw .malformed(.trailingBytes) }
    }

    private init(_ bytes: [UInt8], _ layout: Layout) throws(ByteCodingError) {
        var reader = ByteReader(bytes)
        let version = try reader.readUInt32()
        try reader.skip(layout.inputs.start - reader.position)
        var inputs: [TransactionInput] = []
        inputs.reserveCapacity(layout.inputs.count)
        for _ in 0..<layout.inputs.count {
            // Put together in place: one that is made elsewhere would be copied.
            let previousOutput = try OutPoint(from: &reader)
            let scriptSig = try Script(from: &reader, of: bytes)
            inputs.append(
                TransactionInput(
                    previousOutput: previousOutput, scriptSig: scriptSig, sequence: try reader.readUInt32()))
        }
        try reader.skip(layout.outputs.start - reader.position)
        var outputs: [TransactionOutput] = []
        outputs.reserveCapacity(layout.outputs.count)
        for _ in 0..<layout.outputs.count {
            let value = try reader.readInt64()
            outputs.append(TransactionOutput(value: value, scriptPubKey: try Script(from: &reader, of: bytes)))
        }
        let outputsEnd = reader.position
        if layout.hasWitness {
            for index in inputs.indices { inputs[index].witness = try Self.readWitness(&reader) }
        }
        self.init(
            version: version, inputs: inputs, outputs: outputs, lockTime: try reader.readUInt32(),
            hasWitness: layout.hasWitness, serialized: bytes, outputsAt: layout.outputs.start..<outputsEnd)
    }

    private static func readWitness(_ reader: inout ByteReader) throws(ByteCodingError) -> [[UInt8]] {
        let count = try reader.readCompactSize()
        var items: [[UInt8]] = []
        items.reserveCapacity(count)
        for _ in 0..<count { items.append(try reader.readSizedBytes()) }
        return items
    }
}

/// Where the parts of a serialised transaction lie: a walk over its bytes that makes nothing, to see that all is there.
private struct Layout {
    /// A list: how many items, and where the first begins, counted from the start of the transaction.
    typealias List = (start: Int, count: Int)

    let inputs: List
    let outputs: List
    let hasWitness: Bool

    /// Walks to the end of a transaction.
    ///
    /// - Throws: `SerializationError`.
    init(of reader: inout ByteReader, allowingWitness: Bool) throws(SerializationError) {
        let flags: UInt8
        var hasWitness = false
        do throws(ByteCodingError) {
            (inputs, outputs, flags) = try Self.skipLists(&reader, allowingWitness: allowingWitness)
            if flags & 1 != 0 {
                for _ in 0..<inputs.count where try Self.skipWitness(&reader) > 0 { hasWitness = true }
            }
        } catch {
            throw .malformed(error)
        }
        self.hasWitness = hasWitness
        guard flags & 1 == 0 || hasWitness else { throw .superfluousWitness }
        guard flags & ~1 == 0 else { throw .unknownOptionalData }
        do throws(ByteCodingError) { try reader.skip(4) } catch { throw .malformed(error) }
    }

    /// Walks over all before the witnesses.
    private static func skipLists(
        _ reader: inout ByteReader, allowingWitness: Bool
    ) throws(ByteCodingError) -> (inputs: List, outputs: List, flags: UInt8) {
        let start = reader.position
        try reader.skip(4)
        let inputs = try skipInputs(&reader, start)
        guard inputs.count == 0 && allowingWitness else { return (inputs, try skipOutputs(&reader, start), 0) }
        // An empty input list marks the extended form; what follows is a byte of flags (BIP144).
        let flags = try reader.readUInt8()
        guard flags != 0 else { return (inputs, (reader.position - start, 0), 0) }
        return (try skipInputs(&reader, start), try skipOutputs(&reader, start), flags)
    }

    private static func skipInputs(_ reader: inout ByteReader, _ start: Int) throws(ByteCodingError) -> List {
        let count = try reader.readCompactSize()
        let first = reader.position - start
        for _ in 0..<count {
            try reader.skip(36)
            try skipSized(&reader)
            try reader.skip(4)
        }
        return (first, count)
    }

    private static func skipOutputs(_ reader: inout ByteReader, _ start: Int) throws(ByteCodingError) -> List {
        let count = try reader.readCompactSize()
        let first = reader.position - start
        for _ in 0..<count {
            try reader.skip(8)
            try skipSized(&reader)
        }
        return (first, count)
    }

    /// - Returns: how many items the witness has.
    private static func skipWitness(_ reader: inout ByteReader) throws(ByteCodingError) -> Int {
        let count = try reader.readCompactSize()
        for _ in 0..<count { try skipSized(&reader) }
        return count
    }

    private static func skipSized(_ reader: inout ByteReader) throws(ByteCodingError) {
        try reader.skip(try reader.readCompactSize())
    }
}
