/// Hexadecimal text: two digits for each byte, lower case on the way out, either case on the way in.
public enum Hex {
    /// The digits of `bytes` in order.
    public static func encode(_ bytes: some Collection<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            text.append(digit(byte >> 4))
            text.append(digit(byte & 0x0f))
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The digits of `bytes` last byte first: how hashes of blocks and transactions are shown.
    public static func encodeReversed(_ bytes: some BidirectionalCollection<UInt8>) -> String {
        encode(bytes.reversed())
    }

    /// The bytes that `text` spells, with no spaces and no prefix.
    ///
    /// - Throws: `oddHexLength`, `invalidHexDigit`.
    public static func decode(_ text: some StringProtocol) throws(ByteCodingError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count / 2)
        var pending: UInt8?
        for unit in text.utf8 {
            guard let value = value(of: unit) else { throw .invalidHexDigit }
            if let high = pending {
                bytes.append(high << 4 | value)
                pending = nil
            } else {
                pending = value
            }
        }
        guard pending == nil else { throw .oddHexLength }
        return bytes
    }

    /// The bytes that `text` spells, last byte first: reads a block or transaction hash as it is shown.
    ///
    /// - Throws: `oddHexLength`, `invalidHexDigit`.
    public static func decodeReversed(_ text: some StringProtocol) throws(ByteCodingError) -> [UInt8] {
        try decode(text).reversed()
    }

    private static func digit(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? UInt8(ascii: "0") &+ nibble : UInt8(ascii: "a") &- 10 &+ nibble
    }

    private static func value(of character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character &- UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character &- UInt8(ascii: "a") &+ 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): character &- UInt8(ascii: "A") &+ 10
        default: nil
        }
    }
}
