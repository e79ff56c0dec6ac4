internal import ByteCoding

/// What Core's `blocks/index` knows of one pair of block and undo files (`CBlockFileInfo`), at the key `f` and the
/// file's number in four bytes.
package struct BlockFileRecord: Equatable, Sendable {
    /// Blocks in the file.
    package var blockCount: UInt32 = 0
    /// Bytes in use of the block file.
    package var size: UInt32 = 0
    /// Bytes in use of the undo file.
    package var undoSize: UInt32 = 0
    /// The lowest height in the file.
    package var firstHeight: UInt32 = 0
    /// The highest height in the file.
    package var lastHeight: UInt32 = 0
    /// The earliest time of a block in the file, in Unix seconds.
    package var firstTime: UInt64 = 0
    /// The latest time of a block in the file, in Unix seconds.
    package var lastTime: UInt64 = 0

    /// The key of a file's record.
    package static func key(ofFile number: Int) -> [UInt8] {
        var writer = ByteWriter(capacity: 5)
        writer.writeUInt8(UInt8(ascii: "f"))
        writer.writeInt32(Int32(truncatingIfNeeded: number))
        return writer.bytes
    }

    /// The record of an empty file.
    package init() {}

    /// Reads a record; `nil` when the bytes are none.
    package init?(bytes: [UInt8]) {
        var reader = ByteReader(bytes)
        for field in [\Self.blockCount, \.size, \.undoSize, \.firstHeight, \.lastHeight] {
            guard let value = try? reader.readVarInt(), let value = UInt32(exactly: value) else { return nil }
            self[keyPath: field] = value
        }
        guard let first = try? reader.readVarInt(), let last = try? reader.readVarInt(), reader.isAtEnd else {
            return nil
        }
        (firstTime, lastTime) = (first, last)
    }

    /// The record's bytes.
    package var encoded: [UInt8] {
        var writer = ByteWriter(capacity: 32)
        for value in [blockCount, size, undoSize, firstHeight, lastHeight] { writer.writeVarInt(UInt64(value)) }
        writer.writeVarInt(firstTime)
        writer.writeVarInt(lastTime)
        return writer.bytes
    }

    /// Takes a block into account.
    package mutating func add(height: UInt32, time: UInt64) {
        if blockCount == 0 || height < firstHeight { firstHeight = height }
        if blockCount == 0 || time < firstTime { firstTime = time }
        blockCount += 1
        lastHeight = max(lastHeight, height)
        lastTime = max(lastTime, time)
    }
}
