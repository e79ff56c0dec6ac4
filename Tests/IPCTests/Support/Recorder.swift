import Synchronization

/// Collects values from anywhere.
final class Recorder<Element: Sendable>: Sendable {
    private let storage = Mutex<[Element]>([])

    /// What has been added, in order.
    var values: [Element] { storage.withLock { $0 } }

    /// Adds a value; returns how many there are now.
    @discardableResult
    func add(_ value: Element) -> Int {
        storage.withLock { values in
            values.append(value)
            return values.count
        }
    }

    /// Forgets everything.
    func removeAll() { storage.withLock { $0 = [] } }
}
