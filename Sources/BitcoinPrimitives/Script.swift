import ByteCoding

/// A script as bytes: a program for the script machine, or any bytes that stand in a script's place.
package struct Script: Hashable, Sendable {
    /// The bytes, whether or not they parse as opcodes.
    package var bytes: [UInt8]

    /// The empty script.
    package init() { bytes = [] }

    /// Takes the bytes as they are.
    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Takes the bytes as they are.
    package init(_ bytes: ArraySlice<UInt8>) { self.bytes = Array(bytes) }

    /// Parses hexadecimal digits; nil if they are none.
    package init?(hex: some StringProtocol) {
        guard let bytes = try? Hex.decode(hex) else { return nil }
        self.bytes = bytes
    }

    /// The bytes as lower-case hexadecimal digits.
    package var hex: String { Hex.encode(bytes) }

    /// Whether there are no bytes.
    package var isEmpty: Bool { bytes.isEmpty }

    /// The number of bytes.
    package var count: Int { bytes.count }
}

extension Script: CustomStringConvertible {
    /// The bytes as hexadecimal digits.
    package var description: String { hex }
}
