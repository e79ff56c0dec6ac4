internal import BitcoinCrypto
internal import Dispatch
internal import Synchronization

// The hash of a set does not depend on the order of its elements, so several threads can each take a part of them.

extension MuHash3072 {
    /// Elements that are worth a thread.
    private static let leastPart = 128

    /// Puts elements in.
    mutating func insert(many elements: [[UInt8]]) { insert(Self.hash(of: elements)) }

    /// Takes elements out.
    mutating func remove(many elements: [[UInt8]]) { remove(Self.hash(of: elements)) }

    private static func hash(of elements: [[UInt8]]) -> MuHash3072 {
        let parts = max(1, min(ScriptChecks.processorCount, elements.count / leastPart))
        let result = Mutex(MuHash3072())
        DispatchQueue.concurrentPerform(iterations: parts) { part in
            var set = MuHash3072()
            for element in elements[(elements.count * part / parts)..<(elements.count * (part + 1) / parts)] {
                set.insert(element)
            }
            result.withLock { $0.insert(set) }
        }
        return result.withLock(\.self)
    }
}
