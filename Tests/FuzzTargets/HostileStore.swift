import KeyValueStore
import Synchronization

/// A store that answers every question with the next of some bytes, and forgets what is written: what readers of
/// records see is anything at all.
///
/// A string has its length before it, ten bits of two bytes, all of which set mean that there is none.
final class HostileStore: KeyValueStore {
    private let rest: Mutex<ArraySlice<UInt8>>

    init(_ bytes: ArraySlice<UInt8>) { rest = Mutex(bytes) }

    func value(for key: [UInt8]) -> [UInt8]? { rest.withLock { Self.string(from: &$0) } }

    /// Each pair begins with a byte: 0 ends the walk, after an odd one the key begins with `start`.
    func forEach(from start: [UInt8], _ body: ([UInt8], [UInt8]) -> Bool) {
        while true {
            let pair = rest.withLock { rest -> (key: [UInt8], value: [UInt8])? in
                guard let kind = rest.popFirst(), kind != 0 else { return nil }
                let key = (kind & 1 == 1 ? start : []) + (Self.string(from: &rest) ?? [])
                return (key, Self.string(from: &rest) ?? [])
            }
            guard let pair, body(pair.key, pair.value) else { return }
        }
    }

    func write(_ batch: WriteBatch, durably: Bool) {}

    func snapshot() -> any KeyValueSequence { self }

    func approximateSize(from start: [UInt8], to end: [UInt8]) -> UInt64 { 0 }

    private static func string(from rest: inout ArraySlice<UInt8>) -> [UInt8]? {
        guard let low = rest.popFirst(), let high = rest.popFirst() else { return nil }
        let count = Int(low) | Int(high & 3) << 8
        guard count != 0x3ff else { return nil }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }
}
