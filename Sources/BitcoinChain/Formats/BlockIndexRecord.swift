package import BitcoinPrimitives
internal import ByteCoding

/// A block in Core's `blocks/index` (chain.h, `CDiskBlockIndex`), at the key `b` and the block's hash.
package struct BlockIndexRecord: Equatable, Sendable {
    /// What is known of the block, as bits.
    package struct Status: OptionSet, Sendable {
        package let rawValue: UInt32
        package init(rawValue: UInt32) { self.rawValue = rawValue }

        /// The number in the three lowest bits: how far the block was checked, see `Validity`.
        package static let validityMask = Status(rawValue: 7)
        /// The block itself is in a file.
        package static let hasData = Status(rawValue: 8)
        /// What it spent is in a file.
        package static let hasUndo = Status(rawValue: 16)
        /// It breaks a rule.
        package static let failed = Status(rawValue: 32)
        /// It was stored by a version that knew of witnesses.
        package static let hasWitness = Status(rawValue: 128)

        /// How far the block was checked.
        package var validity: Validity? { Validity(rawValue: rawValue & Status.validityMask.rawValue) }

        /// A status with this much checked and nothing else.
        package init(_ validity: Validity) { self.init(rawValue: validity.rawValue) }
    }

    /// How far a block was checked; each step includes the ones before it.
    package enum Validity: UInt32, Comparable, Sendable {
        /// Nothing.
        case unknown = 0
        /// Once for a header alone; no longer written.
        case reserved = 1
        /// The header, and those before it.
        case tree = 2
        /// The transactions by themselves.
        case transactions = 3
        /// The coins it spends; everything but scripts.
        case chain = 4
        /// Everything.
        case scripts = 5

        package static func < (left: Validity, right: Validity) -> Bool { left.rawValue < right.rawValue }
    }

    /// The number that Core writes in front; it has no meaning any more.
    private static let version: UInt64 = 259_900

    /// The number of blocks before it.
    package var height: Int
    /// What is known of it.
    package var status: Status
    /// Transactions in it; 0 while its data is not known.
    package var transactionCount: Int
    /// The number of the files that hold block and undo data; 0 without either.
    package var file: Int
    /// Where the block starts in its file, behind the record's header; 0 without data.
    package var dataPosition: UInt32
    /// Where the undo data starts in its file, behind the record's header; 0 without undo data.
    package var undoPosition: UInt32
    /// The header.
    package var header: BlockHeader

    /// The key of a block's record.
    package static func key(of hash: BlockHash) -> [UInt8] { [UInt8(ascii: "b")] + hash.bytes }

    /// A record with these values.
    package init(
        height: Int, status: Status, transactionCount: Int, file: Int, dataPosition: UInt32, undoPosition: UInt32,
        header: BlockHeader
    ) {
        self.height = height
        self.status = status
        self.transactionCount = transactionCount
        self.file = file
        self.dataPosition = dataPosition
        self.undoPosition = undoPosition
        self.header = header
    }

    /// Reads a record; `nil` when the bytes are none.
    package init?(bytes: [UInt8]) {
        var reader = ByteReader(bytes)
        guard (try? reader.readVarInt()) != nil,
            let height = Self.readInt32(&reader), let status = Self.readInt32(&reader),
            let count = Self.readInt32(&reader)
        else { return nil }
        self.height = height
        self.status = Status(rawValue: UInt32(status))
        transactionCount = count
        (file, dataPosition, undoPosition) = (0, 0, 0)
        if !self.status.isDisjoint(with: [.hasData, .hasUndo]) {
            guard let number = Self.readInt32(&reader) else { return nil }
            file = number
        }
        if self.status.contains(.hasData) {
            guard let position = try? reader.readVarInt(), let position = UInt32(exactly: position) else { return nil }
            dataPosition = position
        }
        if self.status.contains(.hasUndo) {
            guard let position = try? reader.readVarInt(), let position = UInt32(exactly: position) else { return nil }
            undoPosition = position
        }
        guard let header = try? BlockHeader(from: &reader), reader.isAtEnd else { return nil }
        self.header = header
    }

    /// The record's bytes.
    package var encoded: [UInt8] {
        var writer = ByteWriter(capacity: 104)
        writer.writeVarInt(Self.version)
        writer.writeVarInt(UInt64(height))
        writer.writeVarInt(UInt64(status.rawValue))
        writer.writeVarInt(UInt64(transactionCount))
        if !status.isDisjoint(with: [.hasData, .hasUndo]) { writer.writeVarInt(UInt64(file)) }
        if status.contains(.hasData) { writer.writeVarInt(UInt64(dataPosition)) }
        if status.contains(.hasUndo) { writer.writeVarInt(UInt64(undoPosition)) }
        writer.writeBytes(header.encoded)
        return writer.bytes
    }

    private static func readInt32(_ reader: inout ByteReader) -> Int? {
        guard let value = try? reader.readVarInt(), value <= UInt64(Int32.max) else { return nil }
        return Int(value)
    }
}
