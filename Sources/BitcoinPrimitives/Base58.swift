import BitcoinCrypto

/// The alphabet without 0, O, I and l, and its form with a checksum: old addresses and extended keys.
package enum Base58 {
    /// The text of `bytes`; each leading zero byte becomes a "1".
    package static func encode(_ bytes: [UInt8]) -> String {
        let zeros = bytes.prefix { $0 == 0 }.count
        // Digits of the number in base 58, the lowest first.
        var digits: [UInt8] = []
        for byte in bytes.dropFirst(zeros) {
            var carry = Int(byte)
            for index in digits.indices {
                carry += Int(digits[index]) << 8
                digits[index] = UInt8(carry % 58)
                carry /= 58
            }
            while carry > 0 {
                digits.append(UInt8(carry % 58))
                carry /= 58
            }
        }
        let text = [UInt8](repeating: alphabet[0], count: zeros) + digits.reversed().map { alphabet[Int($0)] }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes of a text.
    ///
    /// Spaces at either end are skipped, as Core does.
    ///
    /// - Parameter maxCount: how many bytes the result may have; bounds the work, which grows with the square.
    /// - Returns: nil when a character is foreign or the bytes are too many.
    package static func decode(_ text: some StringProtocol, maxCount: Int) -> [UInt8]? {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0d).contains($0) }
        var characters = Array(text.utf8)[...]
        characters = characters.drop(while: isSpace)
        while let last = characters.last, isSpace(last) { characters.removeLast() }
        let zeros = characters.prefix { $0 == alphabet[0] }.count
        guard zeros <= maxCount else { return nil }
        // Bytes of the number, the lowest first.
        var bytes: [UInt8] = []
        for character in characters.dropFirst(zeros) {
            guard let digit = alphabet.firstIndex(of: character) else { return nil }
            var carry = digit
            for index in bytes.indices {
                carry += Int(bytes[index]) * 58
                bytes[index] = UInt8(truncatingIfNeeded: carry)
                carry >>= 8
            }
            while carry > 0 {
                bytes.append(UInt8(truncatingIfNeeded: carry))
                carry >>= 8
            }
            guard zeros + bytes.count <= maxCount else { return nil }
        }
        return [UInt8](repeating: 0, count: zeros) + bytes.reversed()
    }

    /// The text of `payload` with four bytes of its double SHA-256 behind it.
    package static func encodeCheck(_ payload: [UInt8]) -> String {
        encode(payload + SHA256d.hash(payload).bytes.prefix(4))
    }

    /// The payload of a text with checksum.
    ///
    /// - Parameter maxCount: how many bytes the payload may have.
    /// - Returns: nil when the text is no Base58, too long, or its checksum is wrong.
    package static func decodeCheck(_ text: some StringProtocol, maxCount: Int) -> [UInt8]? {
        guard let bytes = decode(text, maxCount: maxCount > Int.max - 4 ? maxCount : maxCount + 4), bytes.count >= 4
        else { return nil }
        let payload = Array(bytes.dropLast(4))
        guard SHA256d.hash(payload).bytes.prefix(4) == bytes.suffix(4) else { return nil }
        return payload
    }

    private static let alphabet = Array("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".utf8)
}
