package import BitcoinCrypto
package import ByteCoding

/// Why bytes are no transaction or block.
package enum SerializationError: Error, Equatable, Sendable {
    /// The bytes end early, a size is not in its shortest form, or bytes are left over.
    case malformed(ByteCodingError)
    /// The witness flag is set but every witness is empty.
    case superfluousWitness
    /// A flag other than the witness flag is set.
    case unknownOptionalData
}

extension ByteReader {
    /// Reads 32 bytes as a hash.
    ///
    /// - Throws: `endOfData`.
    package mutating func readHash256() throws(ByteCodingError) -> Hash256 {
        guard remaining >= 32 else { throw .endOfData }
        return Hash256(words: try readUInt64(), try readUInt64(), try readUInt64(), try readUInt64())
    }
}

extension ByteWriter {
    /// Appends the 32 bytes of a hash in internal order.
    package mutating func writeHash256(_ hash: Hash256) {
        let words = hash.words
        writeUInt64(words.0)
        writeUInt64(words.1)
        writeUInt64(words.2)
        writeUInt64(words.3)
    }
}
