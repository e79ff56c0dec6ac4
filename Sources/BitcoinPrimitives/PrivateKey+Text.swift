package import BitcoinCrypto

extension PrivateKey {
    /// Reads a private key in wallet import format.
    ///
    /// - Throws: `KeyError.invalidPrivateKey`, also for another network's key.
    package init(walletImportFormat text: some StringProtocol, on network: Network) throws(KeyError) {
        guard var payload = Base58.decodeCheck(text, maxCount: 34), payload.first == network.secretKeyPrefix,
            payload.count == 33 || payload.count == 34 && payload[33] == 1
        else { throw .invalidPrivateKey }
        let isCompressed = payload.count == 34
        try self.init(SecretBytes(consuming: &payload, range: 1..<33), isCompressed: isCompressed)
    }

    /// The key in wallet import format: a secret as text.
    package func walletImportFormat(on network: Network) -> String {
        Base58.encodeCheck([network.secretKeyPrefix] + secret.exposed() + (isCompressed ? [1] : []))
    }
}
