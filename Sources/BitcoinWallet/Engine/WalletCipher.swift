package import BitcoinCrypto

/// From passphrases to the key that encrypts the wallet's keys, and on to those (Core's wallet/crypter.cpp).
package enum WalletCipher {
    /// The key that a passphrase opens a master key record with, and its initialisation vector: OpenSSL's
    /// `EVP_BytesToKey` with SHA-512.
    ///
    /// - Returns: Nil for a method other than 0, a wrong salt or no repetitions.
    private static func derive(
        passphrase: SecretBytes, record: MasterKeyRecord
    ) -> (key: SecretBytes, initializationVector: [UInt8])? {
        guard record.derivationMethod == 0, record.iterations > 0, record.salt.count == 8 else { return nil }
        let digest = SHA512.stretch(passphrase, salt: record.salt, rounds: Int(record.iterations))
        var bytes = digest.exposed()
        var key = Array(bytes[0..<32])
        let initializationVector = Array(bytes[32..<48])
        _ = SecretBytes(consuming: &bytes)
        return (SecretBytes(consuming: &key), initializationVector)
    }

    /// The wallet's encryption key.
    ///
    /// - Returns: Nil when the passphrase is wrong as far as the padding tells; a wrong one may pass here once in a
    ///   few hundred times, so the key must still be tried.
    package static func masterKey(passphrase: SecretBytes, record: MasterKeyRecord) -> SecretBytes? {
        guard let (key, vector) = derive(passphrase: passphrase, record: record),
            let master = try? AES256CBC.decrypt(record.encryptedKey, key: key, initializationVector: vector),
            master.count == 32
        else { return nil }
        return master
    }

    /// Locks an encryption key by a passphrase.
    ///
    /// - Parameter salt: Eight random bytes.
    /// - Returns: Nil when `salt` or `iterations` are no good.
    package static func record(
        masterKey: SecretBytes, passphrase: SecretBytes, salt: [UInt8], iterations: UInt32
    ) -> MasterKeyRecord? {
        var record = MasterKeyRecord(encryptedKey: [], salt: salt, iterations: iterations)
        guard let (key, vector) = derive(passphrase: passphrase, record: record),
            let encrypted = try? AES256CBC.encrypt(masterKey.exposed(), key: key, initializationVector: vector)
        else { return nil }
        record.encryptedKey = encrypted
        return record
    }

    private static func initializationVector(_ publicKey: PublicKey) -> [UInt8] {
        Array(SHA256d.hash(publicKey.bytes).bytes.prefix(16))
    }

    /// Encrypts a private key.
    ///
    /// - Throws: `CipherError`, only when `masterKey` is not 32 bytes.
    package static func encrypt(
        _ key: PrivateKey, publicKey: PublicKey, masterKey: SecretBytes
    ) throws(CipherError) -> [UInt8] {
        try AES256CBC.encrypt(
            key.secret.exposed(), key: masterKey, initializationVector: initializationVector(publicKey))
    }

    /// Decrypts a private key and compares it with its public key.
    ///
    /// - Returns: Nil when the master key is wrong or the ciphertext damaged.
    package static func decrypt(_ ciphertext: [UInt8], publicKey: PublicKey, masterKey: SecretBytes) -> PrivateKey? {
        let vector = initializationVector(publicKey)
        guard let secret = try? AES256CBC.decrypt(ciphertext, key: masterKey, initializationVector: vector),
            secret.count == 32, let key = try? PrivateKey(secret, isCompressed: publicKey.isCompressed),
            key.publicKey == publicKey
        else { return nil }
        return key
    }
}
