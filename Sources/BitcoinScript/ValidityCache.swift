package import BitcoinCrypto
import Synchronization

/// A set of hashes of bounded size that forgets old ones: a hash that is in it was put there, one that is not may have
/// been.
///
/// Each hash has four places. When all are taken the new one drives out one of them. The set is cut into parts with a
/// lock each, so threads seldom wait for one another.
package final class ValidityCache: Sendable {
    private let parts: [Part]

    /// How many hashes fit into each part.
    private let partCapacity: Int
    private let hasEntries = Atomic(false)

    private final class Part: Sendable {
        /// Empty until something is put in: a node that catches up remembers nothing for a long time.
        let slots = Mutex<[Hash256]>([])
    }

    private static let partCount = 64
    private static let ways = 4

    /// An empty set.
    ///
    /// - Parameter maximumBytes: the memory it takes, at least enough for a few hashes.
    package init(maximumBytes: Int) {
        partCapacity = max(maximumBytes / (32 * Self.ways * Self.partCount), 1) * Self.ways
        parts = (0..<Self.partCount).map { _ in Part() }
    }

    /// How many hashes fit.
    package var capacity: Int { partCapacity * parts.count }

    /// Whether nothing was ever put in.
    package var isEmpty: Bool { !hasEntries.load(ordering: .relaxed) }

    /// Whether a hash is there.
    package func contains(_ hash: Hash256) -> Bool {
        let part = part(of: hash)
        return part.slots.withLock { slots in
            guard !slots.isEmpty else { return false }
            let start = Self.bucket(of: hash, among: slots.count / Self.ways) * Self.ways
            return (start..<(start + Self.ways)).contains { slots[$0] == hash }
        }
    }

    /// Puts a hash in.
    package func insert(_ hash: Hash256) {
        // An empty place holds zero, and zero itself must never be found.
        guard !hash.isZero else { return }
        hasEntries.store(true, ordering: .relaxed)
        part(of: hash).slots.withLock { slots in
            if slots.isEmpty { slots = [Hash256](repeating: .zero, count: partCapacity) }
            let start = Self.bucket(of: hash, among: slots.count / Self.ways) * Self.ways
            let places = start..<(start + Self.ways)
            if places.contains(where: { slots[$0] == hash }) { return }
            let free = places.first { slots[$0].isZero }
            // The hashes are random, so any of their bits picks a victim as well as dice.
            slots[free ?? start + Int(hash.words.2 % UInt64(Self.ways))] = hash
        }
    }

    private func part(of hash: Hash256) -> Part { parts[Int(hash.words.0 % UInt64(Self.partCount))] }

    private static func bucket(of hash: Hash256, among count: Int) -> Int { Int(hash.words.1 % UInt64(count)) }

    /// 32 random bytes to begin the hashes with.
    static func randomBytes() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}
