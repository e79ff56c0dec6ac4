package import BitcoinCrypto
package import BitcoinPrimitives
import ByteCoding

/// A private key that has children (BIP32): an xprv or tprv. Its text is a secret.
package struct ExtendedPrivateKey: Sendable {
    /// Depth, parent, number and chain code.
    package let info: ExtendedKeyInfo

    /// The secret number, in locked memory.
    package let privateKey: PrivateKey

    init(info: ExtendedKeyInfo, privateKey: PrivateKey) {
        self.info = info
        self.privateKey = privateKey
    }

    /// Puts the secret back to what was published about a key.
    init(completing key: ExtendedPublicKey, with privateKey: PrivateKey) {
        self.init(info: key.info, privateKey: privateKey)
    }

    /// The master key of a seed.
    ///
    /// - Throws: `ExtendedKeyError.invalidChild` when the seed leads to no key, which does not happen by chance.
    package init(seed: SecretBytes) throws(ExtendedKeyError) {
        var bytes = seed.exposed()
        var code = HMACSHA512.authenticationCode(for: bytes, key: Array("Bitcoin seed".utf8))
        wipe(&bytes)
        let chainCode = Hash256(bytes: code.suffix(32))
        guard let chainCode, let key = try? PrivateKey(SecretBytes(consuming: &code, range: 0..<32)) else {
            throw .invalidChild
        }
        self.init(
            info: ExtendedKeyInfo(
                depth: 0, parentFingerprint: KeyFingerprint(rawValue: 0), childNumber: 0, chainCode: chainCode),
            privateKey: key)
    }

    /// Reads an xprv or tprv.
    ///
    /// - Throws: `ExtendedKeyError.malformed`, also for another network's key.
    package init(text: some StringProtocol, on network: Network) throws(ExtendedKeyError) {
        guard var payload = Base58.decodeCheck(text, maxCount: 78), payload.count == 78,
            payload.starts(with: network.extendedPrivateKeyPrefix), payload[45] == 0
        else { throw .malformed }
        var reader = ByteReader(Array(payload[4..<45]))
        info = try ExtendedKeyInfo(from: &reader)
        guard let key = try? PrivateKey(SecretBytes(consuming: &payload, range: 46..<78)) else { throw .malformed }
        privateKey = key
    }

    /// The key as text: a secret.
    package func text(on network: Network) -> String {
        var writer = ByteWriter(capacity: 78)
        writer.writeBytes(network.extendedPrivateKeyPrefix)
        info.encode(to: &writer)
        writer.writeUInt8(0)
        writer.writeBytes(privateKey.secret.exposed())
        return Base58.encodeCheck(writer.bytes)
    }

    /// The public half.
    package var neutered: ExtendedPublicKey {
        ExtendedPublicKey(info: info, publicKey: privateKey.publicKey)
    }

    /// The child of a number, hardened or not.
    ///
    /// - Throws: `ExtendedKeyError.tooDeep`, `.invalidChild`.
    package func child(_ number: UInt32) throws(ExtendedKeyError) -> ExtendedPrivateKey {
        guard info.depth < .max else { throw .tooDeep }
        let publicKey = privateKey.publicKey
        var input = number < hardenedBit ? publicKey.bytes : [0] + privateKey.secret.exposed()
        defer { wipe(&input) }
        let (tweak, chainCode) = childSecrets(key: input, number: number, chainCode: info.chainCode)
        guard let chainCode, let key = try? privateKey.adding(tweak: tweak) else { throw .invalidChild }
        return ExtendedPrivateKey(
            info: ExtendedKeyInfo(
                depth: info.depth + 1, parentFingerprint: KeyFingerprint(of: publicKey), childNumber: number,
                chainCode: chainCode),
            privateKey: key)
    }

    /// The descendant at the end of a path.
    ///
    /// - Throws: as `child(_:)`.
    package func descendant(_ path: [UInt32]) throws(ExtendedKeyError) -> ExtendedPrivateKey {
        var key = self
        for number in path { key = try key.child(number) }
        return key
    }
}
