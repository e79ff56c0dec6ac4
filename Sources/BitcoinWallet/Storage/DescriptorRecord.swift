import ByteCoding

/// The value of a `walletdescriptor` record (Core's `WalletDescriptor`).
package struct DescriptorRecord: Sendable, Equatable {
    /// The descriptor with checksum.
    package var descriptor: String
    /// Earliest time of use, seconds since 1970.
    package var creationTime: UInt64
    /// The index that the next address gets.
    package var nextIndex: Int32
    /// First index.
    package var rangeStart: Int32
    /// The index behind the last one.
    package var rangeEnd: Int32

    /// Makes a record from its parts.
    package init(descriptor: String, creationTime: UInt64, nextIndex: Int32, rangeStart: Int32, rangeEnd: Int32) {
        self.descriptor = descriptor
        self.creationTime = creationTime
        self.nextIndex = nextIndex
        self.rangeStart = rangeStart
        self.rangeEnd = rangeEnd
    }

    /// The most scripts that one descriptor may have in a file that is opened; more would be no wallet of a person.
    package static let maxRange: Int64 = 10_000_000

    /// Reads a record's value.
    ///
    /// - Throws: `WalletRecordError` also for a range that goes backwards or is absurdly large.
    package init(decoding bytes: [UInt8]) throws(WalletRecordError) {
        var reader = ByteReader(bytes)
        do throws(ByteCodingError) {
            descriptor = try reader.readText()
            creationTime = try reader.readUInt64()
            nextIndex = try reader.readInt32()
            rangeStart = try reader.readInt32()
            rangeEnd = try reader.readInt32()
        } catch {
            throw .truncated
        }
        guard rangeStart >= 0, rangeStart <= rangeEnd, nextIndex >= 0,
            Int64(rangeEnd) - Int64(rangeStart) <= Self.maxRange
        else { throw .invalid("the range of the descriptor is impossible") }
    }

    /// The record's value.
    package var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.writeText(descriptor)
        writer.writeUInt64(creationTime)
        writer.writeInt32(nextIndex)
        writer.writeInt32(rangeStart)
        writer.writeInt32(rangeEnd)
        return writer.bytes
    }
}
