internal import BitcoinCrypto
package import BitcoinPrimitives
package import ByteCoding

/// Core's short form of a locking script for databases (compressor.cpp).
///
/// Six shapes have a number of their own and are followed by their hash or x coordinate; any other script is its length
/// plus six, and its bytes.
package enum CompressedScript {
    private static let shapeCount: UInt64 = 6
    /// Scripts above this size cannot be spent.
    private static let maximumScriptSize: UInt64 = 10_000

    /// Appends the short form of `script`.
    package static func encode(_ script: Script, to writer: inout ByteWriter) {
        let bytes = script.slice
        guard !encodeShortForm(of: bytes, to: &writer) else { return }
        writer.writeVarInt(UInt64(bytes.count) + shapeCount)
        writer.writeBytes(bytes)
    }

    /// Reads a script from its short form. One that is too large to be spent comes back as a lone OP_RETURN.
    ///
    /// - Throws: `endOfData`, `sizeTooLarge`; `nil` is returned for an x coordinate that is on no point, which Core
    /// never writes.
    package static func decode(from reader: inout ByteReader) throws(ByteCodingError) -> Script? {
        let number = try reader.readVarInt()
        switch number {
        case 0:
            return try script([0x76, 0xa9, 20], 20, from: &reader, [0x88, 0xac])
        case 1:
            return try script([0xa9, 20], 20, from: &reader, [0x87])
        case 2, 3:
            return try script([33, UInt8(number)], 32, from: &reader, [0xac])
        case 4, 5:
            let compressed = [UInt8(number - 2)] + Array(try reader.readSlice(32))
            guard let key = try? PublicKey(bytes: compressed) else { return nil }
            return Script([65] + key.uncompressed.bytes + [0xac])
        default:
            let count = number - shapeCount
            guard count <= UInt64(reader.remaining) else { throw .endOfData }
            guard count <= maximumScriptSize else {
                try reader.skip(Int(count))
                return Script([0x6a])
            }
            return Script(try reader.readSlice(Int(count)))
        }
    }

    /// A script of `count` bytes that are read and of what stands before and behind them.
    private static func script<let before: Int, let behind: Int>(
        _ prefix: InlineArray<before, UInt8>, _ count: Int, from reader: inout ByteReader,
        _ suffix: InlineArray<behind, UInt8>
    ) throws(ByteCodingError) -> Script {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(before + count + behind)
        for index in prefix.indices { bytes.append(prefix[index]) }
        bytes.append(contentsOf: try reader.readSlice(count))
        for index in suffix.indices { bytes.append(suffix[index]) }
        return Script(bytes)
    }

    /// Appends the number and 20 or 32 bytes of a script with one of the six shapes.
    ///
    /// - Returns: whether it has one.
    private static func encodeShortForm(of bytes: ArraySlice<UInt8>, to writer: inout ByteWriter) -> Bool {
        let start = bytes.startIndex
        switch bytes.count {
        case 25
        where bytes[start] == 0x76 && bytes[start + 1] == 0xa9 && bytes[start + 2] == 20
            && bytes[start + 23] == 0x88 && bytes[start + 24] == 0xac:
            writer.writeUInt8(0)
            writer.writeBytes(bytes[(start + 3)..<(start + 23)])
        case 23 where bytes[start] == 0xa9 && bytes[start + 1] == 20 && bytes[start + 22] == 0x87:
            writer.writeUInt8(1)
            writer.writeBytes(bytes[(start + 2)..<(start + 22)])
        case 35
        where bytes[start] == 33 && bytes[start + 34] == 0xac && (bytes[start + 1] == 2 || bytes[start + 1] == 3):
            writer.writeBytes(bytes[(start + 1)..<(start + 34)])
        case 67 where bytes[start] == 65 && bytes[start + 66] == 0xac && bytes[start + 1] == 4:
            // Only a point can be found again from its x coordinate.
            guard PublicKey.isFullyValid(bytes[(start + 1)..<(start + 66)]) else { return false }
            writer.writeUInt8(4 | (bytes[start + 65] & 1))
            writer.writeBytes(bytes[(start + 2)..<(start + 34)])
        default:
            return false
        }
        return true
    }
}
