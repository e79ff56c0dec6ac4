/// Why bytes could not be decoded.
public enum ByteCodingError: Error, Equatable, Sendable {
    /// The value needs more bytes than are left.
    case endOfData

    /// A CompactSize or VARINT could have been written in fewer bytes.
    case nonCanonicalSize

    /// A CompactSize is above the caller's limit, or a VARINT does not fit its type.
    case sizeTooLarge

    /// Bytes are left where the caller expects none.
    case trailingBytes

    /// A hexadecimal text has an odd number of digits.
    case oddHexLength

    /// A hexadecimal text holds a character that is no digit.
    case invalidHexDigit
}
