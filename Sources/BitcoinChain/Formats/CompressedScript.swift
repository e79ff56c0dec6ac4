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
        let bytes = script.bytes
        if let short = shortForm(of: bytes) {
            writer.writeBytes(short)
        } else {
            writer.writeVarInt(UInt64(bytes.count) + shapeCount)
            writer.writeBytes(bytes)
        }
    }

    /// Reads a script from its short form. One that is too large to be spent comes back as a lone OP_RETURN.
    ///
    /// - Throws: `endOfData`, `sizeTooLarge`; `nil` is returned for an x coordinate that is on no point, which Core
    /// never writes.
    package static func decode(from reader: inout ByteReader) throws(ByteCodingError) -> Script? {
        let number = try reader.readVarInt()
        switch number {
        case 0:
            return Script([0x76, 0xa9, 20] + Array(try reader.readSlice(20)) + [0x88, 0xac])
        case 1:
            return Script([0xa9, 20] + Array(try reader.readSlice(20)) + [0x87])
        case 2, 3:
            return Script([33, UInt8(number)] + Array(try reader.readSlice(32)) + [0xac])
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

    /// The number and 20 or 32 bytes of a script with one of the six shapes.
    private static func shortForm(of bytes: [UInt8]) -> [UInt8]? {
        switch bytes.count {
        case 25 where bytes.starts(with: [0x76, 0xa9, 20]) && bytes[23] == 0x88 && bytes[24] == 0xac:
            return [0] + bytes[3..<23]
        case 23 where bytes.starts(with: [0xa9, 20]) && bytes[22] == 0x87:
            return [1] + bytes[2..<22]
        case 35 where bytes[0] == 33 && bytes[34] == 0xac && (bytes[1] == 2 || bytes[1] == 3):
            return Array(bytes[1..<34])
        case 67 where bytes[0] == 65 && bytes[66] == 0xac && bytes[1] == 4:
            // Only a point can be found again from its x coordinate.
            guard PublicKey.isFullyValid(bytes[1..<66]) else { return nil }
            return [4 | (bytes[65] & 1)] + bytes[2..<34]
        default:
            return nil
        }
    }
}
