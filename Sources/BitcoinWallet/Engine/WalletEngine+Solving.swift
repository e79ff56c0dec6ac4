import BitcoinCrypto
package import BitcoinDescriptors
package import BitcoinPrimitives
package import BitcoinScript

// How outputs can be spent, as far as the wallet knows.
extension WalletEngine {
    /// The descriptor of a single script, if the wallet knows how it is spent, be it without the keys.
    package func solvingDescriptor(of script: Script) -> Descriptor? {
        guard let provider = solvingProvider(for: script) else { return nil }
        let descriptor = Descriptor.infer(script, provider: provider, on: network)
        return descriptor.isSolvable ? descriptor : nil
    }

    /// The scripts behind a script hash, as far as the wallet knows them.
    package func innerScripts(of destination: Destination) -> (redeemScript: Script?, witnessScript: Script?) {
        guard let provider = solvingProvider(for: destination.scriptPubKey) else { return (nil, nil) }
        switch destination {
        case .witnessV0ScriptHash(let program):
            return (nil, provider.script(named: ScriptID(witnessProgram: program)))
        case .scriptHash(let hash):
            guard let redeemScript = provider.script(named: ScriptID(bytes: hash)) else { return (nil, nil) }
            guard redeemScript.isPayToWitnessScriptHash else { return (redeemScript, nil) }
            let program = Array(redeemScript.bytes.dropFirst(2))
            return (redeemScript, provider.script(named: ScriptID(witnessProgram: program)))
        default: return (nil, nil)
        }
    }

    /// The origin of the single key behind a script; nil for scripts of several keys (Core's `GetMetadata`).
    package func keyOrigin(of script: Script) -> KeyOrigin? {
        guard let provider = solvingProvider(for: script), let destination = Destination(scriptPubKey: script) else {
            return nil
        }
        return keyOrigin(of: destination, provider: provider)
    }

    private func keyOrigin(of destination: Destination, provider: FlatSigningProvider) -> KeyOrigin? {
        switch destination {
        case .pubKeyHash(let hash), .witnessV0KeyHash(let hash):
            return provider.origin(of: KeyID(bytes: hash))
        case .scriptHash(let hash):
            // Segwit of a single key inside a script hash.
            guard let redeemScript = provider.script(named: ScriptID(bytes: hash)),
                let inner = Destination(scriptPubKey: redeemScript), case .witnessV0KeyHash(let keyHash) = inner
            else { return nil }
            return provider.origin(of: KeyID(bytes: keyHash))
        case .witnessV1Taproot(let key):
            guard let outputKey = try? XOnlyPublicKey(bytes: key),
                let tree = provider.taprootTree(under: outputKey), tree.merkleRoot == nil
            else { return nil }
            return provider.origin(of: tree.internalKey)
        default: return nil
        }
    }
}
