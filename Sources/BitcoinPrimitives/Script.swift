import ByteCoding

/// A script as bytes: a program for the script machine, or any bytes that stand in a script's place.
///
/// The scripts of a transaction that was read are parts of its serialisation: none has memory of its own.
package struct Script: Sendable {
    private let storage: [UInt8]
    private let start: UInt32
    private let length: UInt32

    /// The empty script.
    package init() { self.init([]) }

    /// Takes the bytes as they are.
    package init(_ bytes: [UInt8]) {
        precondition(bytes.count <= Int(UInt32.max), "no script is that long")
        storage = bytes
        start = 0
        length = UInt32(bytes.count)
    }

    /// Takes the bytes as they are.
    package init(_ bytes: ArraySlice<UInt8>) { self.init(Array(bytes)) }

    /// Reads a length and so many bytes, which stay where they are.
    ///
    /// - Parameter storage: what `reader` reads, all of it; at most 4 GiB.
    /// - Throws: `endOfData`, `nonCanonicalSize`, `sizeTooLarge`.
    init(from reader: inout ByteReader, of storage: [UInt8]) throws(ByteCodingError) {
        let count = try reader.readCompactSize()
        self.storage = storage
        start = UInt32(reader.position)
        length = UInt32(count)
        try reader.skip(count)
    }

    /// Parses hexadecimal digits; nil if they are none.
    package init?(hex: some StringProtocol) {
        guard let bytes = try? Hex.decode(hex) else { return nil }
        self.init(bytes)
    }

    /// The bytes, whether or not they parse as opcodes, wherever they lie. Nothing is copied.
    package var slice: ArraySlice<UInt8> { storage[Int(start)..<(Int(start) + Int(length))] }

    /// The bytes in an array of their own.
    package var bytes: [UInt8] {
        get { Int(length) == storage.count ? storage : Array(slice) }
        set { self = Script(newValue) }
    }

    /// The bytes as lower-case hexadecimal digits.
    package var hex: String { Hex.encode(slice) }

    /// Whether there are no bytes.
    package var isEmpty: Bool { length == 0 }

    /// The number of bytes.
    package var count: Int { Int(length) }
}

extension Script: Hashable {
    /// Whether the bytes are the same.
    package static func == (left: Script, right: Script) -> Bool { left.slice.hasBytes(of: right.slice) }

    /// Hashes the bytes.
    package func hash(into hasher: inout Hasher) { hasher.combine(slice) }
}

extension Script: CustomStringConvertible {
    /// The bytes as hexadecimal digits.
    package var description: String { hex }
}
