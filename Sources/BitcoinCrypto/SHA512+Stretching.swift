import Crypto

extension SHA512 {
    /// SHA-512 of a passphrase and a salt, then of the digest again and again: what makes trying passphrases slow in
    /// wallets (OpenSSL's `EVP_BytesToKey`).
    ///
    /// - Parameter rounds: how often the hash is taken in all, at least once.
    /// - Returns: the 64 bytes of the last digest.
    package static func stretch(_ passphrase: SecretBytes, salt: [UInt8], rounds: Int) -> SecretBytes {
        var state = Crypto.SHA512()
        unsafe passphrase.withBytes { unsafe state.update(bufferPointer: $0) }
        state.update(data: salt)
        var digest = state.finalize()
        for _ in 1..<max(rounds, 2) where rounds > 1 {
            var next = Crypto.SHA512()
            unsafe digest.withUnsafeBytes { unsafe next.update(bufferPointer: $0) }
            digest = next.finalize()
        }
        var bytes = unsafe digest.withUnsafeBytes { unsafe Array($0) }
        return SecretBytes(consuming: &bytes)
    }
}
