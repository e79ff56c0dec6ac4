/// The checksummed base 32 of segwit addresses (BIP173, BIP350).
package enum Bech32 {
    /// Which constant the checksum uses.
    package enum Variant: Sendable {
        /// BIP173: witness version 0.
        case bech32
        /// BIP350: witness versions 1 to 16.
        case bech32m

        var constant: UInt32 {
            switch self {
            case .bech32: 1
            case .bech32m: 0x2bc8_30a3
            }
        }
    }

    /// A decoded text.
    package struct Decoded: Hashable, Sendable {
        /// The variant that the checksum proves.
        package let variant: Variant
        /// The part before the last "1", in lower case.
        package let humanReadablePart: String
        /// The five-bit values, without the checksum.
        package let values: [UInt8]
    }

    /// The longest text that the checksum was designed for.
    package static let maxLength = 90

    /// The text of five-bit values under a prefix.
    ///
    /// - Parameters:
    ///   - humanReadablePart: printable ASCII in lower case.
    ///   - values: numbers below 32.
    package static func encode(_ variant: Variant, humanReadablePart: String, values: [UInt8]) -> String {
        let prefix = expanded(Array(humanReadablePart.utf8))
        let remainder = polymod(prefix + values + [0, 0, 0, 0, 0, 0]) ^ variant.constant
        let checksum = (0..<6).map { UInt8(truncatingIfNeeded: remainder >> (5 * (5 - UInt32($0)))) & 31 }
        let text = (values + checksum).map { alphabet[Int($0 & 31)] }
        return humanReadablePart + "1" + String(decoding: text, as: UTF8.self)
    }

    /// Takes a text apart and verifies its checksum.
    ///
    /// - Returns: nil for mixed case, foreign characters, a missing part, a text longer than `maxLength` or a wrong
    ///   checksum.
    package static func decode(_ text: some StringProtocol, maxLength: Int = maxLength) -> Decoded? {
        let characters = Array(text.utf8)
        guard characters.count <= maxLength, characters.allSatisfy({ (33...126).contains($0) }) else { return nil }
        let hasLower = characters.contains { (0x61...0x7a).contains($0) }
        let hasUpper = characters.contains { (0x41...0x5a).contains($0) }
        guard !(hasLower && hasUpper) else { return nil }
        let lowered = characters.map { (0x41...0x5a).contains($0) ? $0 + 32 : $0 }
        guard let separator = lowered.lastIndex(of: UInt8(ascii: "1")), separator > 0,
            separator + 7 <= lowered.count
        else { return nil }
        var values: [UInt8] = []
        for character in lowered[(separator + 1)...] {
            guard let value = alphabet.firstIndex(of: character) else { return nil }
            values.append(UInt8(value))
        }
        let prefix = Array(lowered[..<separator])
        let variant: Variant
        switch polymod(expanded(prefix) + values) {
        case Variant.bech32.constant: variant = .bech32
        case Variant.bech32m.constant: variant = .bech32m
        default: return nil
        }
        return Decoded(
            variant: variant, humanReadablePart: String(decoding: prefix, as: UTF8.self),
            values: Array(values.dropLast(6)))
    }

    /// Bytes as five-bit values, the last one filled with zero bits.
    package static func fiveBitValues(of bytes: some Sequence<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        var pending: UInt32 = 0
        var count = 0
        for byte in bytes {
            pending = (pending << 8 | UInt32(byte)) & 0xfff
            count += 8
            while count >= 5 {
                count -= 5
                out.append(UInt8(truncatingIfNeeded: pending >> UInt32(count)) & 31)
            }
        }
        if count > 0 { out.append(UInt8(truncatingIfNeeded: pending << UInt32(5 - count)) & 31) }
        return out
    }

    /// Five-bit values as bytes; nil when more than four bits are left over or these are not zero.
    package static func bytes(ofFiveBitValues values: some Sequence<UInt8>) -> [UInt8]? {
        var out: [UInt8] = []
        var pending: UInt32 = 0
        var count = 0
        for value in values {
            guard value < 32 else { return nil }
            pending = (pending << 5 | UInt32(value)) & 0xfff
            count += 5
            if count >= 8 {
                count -= 8
                out.append(UInt8(truncatingIfNeeded: pending >> UInt32(count)))
            }
        }
        let padding = pending & ((1 << UInt32(count)) - 1)
        return count < 5 && padding == 0 ? out : nil
    }

    static let alphabet = Array("qpzry9x8gf2tvdw0s3jn54khce6mua7l".utf8)

    static func expanded(_ prefix: [UInt8]) -> [UInt8] {
        prefix.map { $0 >> 5 } + [0] + prefix.map { $0 & 31 }
    }

    /// The remainder of a polynomial, given by its coefficients, modulo BIP173's generator.
    static func polymod(_ values: [UInt8]) -> UInt32 {
        values.reduce(1) { step($0) ^ UInt32($1) }
    }

    /// The remainder of a remainder times x.
    static func step(_ remainder: UInt32) -> UInt32 {
        let generator: [UInt32] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3]
        var product = (remainder & 0x1ff_ffff) << 5
        for (bit, term) in generator.enumerated() where remainder >> (25 + UInt32(bit)) & 1 == 1 { product ^= term }
        return product
    }
}
