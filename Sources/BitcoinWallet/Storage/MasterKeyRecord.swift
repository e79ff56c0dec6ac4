import ByteCoding

/// An `mkey` record: the key that encrypts the wallet's keys, itself encrypted by the passphrase (Core's `CMasterKey`).
package struct MasterKeyRecord: Sendable, Equatable {
    /// The key, encrypted.
    package var encryptedKey: [UInt8]
    /// Eight bytes that make equal passphrases differ.
    package var salt: [UInt8]
    /// How the passphrase becomes a key; 0 is repeated SHA-512, there is no other.
    package var derivationMethod: UInt32
    /// How often the hash is repeated.
    package var iterations: UInt32
    /// For other methods; empty.
    package var otherParameters: [UInt8]

    /// The least number of repetitions of new records.
    package static let defaultIterations: UInt32 = 25_000

    /// Makes a record from its parts.
    package init(encryptedKey: [UInt8], salt: [UInt8], iterations: UInt32) {
        self.encryptedKey = encryptedKey
        self.salt = salt
        self.iterations = iterations
        derivationMethod = 0
        otherParameters = []
    }

    /// Reads a record's value.
    ///
    /// - Throws: `WalletRecordError.truncated`.
    package init(decoding bytes: [UInt8]) throws(WalletRecordError) {
        var reader = ByteReader(bytes)
        do throws(ByteCodingError) {
            encryptedKey = try reader.readSizedBytes()
            salt = try reader.readSizedBytes()
            derivationMethod = try reader.readUInt32()
            iterations = try reader.readUInt32()
            otherParameters = try reader.readSizedBytes()
        } catch {
            throw .truncated
        }
    }

    /// The record's value.
    package var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.writeSizedBytes(encryptedKey)
        writer.writeSizedBytes(salt)
        writer.writeUInt32(derivationMethod)
        writer.writeUInt32(iterations)
        writer.writeSizedBytes(otherParameters)
        return writer.bytes
    }
}
