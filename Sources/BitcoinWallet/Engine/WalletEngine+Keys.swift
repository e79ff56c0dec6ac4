package import BitcoinCrypto

// Locking and unlocking.
extension WalletEngine {
    /// Whether the keys are encrypted.
    package var isEncrypted: Bool { !masterKeys.isEmpty }

    /// Whether the keys are encrypted and the encryption key is not at hand.
    package var isLocked: Bool { isEncrypted && masterKey == nil }

    /// What came of a passphrase.
    package enum UnlockResult: Sendable, Equatable {
        /// The wallet is unlocked.
        case unlocked
        /// The passphrase is wrong.
        case wrongPassphrase
        /// Some keys could be decrypted and some not: the file is damaged.
        case damaged
    }

    /// Tries a passphrase.
    ///
    /// - Parameter until: When the wallet shall lock again, seconds since 1970; the caller sees to it.
    package func unlock(passphrase: SecretBytes, until: Int64) -> UnlockResult {
        for (_, record) in masterKeys.sorted(by: { $0.key < $1.key }) {
            guard let key = WalletCipher.masterKey(passphrase: passphrase, record: record) else { continue }
            let checks = managers.map { $0.check(masterKey: key) }
            if checks.contains(.fitsInPart) { return .damaged }
            guard !checks.contains(.fails) else { continue }
            masterKey = key
            unlockedUntil = until
            changes.status = true
            return .unlocked
        }
        return .wrongPassphrase
    }

    /// Forgets the encryption key.
    package func lock() {
        guard isEncrypted else { return }
        masterKey = nil
        unlockedUntil = 0
        changes.status = true
    }
}
