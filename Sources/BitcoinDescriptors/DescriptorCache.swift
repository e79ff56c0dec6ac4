/// Extended public keys that a descriptor needs but cannot derive without private keys.
///
/// A wallet stores them so that it can go on making addresses while it is locked. Keys are found by the position of
/// their expression in the descriptor.
package struct DescriptorCache: Hashable, Sendable {
    /// The key above the last unhardened step, by expression.
    package var parents: [UInt32: ExtendedPublicKey] = [:]

    /// The keys at the end of hardened ranges, by expression and index.
    package var derived: [UInt32: [UInt32: ExtendedPublicKey]] = [:]

    /// The key at the last hardened step, by expression; for normalised texts.
    package var lastHardened: [UInt32: ExtendedPublicKey] = [:]

    /// An empty cache.
    package init() {}

    /// Whether nothing is stored.
    package var isEmpty: Bool { parents.isEmpty && derived.isEmpty && lastHardened.isEmpty }

    /// Takes in what another cache holds.
    ///
    /// - Returns: what was new here.
    /// - Throws: `DescriptorError.cacheConflict` when the two disagree; nothing is changed then.
    package mutating func merge(_ other: DescriptorCache) throws(DescriptorError) -> DescriptorCache {
        var merged = self
        var new = DescriptorCache()
        for (expression, key) in other.parents where try Self.isNew(key, beside: merged.parents[expression]) {
            merged.parents[expression] = key
            new.parents[expression] = key
        }
        for (expression, keys) in other.derived {
            for (index, key) in keys where try Self.isNew(key, beside: merged.derived[expression]?[index]) {
                merged.derived[expression, default: [:]][index] = key
                new.derived[expression, default: [:]][index] = key
            }
        }
        for (expression, key) in other.lastHardened where try Self.isNew(key, beside: merged.lastHardened[expression]) {
            merged.lastHardened[expression] = key
            new.lastHardened[expression] = key
        }
        self = merged
        return new
    }

    private static func isNew(
        _ key: ExtendedPublicKey, beside old: ExtendedPublicKey?
    ) throws(DescriptorError) -> Bool {
        guard let old else { return true }
        guard old == key else { throw .cacheConflict }
        return false
    }
}
