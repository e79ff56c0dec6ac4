import BitcoinCrypto
import BitcoinRPC

// Unlocking for a time.
extension WalletService {
    /// The longest time to stay unlocked, seconds: about three years.
    static let maxUnlockTime: Int64 = 100_000_000

    /// Tries a passphrase; the wallet locks again after `seconds`.
    ///
    /// - Throws: `RPCError` with Core's texts when the wallet is not encrypted, a value is impossible, or the keys are
    ///   damaged.
    func unlock(passphrase: SecretBytes, seconds: Int64) async throws -> WalletEngine.UnlockResult {
        guard try requireEngine().isEncrypted else {
            throw RPCError(
                .walletWrongEncryptionState,
                "Error: running with an unencrypted wallet, but walletpassphrase was called.")
        }
        guard seconds >= 0 else { throw RPCError(.invalidParameter, "Timeout cannot be negative.") }
        guard passphrase.count > 0 else { throw RPCError(.invalidParameter, "passphrase cannot be empty") }
        let seconds = min(seconds, Self.maxUnlockTime)
        let until = await now() + seconds
        let engine = try requireEngine()
        let result = engine.unlock(passphrase: passphrase, until: until)
        switch result {
        case .damaged:
            throw RPCError(
                .miscellaneous,
                "Error unlocking wallet: some keys decrypt but not all. Your wallet file may be corrupt.")
        case .wrongPassphrase: return result
        case .unlocked: break
        }
        try engine.upgradeCaches()
        try engine.topUpKeyPool()
        relock?.cancel()
        // Owned by the service, which cancels it when the wallet is locked or closed before.
        relock = Task { [weak self] in
            do { try await Task.sleep(for: .seconds(seconds)) } catch { return }
            await self?.lockIfDue(until)
        }
        publish()
        return result
    }

    private func lockIfDue(_ until: Int64) {
        guard let engine, engine.unlockedUntil == until else { return }
        engine.lock()
        publish()
    }
}
