package import BitcoinCrypto
package import BitcoinDescriptors
package import BitcoinPrimitives
import BitcoinScript

/// A descriptor at work: its scripts, keys and the index of the next address (Core's `DescriptorScriptPubKeyMan`).
///
/// A class because the engine's tables lead to it; it belongs to one `WalletEngine`.
package final class DescriptorManager {
    /// SHA-256 of the descriptor's text: its name in the file.
    package let id: Hash256
    /// The descriptor.
    package let descriptor: Descriptor
    /// Its text, range and times as the file keeps them.
    package internal(set) var record: DescriptorRecord
    /// Extended public keys below hardened steps.
    package internal(set) var cache: DescriptorCache
    /// Its scripts with their index.
    package internal(set) var scripts: [Script: Int32] = [:]
    /// Private keys of wallets without encryption.
    var keys: [KeyID: PrivateKey]
    /// Private keys of wallets with encryption.
    var encryptedKeys: [KeyID: (publicKey: PublicKey, ciphertext: [UInt8])]

    /// The index behind the last one that `scripts` has.
    private(set) var expandedEnd: Int32
    /// Whether every key was decrypted once; later unlocking tries one only.
    private var wasFullyDecrypted = false
    /// What was expanded of single indexes.
    private var providers: [Int32: FlatSigningProvider] = [:]

    /// Makes one of a descriptor that is new to the wallet. `topUp` gives it scripts.
    init(descriptor: Descriptor, record: DescriptorRecord, keys: [KeyID: PrivateKey] = [:]) {
        id = descriptor.id
        self.descriptor = descriptor
        self.record = record
        self.keys = keys
        cache = DescriptorCache()
        encryptedKeys = [:]
        expandedEnd = record.rangeStart
    }

    /// Makes one of what the file says, with all scripts of its range.
    ///
    /// - Throws: `WalletRecordError` when descriptor and records do not fit together.
    init(loading contents: WalletContents.Descriptor, network: Network) throws(WalletRecordError) {
        record = contents.record
        do throws(DescriptorError) {
            let parsed = try Descriptor.parse(contents.record.descriptor, on: network, requiringChecksum: true)
            guard let first = parsed.descriptors.first, parsed.descriptors.count == 1 else {
                throw DescriptorError.script("Can't load a multipath descriptor from databases")
            }
            descriptor = first
        } catch {
            throw .unknownDescriptor(error.message)
        }
        id = descriptor.id
        cache = DescriptorCache()
        keys = [:]
        encryptedKeys = [:]
        expandedEnd = contents.record.rangeStart
        guard id == contents.id else {
            throw .invalid("The descriptor ID calculated by the wallet differs from the one in DB")
        }
        guard contents.keys.isEmpty || contents.encryptedKeys.isEmpty else {
            throw .invalid("Wallet contains both unencrypted and encrypted keys")
        }
        for (publicKey, privateKey) in contents.keys { keys[KeyID(of: publicKey)] = privateKey }
        for (publicKey, ciphertext) in contents.encryptedKeys {
            encryptedKeys[KeyID(of: publicKey)] = (publicKey, ciphertext)
        }
        try loadCache(contents)
        guard expandAll(to: record.rangeEnd) else {
            throw .invalid("Error: Unable to expand wallet descriptor from cache")
        }
    }

    private func loadCache(_ contents: WalletContents.Descriptor) throws(WalletRecordError) {
        do throws(ExtendedKeyError) {
            for (expression, bytes) in contents.parentCache {
                cache.parents[expression] = try ExtendedPublicKey(decoding: bytes)
            }
            for (expression, keys) in contents.derivedCache {
                for (index, bytes) in keys {
                    cache.derived[expression, default: [:]][index] = try ExtendedPublicKey(decoding: bytes)
                }
            }
            for (expression, bytes) in contents.lastHardenedCache {
                cache.lastHardened[expression] = try ExtendedPublicKey(decoding: bytes)
            }
        } catch {
            throw .invalid("an extended key in the cache is malformed")
        }
    }

    /// Takes another range and begins again; `grow` gives it scripts.
    func restart(_ record: DescriptorRecord) {
        self.record = record
        scripts = [:]
        expandedEnd = record.rangeStart
    }

    private func expandAll(to end: Int32) -> Bool {
        var index = expandedEnd
        while index < end {
            guard let expansion = descriptor.expand(at: UInt32(index), from: cache) else { return false }
            for script in expansion.scripts { scripts[script] = index }
            index += 1
        }
        expandedEnd = max(expandedEnd, end)
        return true
    }

    /// Whether there is a private key, encrypted or not.
    package var hasPrivateKeys: Bool { !keys.isEmpty || !encryptedKeys.isEmpty }

    /// How many addresses are left before the range must grow.
    package var keyPoolSize: Int64 { Int64(record.rangeEnd) - Int64(record.nextIndex) }

    /// Whether new addresses can come from it: one kind, a range, and something to derive from.
    package var canGiveAddresses: Bool {
        descriptor.isSingleType && descriptor.isRange
            && (hasPrivateKeys || record.nextIndex < record.rangeEnd || descriptor.canSelfExpand)
    }

    /// Private keys in the clear: those of a wallet without encryption, or all when the encryption key is given.
    func privateKeys(masterKey: SecretBytes?) -> [KeyID: PrivateKey] {
        guard let masterKey, !encryptedKeys.isEmpty else { return keys }
        return encryptedKeys.compactMapValues {
            WalletCipher.decrypt($0.ciphertext, publicKey: $0.publicKey, masterKey: masterKey)
        }
    }

    /// What trying an encryption key shows.
    enum KeyCheck { case fits, fails, fitsInPart }

    /// Tries an encryption key on the keys: on all of them the first time.
    func check(masterKey: SecretBytes) -> KeyCheck {
        guard keys.isEmpty else { return .fails }
        var fits = encryptedKeys.isEmpty
        for (publicKey, ciphertext) in encryptedKeys.values {
            guard WalletCipher.decrypt(ciphertext, publicKey: publicKey, masterKey: masterKey) != nil else {
                return fits ? .fitsInPart : .fails
            }
            fits = true
            if wasFullyDecrypted { break }
        }
        wasFullyDecrypted = fits
        return fits ? .fits : .fails
    }

    /// Makes the range reach `ahead` unused indexes beyond the next one, and the scripts reach the range.
    ///
    /// - Parameter provider: Has the private keys for hardened steps that the cache does not cover.
    /// - Returns: New scripts and new cache entries; nil when a private key is missing, nothing has changed then.
    func grow(
        ahead: Int32, provider: @autoclosure () -> FlatSigningProvider
    ) -> (scripts: [Script], learnt: DescriptorCache)? {
        if !descriptor.isRange {
            record.rangeStart = 0
            record.rangeEnd = 1
            expandedEnd = min(expandedEnd, 1)
        } else {
            let wanted = Int64(record.nextIndex) + Int64(ahead)
            record.rangeEnd = Int32(clamping: max(wanted, Int64(record.rangeEnd)))
        }
        var found: [Script] = []
        var learnt = DescriptorCache()
        var keys: FlatSigningProvider?
        while expandedEnd < record.rangeEnd {
            let index = UInt32(expandedEnd)
            var expansion = descriptor.expand(at: index, from: cache)
            if expansion == nil {
                let provider = keys ?? provider()
                keys = provider
                expansion = descriptor.expand(at: index, provider: provider)
            }
            guard let expansion, let new = try? cache.merge(expansion.learnt),
                (try? learnt.merge(new)) != nil
            else {
                record.rangeEnd = max(expandedEnd, record.rangeStart)
                return nil
            }
            for script in expansion.scripts where scripts.updateValue(expandedEnd, forKey: script) == nil {
                found.append(script)
            }
            expandedEnd += 1
        }
        return (found, learnt)
    }

    /// What is known about the script of an index: keys, origins, scripts, trees; no private keys.
    package func provider(at index: Int32) -> FlatSigningProvider? {
        if let known = providers[index] { return known }
        guard index >= 0, let expansion = descriptor.expand(at: UInt32(index), from: cache) else { return nil }
        providers[index] = expansion.provider
        return expansion.provider
    }

    /// What is known about a script of this descriptor.
    package func provider(for script: Script) -> FlatSigningProvider? { scripts[script].flatMap { provider(at: $0) } }

    /// The first script of an index.
    func script(at index: Int32) -> Script? { descriptor.expand(at: UInt32(index), from: cache)?.scripts.first }

    /// The descriptor for others to use without private keys, with checksum.
    package func normalizedText(masterKey: SecretBytes?) -> String? {
        if let text = descriptor.normalizedText(cache: cache) { return text }
        let provider = FlatSigningProvider(privateKeys: privateKeys(masterKey: masterKey))
        return descriptor.normalizedText(provider: provider, cache: cache)
    }
}
