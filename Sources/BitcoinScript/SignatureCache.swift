import BitcoinCrypto

/// Remembers signatures that were found valid, so that a block need not check again what the mempool has checked.
///
/// An entry stands for hash, key and signature together, mixed with a secret number so that nobody outside can make two
/// that collide. What the hash covers (transaction, script, amount, flags where they matter) is therefore part of it,
/// and an entry is true for ever. Signatures that are not valid are never remembered.
package final class SignatureCache: Sendable {
    private let entries: ValidityCache
    private let hashers: [SHA256Hasher]

    /// The kinds of signatures, which never share an entry.
    enum Kind: Int {
        case ecdsa
        case schnorr
    }

    /// An empty cache.
    ///
    /// - Parameter maximumBytes: the memory it may take; half of `-maxsigcachesize`.
    package init(maximumBytes: Int) {
        entries = ValidityCache(maximumBytes: maximumBytes)
        let secret = ValidityCache.randomBytes()
        hashers = ([0x45, 0x53] as [UInt8]).map { kind in
            // The prefix fills one block of the hash, so that it is computed once.
            var hasher = SHA256Hasher()
            hasher.update(secret + [kind] + [UInt8](repeating: 0, count: 31))
            return hasher
        }
    }

    /// Whether a signature is valid: by memory, or else by `verify`, whose good news is remembered if asked.
    static func check(
        _ cache: SignatureCache?, _ remembers: Bool, _ kind: Kind, _ hash: Hash256, _ key: StackItem,
        _ signature: StackItem, verify: () -> Bool
    ) -> Bool {
        guard let cache, remembers || !cache.entries.isEmpty else { return verify() }
        var hasher = cache.hashers[kind.rawValue]
        hasher.update(hash)
        // Keys of one kind have a length that their first byte tells, so nothing can slide between key and signature.
        hasher.update(key)
        hasher.update(signature)
        let entry = hasher.finalizeHash()
        if cache.entries.contains(entry) { return true }
        guard verify() else { return false }
        if remembers { cache.entries.insert(entry) }
        return true
    }
}
