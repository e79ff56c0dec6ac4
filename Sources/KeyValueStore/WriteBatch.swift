/// Changes to a store that happen together. Of several changes to one key the last counts.
package struct WriteBatch: Sendable {
    /// One change.
    package enum Change: Equatable, Sendable {
        /// Puts a value at a key, over what was there.
        case put(key: [UInt8], value: [UInt8])
        /// Takes the value at a key away, if there is one.
        case remove(key: [UInt8])
    }

    /// The changes in their order.
    package private(set) var changes: [Change] = []
    /// About how many bytes the batch takes, to end one before it grows too large.
    package private(set) var byteCount = 0

    /// No changes.
    package init() {}

    /// Whether nothing changes.
    package var isEmpty: Bool { changes.isEmpty }

    /// Puts `value` at `key`.
    package mutating func put(_ value: [UInt8], at key: [UInt8]) {
        changes.append(.put(key: key, value: value))
        // One byte of kind, and a length of one byte in most cases, before each string.
        byteCount += key.count + value.count + 3
    }

    /// Takes the value at `key` away.
    package mutating func remove(_ key: [UInt8]) {
        changes.append(.remove(key: key))
        byteCount += key.count + 2
    }

    /// Empties the batch and keeps its room.
    package mutating func removeAll() {
        changes.removeAll(keepingCapacity: true)
        byteCount = 0
    }
}
