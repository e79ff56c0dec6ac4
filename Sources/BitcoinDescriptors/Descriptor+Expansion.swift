package import BitcoinCrypto
package import BitcoinPrimitives
import BitcoinScript

/// What a descriptor gives for one index.
package struct DescriptorExpansion: Sendable {
    /// The output scripts; more than one only for `combo`, none for `unused`.
    package var scripts: [Script]

    /// The keys, origins, scripts and trees behind them; no private keys.
    package var provider: FlatSigningProvider

    /// What later expansions without private keys need; empty if a cache was used.
    package var learnt: DescriptorCache
}

extension Descriptor {
    /// The scripts of an index.
    ///
    /// - Parameters:
    ///   - index: below 2^31; does not matter without a range.
    ///   - provider: where private keys for hardened steps come from.
    /// - Returns: nil when a private key is missing.
    package func expand(
        at index: UInt32, provider: some SigningProvider = FlatSigningProvider()
    ) -> DescriptorExpansion? {
        expression.expand(at: index, provider: provider, cache: nil)
    }

    /// The scripts of an index from stored keys alone.
    ///
    /// - Returns: nil when the cache lacks a key.
    package func expand(at index: UInt32, from cache: DescriptorCache) -> DescriptorExpansion? {
        expression.expand(at: index, provider: FlatSigningProvider(), cache: cache)
    }

    /// The private keys of an index, as far as a provider has what they need.
    package func privateKeys(at index: UInt32, provider: some SigningProvider) -> [KeyID: PrivateKey] {
        var keys: [KeyID: PrivateKey] = [:]
        for expression in expression.keys {
            guard let key = expression.privateKey(at: index, provider: provider) else { continue }
            keys[KeyID(of: key.publicKey)] = key
        }
        return keys
    }
}

extension ScriptExpression {
    fileprivate func expand(
        at index: UInt32, provider: any SigningProvider, cache: DescriptorCache?
    ) -> DescriptorExpansion? {
        var found = FlatSigningProvider()
        var learnt = DescriptorCache()
        guard
            let scripts = scripts(at: index, provider: provider, cache: cache, found: &found, learnt: &learnt)
        else { return nil }
        return DescriptorExpansion(scripts: scripts, provider: found, learnt: learnt)
    }

    private func scripts(
        at index: UInt32, provider: any SigningProvider, cache: DescriptorCache?, found: inout FlatSigningProvider,
        learnt: inout DescriptorCache
    ) -> [Script]? {
        var keys: [PublicKey] = []
        for expression in ownKeys {
            guard
                let key = expression.publicKey(
                    at: index, provider: provider, cache: cache, found: &found, learnt: &learnt)
            else { return nil }
            keys.append(key)
        }
        var inner: [Script] = []
        for child in children {
            guard
                let scripts = child.scripts(
                    at: index, provider: provider, cache: cache, found: &found, learnt: &learnt),
                let script = scripts.first
            else { return nil }
            inner.append(script)
        }
        return assemble(keys: keys, inner: inner, found: &found)
    }

    /// The scripts of keys and inner scripts that are known by now.
    private func assemble(keys: [PublicKey], inner: [Script], found: inout FlatSigningProvider) -> [Script]? {
        switch self {
        case .pk(_, let isXOnly):
            return [.payToPubKey(isXOnly ? keys[0].xOnly.bytes : keys[0].bytes)]
        case .pkh:
            return [Destination.pubKeyHash(keys[0].hash160).scriptPubKey]
        case .wpkh:
            return [Destination.witnessV0KeyHash(keys[0].hash160).scriptPubKey]
        case .combo:
            return Self.allScripts(of: keys[0], found: &found)
        case .multi(let threshold, _, let isSorted):
            let bytes = keys.map(\.bytes)
            return [.multisig(required: threshold, keys: isSorted ? bytes.sorted(by: Self.precedes) : bytes)]
        case .multiA(let threshold, _, let isSorted):
            let bytes = keys.map(\.xOnly.bytes)
            return [Self.multiA(threshold, isSorted ? bytes.sorted(by: Self.precedes) : bytes)]
        case .sh:
            found.scripts[ScriptID(of: inner[0].bytes)] = inner[0]
            return [Destination.payToScriptHash(of: inner[0]).scriptPubKey]
        case .wsh:
            found.scripts[ScriptID(of: inner[0].bytes)] = inner[0]
            return [Destination.payToWitnessScriptHash(of: inner[0]).scriptPubKey]
        case .tr(_, let leaves):
            let scripts = zip(leaves, inner).map { (depth: $0.depth, script: $1) }
            guard let tree = TaprootTree(internalKey: keys[0].xOnly, leaves: scripts) else { return nil }
            found.taprootTrees[tree.outputKey] = tree
            return [Destination.witnessV1Taproot(tree.outputKey.bytes).scriptPubKey]
        case .rawtr:
            return [Destination.witnessV1Taproot(keys[0].xOnly.bytes).scriptPubKey]
        case .unused:
            return []
        case .addr(let destination):
            return [destination.scriptPubKey]
        case .raw(let script):
            return [script]
        case .miniscript(let miniscript, _):
            if miniscript.context == .tapscript {
                // Tapscript hashes x coordinates, so the key must be found by that hash too.
                for key in keys { found.publicKeys[KeyID(bytes: HASH160.hash(key.xOnly.bytes))] = key }
            }
            return [miniscript.script(keys: keys)]
        }
    }

    private static func precedes(_ left: [UInt8], _ right: [UInt8]) -> Bool { left.lexicographicallyPrecedes(right) }

    private static func allScripts(of key: PublicKey, found: inout FlatSigningProvider) -> [Script] {
        let legacy = [Script.payToPubKey(key.bytes), Destination.pubKeyHash(key.hash160).scriptPubKey]
        guard key.isCompressed else { return legacy }
        let segwit = Destination.witnessV0KeyHash(key.hash160).scriptPubKey
        found.scripts[ScriptID(of: segwit.bytes)] = segwit
        return legacy + [segwit, Destination.payToScriptHash(of: segwit).scriptPubKey]
    }

    /// Each key with a check that counts, and the comparison with the threshold (BIP387).
    private static func multiA(_ threshold: Int, _ keys: [[UInt8]]) -> Script {
        var builder = ScriptBuilder()
        for (position, key) in keys.enumerated() {
            builder.push(key)
            builder.append(position == 0 ? .checkSig : .checkSigAdd)
        }
        builder.push(number: Int64(threshold))
        builder.append(.numEqual)
        return builder.script
    }
}
