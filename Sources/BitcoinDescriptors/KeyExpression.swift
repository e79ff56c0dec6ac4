import BitcoinCrypto
import BitcoinPrimitives
import ByteCoding

/// A key in a descriptor (BIP380): one key, or one for each index.
package struct KeyExpression: Hashable, Sendable {
    /// What stands behind the origin.
    package enum Key: Hashable, Sendable {
        /// One serialised key; for `isXOnly`, 2 and the coordinate. A parsed one is valid, an inferred one need not be.
        case constant([UInt8], isXOnly: Bool)
        /// An extended key, steps from it, and what the last step is.
        case extended(ExtendedPublicKey, path: [UInt32], range: Range)
    }

    /// The last step of an extended key.
    package enum Range: Hashable, Sendable {
        /// No further step: the same key for every index.
        case none
        /// The index: "/*".
        case unhardened
        /// The index, hardened: "/*h".
        case hardened
    }

    /// The position of this expression among the key expressions of the descriptor, by which caches find it.
    package let index: UInt32

    /// Where the key comes from, if the descriptor says.
    package let origin: KeyOrigin?

    /// The key.
    package let key: Key

    /// Whether hardened steps were written with ' and are shown so.
    package let usesApostrophe: Bool

    /// Whether each index has a key of its own.
    package var isRange: Bool {
        if case .extended(_, _, let range) = key { return range != .none }
        return false
    }

    /// Whether the key can be had without private keys.
    package var canSelfExpand: Bool { !isHardened }

    private var isHardened: Bool {
        guard case .extended(_, let path, let range) = key else { return false }
        return range == .hardened || path.isHardened
    }

    /// The number of bytes of the key in a script other than tapscript.
    package var size: Int {
        if case .constant(let bytes, _) = key { return bytes.count }
        return 33
    }
}

extension KeyExpression {
    /// The key at an index, and what is learnt about it on the way.
    ///
    /// - Parameters:
    ///   - index: below 2^31; does not matter without a range.
    ///   - provider: where private keys come from if hardened steps need them. Not asked when `cache` is given.
    ///   - cache: keys stored earlier, to be used in place of derivation.
    ///   - found: takes the key and its origin.
    ///   - learnt: takes what later expansions without private keys will need.
    /// - Returns: nil when a private key or a stored key is missing.
    func publicKey(
        at index: UInt32, provider: any SigningProvider, cache: DescriptorCache?,
        found: inout FlatSigningProvider, learnt: inout DescriptorCache
    ) -> PublicKey? {
        var result: PublicKey
        var path: [UInt32] = []
        let fingerprint: KeyFingerprint
        switch key {
        case .constant(let bytes, _):
            guard let key = try? PublicKey(bytes: bytes) else { return nil }
            result = key
            fingerprint = KeyFingerprint(of: key)
        case .extended(let root, let steps, let range):
            guard let key = derive(at: index, from: root, steps, range, provider, cache, &learnt) else { return nil }
            result = key.publicKey
            fingerprint = root.fingerprint
            path = steps
            if range == .unhardened { path.append(index) }
            if range == .hardened { path.append(index | hardenedBit) }
        }
        let id = KeyID(of: result)
        var place = KeyOrigin(fingerprint: fingerprint, path: path)
        if let origin { place = KeyOrigin(fingerprint: origin.fingerprint, path: origin.path + path) }
        found.publicKeys[id] = result
        // An origin in the text says more than one that ends at the extended key.
        if origin != nil || found.origins[id] == nil { found.origins[id] = place }
        return result
    }

    private func derive(
        at index: UInt32, from root: ExtendedPublicKey, _ path: [UInt32], _ range: Range,
        _ provider: any SigningProvider, _ cache: DescriptorCache?, _ learnt: inout DescriptorCache
    ) -> ExtendedPublicKey? {
        if let cache {
            if let stored = cache.derived[self.index]?[index] { return stored }
            guard range != .hardened, let parent = cache.parents[self.index] else { return nil }
            return range == .unhardened ? try? parent.child(index) : parent
        }
        guard isHardened else {
            guard let parent = try? root.descendant(path) else { return nil }
            learnt.parents[self.index] = parent
            return range == .unhardened ? try? parent.child(index) : parent
        }
        guard let (parent, lastHardened) = privateParent(of: root, path, provider) else { return nil }
        switch range {
        case .hardened:
            let child = try? parent.child(index | hardenedBit).neutered
            if let child { learnt.derived[self.index, default: [:]][index] = child }
            return child
        case .none, .unhardened:
            let publicParent = parent.neutered
            learnt.parents[self.index] = publicParent
            if let lastHardened { learnt.lastHardened[self.index] = lastHardened.neutered }
            return range == .unhardened ? try? publicParent.child(index) : publicParent
        }
    }

    /// The private key above the range, and the one at the last hardened step.
    private func privateParent(
        of root: ExtendedPublicKey, _ path: [UInt32], _ provider: any SigningProvider
    ) -> (parent: ExtendedPrivateKey, lastHardened: ExtendedPrivateKey?)? {
        guard let secret = provider.privateKey(named: KeyID(of: root.publicKey)) else { return nil }
        var key = ExtendedPrivateKey(completing: root, with: secret)
        var lastHardened: ExtendedPrivateKey?
        for step in path {
            guard let child = try? key.child(step) else { return nil }
            key = child
            if step >= hardenedBit { lastHardened = child }
        }
        return (key, lastHardened)
    }

    /// The private key at an index, if the provider has what it takes.
    func privateKey(at index: UInt32, provider: any SigningProvider) -> PrivateKey? {
        switch key {
        case .constant(let bytes, let isXOnly):
            guard let key = try? PublicKey(bytes: bytes) else { return nil }
            return isXOnly ? provider.privateKey(for: key.xOnly) : provider.privateKey(named: KeyID(of: key))
        case .extended(let root, let path, let range):
            guard let parent = privateParent(of: root, path, provider)?.parent else { return nil }
            switch range {
            case .none: return parent.privateKey
            case .unhardened: return try? parent.child(index).privateKey
            case .hardened: return try? parent.child(index | hardenedBit).privateKey
            }
        }
    }

    /// The extended key at the last hardened step, from the cache or by derivation.
    fileprivate func lastHardenedKey(provider: any SigningProvider, cache: DescriptorCache?) -> ExtendedPublicKey? {
        if let stored = cache?.lastHardened[index] { return stored }
        guard case .extended(let root, let path, _) = key else { return nil }
        return privateParent(of: root, path, provider)?.lastHardened?.neutered
    }
}

extension KeyExpression {
    /// Which of a descriptor's texts is meant.
    enum TextForm {
        /// Public keys only, as the descriptor was written.
        case plain
        /// Public keys only, always with apostrophes: what wallets compute a descriptor's id of.
        case compatible
        /// With private keys where the provider has them.
        case withPrivateKeys(any SigningProvider)
        /// Public keys at the last hardened step, so that no private key is needed to use the text.
        case normalized(any SigningProvider, DescriptorCache?)
    }

    /// The expression as text.
    ///
    /// - Returns: nil when a normalised text needs a private key that is missing; `isPrivate` tells whether a private
    ///   key is in the text.
    func text(_ form: TextForm, on network: Network) -> (text: String, isPrivate: Bool)? {
        switch form {
        case .plain:
            return (originText(usesApostrophe) + keyText(usesApostrophe, on: network), false)
        case .compatible:
            return (originText(true) + keyText(true, on: network), false)
        case .withPrivateKeys(let provider):
            guard let secret = privateText(provider: provider, on: network) else {
                return text(.plain, on: network)
            }
            return (originText(usesApostrophe) + secret, true)
        case .normalized(let provider, let cache):
            return normalizedText(provider: provider, cache: cache, on: network).map { ($0, false) }
        }
    }

    private func originText(_ apostrophe: Bool) -> String {
        guard let origin else { return "" }
        return "[\(origin.fingerprint)\(origin.path.keyPathText(usingApostrophe: apostrophe))]"
    }

    private func keyText(_ apostrophe: Bool, on network: Network) -> String {
        switch key {
        case .constant(let bytes, let isXOnly):
            Hex.encode(isXOnly ? bytes.dropFirst() : bytes[...])
        case .extended(let root, let path, let range):
            root.text(on: network) + path.keyPathText(usingApostrophe: apostrophe) + range.text(apostrophe)
        }
    }

    private func privateText(provider: any SigningProvider, on network: Network) -> String? {
        switch key {
        case .constant:
            return privateKey(at: 0, provider: provider)?.walletImportFormat(on: network)
        case .extended(let root, let path, let range):
            guard let secret = provider.privateKey(named: KeyID(of: root.publicKey)) else { return nil }
            return ExtendedPrivateKey(completing: root, with: secret).text(on: network)
                + path.keyPathText(usingApostrophe: usesApostrophe) + range.text(usesApostrophe)
        }
    }

    private func normalizedText(
        provider: any SigningProvider, cache: DescriptorCache?, on network: Network
    ) -> String? {
        guard case .extended(let root, let path, let range) = key, range != .hardened,
            let last = path.lastIndex(where: { $0 >= hardenedBit })
        else { return originText(false) + keyText(false, on: network) }
        guard let parent = lastHardenedKey(provider: provider, cache: cache) else { return nil }
        let fingerprint = origin?.fingerprint ?? root.fingerprint
        let hardened = (origin?.path ?? []) + path[...last]
        let rest = Array(path[(last + 1)...])
        return "[\(fingerprint)\(hardened.keyPathText())]" + parent.text(on: network) + rest.keyPathText()
            + range.text(false)
    }
}

extension KeyExpression.Range {
    fileprivate func text(_ apostrophe: Bool) -> String {
        switch self {
        case .none: ""
        case .unhardened: "/*"
        case .hardened: apostrophe ? "/*'" : "/*h"
        }
    }
}
