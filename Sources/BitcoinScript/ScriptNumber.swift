/// Numbers as scripts keep them: little endian, with the sign in the highest bit of the last byte.
package enum ScriptNumber {
    /// The shortest form; zero is no bytes at all.
    package static func encode(_ value: Int64) -> [UInt8] {
        guard value != 0 else { return [] }
        var rest = value.magnitude
        var bytes: [UInt8] = []
        while rest > 0 {
            bytes.append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
        if bytes[bytes.count - 1] & 0x80 != 0 {
            bytes.append(value < 0 ? 0x80 : 0)
        } else if value < 0 {
            bytes[bytes.count - 1] |= 0x80
        }
        return bytes
    }

    /// The number that bytes stand for.
    ///
    /// - Parameters:
    ///   - maxCount: how many bytes are allowed: 4 for arithmetic, 5 for lock times; at most 8.
    ///   - requireMinimal: whether any form but the shortest is refused.
    /// - Throws: `ScriptFormatError.numberTooLong`, `ScriptFormatError.nonMinimalNumber`.
    package static func decode(
        _ bytes: some BidirectionalCollection<UInt8>, maxCount: Int = 4, requireMinimal: Bool = true
    ) throws(ScriptFormatError) -> Int64 {
        guard bytes.count <= min(maxCount, 8) else { throw .numberTooLong }
        guard let last = bytes.last else { return 0 }
        if requireMinimal && last & 0x7f == 0 {
            // The last byte holds nothing but a sign: it is needed only if the byte before uses its highest bit.
            guard let before = bytes.dropLast().last, before & 0x80 != 0 else { throw .nonMinimalNumber }
        }
        var magnitude: UInt64 = 0
        for byte in bytes.reversed() { magnitude = magnitude << 8 | UInt64(byte) }
        guard last & 0x80 != 0 else { return Int64(magnitude) }
        magnitude &= ~(0x80 << (8 * UInt64(bytes.count - 1)))
        return -Int64(magnitude)
    }
}
