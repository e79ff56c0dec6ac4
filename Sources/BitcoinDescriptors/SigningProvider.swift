package import BitcoinCrypto
package import BitcoinPrimitives

/// Answers what is known about keys and scripts named by their hashes: what inference and signing ask.
///
/// Every answer may be nil; a provider implements what it has.
package protocol SigningProvider: Sendable {
    /// The redeem or witness script of a name.
    func script(named id: ScriptID) -> Script?
    /// The public key of a name.
    func publicKey(named id: KeyID) -> PublicKey?
    /// The private key of a name.
    func privateKey(named id: KeyID) -> PrivateKey?
    /// Where the key of a name comes from.
    func origin(of id: KeyID) -> KeyOrigin?
    /// The script tree under a taproot output key.
    func taprootTree(under outputKey: XOnlyPublicKey) -> TaprootTree?
}

extension SigningProvider {
    /// Knows no scripts.
    package func script(named id: ScriptID) -> Script? { nil }
    /// Knows no public keys.
    package func publicKey(named id: KeyID) -> PublicKey? { nil }
    /// Knows no private keys.
    package func privateKey(named id: KeyID) -> PrivateKey? { nil }
    /// Knows no origins.
    package func origin(of id: KeyID) -> KeyOrigin? { nil }
    /// Knows no script trees.
    package func taprootTree(under outputKey: XOnlyPublicKey) -> TaprootTree? { nil }

    /// The private key of either full key with this coordinate.
    package func privateKey(for key: XOnlyPublicKey) -> PrivateKey? {
        KeyID.candidates(for: key).lazy.compactMap { privateKey(named: $0) }.first
    }

    /// The origin of either full key with this coordinate.
    package func origin(of key: XOnlyPublicKey) -> KeyOrigin? {
        KeyID.candidates(for: key).lazy.compactMap { origin(of: $0) }.first
    }
}

/// A provider that holds its answers in tables.
package struct FlatSigningProvider: SigningProvider {
    /// Redeem and witness scripts.
    package var scripts: [ScriptID: Script] = [:]
    /// Public keys; in tapscripts also under the hash of their x coordinate.
    package var publicKeys: [KeyID: PublicKey] = [:]
    /// Where keys come from.
    package var origins: [KeyID: KeyOrigin] = [:]
    /// Private keys.
    package var privateKeys: [KeyID: PrivateKey] = [:]
    /// Script trees by output key.
    package var taprootTrees: [XOnlyPublicKey: TaprootTree] = [:]

    /// Knows nothing yet.
    package init() {}

    /// Knows private keys and nothing else.
    package init(privateKeys: [KeyID: PrivateKey]) { self.privateKeys = privateKeys }

    /// Knows what another provider knows, too; what is known already stays.
    package mutating func merge(_ other: FlatSigningProvider) {
        scripts.merge(other.scripts) { old, _ in old }
        publicKeys.merge(other.publicKeys) { old, _ in old }
        origins.merge(other.origins) { old, _ in old }
        privateKeys.merge(other.privateKeys) { old, _ in old }
        taprootTrees.merge(other.taprootTrees) { old, _ in old }
    }

    /// Looks the script up.
    package func script(named id: ScriptID) -> Script? { scripts[id] }
    /// Looks the key up.
    package func publicKey(named id: KeyID) -> PublicKey? { publicKeys[id] }
    /// Looks the key up.
    package func privateKey(named id: KeyID) -> PrivateKey? { privateKeys[id] }
    /// Looks the origin up.
    package func origin(of id: KeyID) -> KeyOrigin? { origins[id] }
    /// Looks the tree up.
    package func taprootTree(under outputKey: XOnlyPublicKey) -> TaprootTree? { taprootTrees[outputKey] }
}
