/// One value at the server, of which the newest answer is shown.
package struct Slot<Value: Sendable>: Sendable {
    /// The last answer.
    package private(set) var value: Value?
    /// Whether there may be a newer one.
    package private(set) var isStale = true
    /// Why the last request failed.
    package private(set) var failure: String?
    private var pending: UInt64?
    private var isStaleAgain = false

    /// An empty slot, to be filled.
    package init() {}

    /// Whether an answer is awaited.
    package var isLoading: Bool { pending != nil }

    /// The generation to ask with, when the value is to be asked for now; nil otherwise. One request is on its way
    /// at a time, however often the value changes.
    package mutating func request(generation: inout UInt64) -> UInt64? {
        guard isStale, pending == nil, failure == nil else { return nil }
        generation += 1
        pending = generation
        isStaleAgain = false
        return generation
    }

    /// Takes an answer; false when it is not the one awaited and was dropped.
    @discardableResult
    package mutating func accept(generation: UInt64, value: Value) -> Bool {
        guard pending == generation else { return false }
        pending = nil
        self.value = value
        isStale = isStaleAgain
        isStaleAgain = false
        return true
    }

    /// Takes a failure; nothing is asked again before `markStale`.
    @discardableResult
    package mutating func fail(generation: UInt64, reason: String) -> Bool {
        guard pending == generation else { return false }
        pending = nil
        failure = reason
        return true
    }

    /// Changes the value with what an event has told.
    package mutating func update(_ change: (inout Value) -> Void) {
        guard var changed = value else { return }
        change(&changed)
        value = changed
    }

    /// Sets the value to what an event has told in full.
    package mutating func set(_ value: Value) {
        self.value = value
        isStale = false
        failure = nil
        pending = nil
    }

    /// The server's value has changed, or the user wants to ask again.
    package mutating func markStale() {
        failure = nil
        isStale = true
        if pending != nil { isStaleAgain = true }
    }

    /// The connection is gone: answers on the way will not come.
    package mutating func abandon() {
        pending = nil
        isStale = true
    }
}

/// The value that belongs to a key which the user moves about: the details of the row under the cursor.
package struct KeyedSlot<Key: Sendable & Equatable, Value: Sendable>: Sendable {
    /// What the value is about.
    package private(set) var key: Key?
    private var slot = Slot<Value>()

    /// An empty slot.
    package init() {}

    /// The value, if it is that key's.
    package func value(for wanted: Key) -> Value? { key == wanted ? slot.value : nil }

    /// Why there is no value for that key.
    package func failure(for wanted: Key) -> String? { key == wanted ? slot.failure : nil }

    /// The generation to ask with, when the value of `wanted` is to be asked for now. While an answer is on its way
    /// nothing else is asked, so that moving through a list asks no more than the server answers.
    package mutating func request(_ wanted: Key, generation: inout UInt64) -> UInt64? {
        guard !slot.isLoading else { return nil }
        if key != wanted {
            key = wanted
            slot = Slot()
        }
        return slot.request(generation: &generation)
    }

    /// Takes an answer; false when it is not the one awaited and was dropped.
    @discardableResult
    package mutating func accept(generation: UInt64, value: Value) -> Bool {
        slot.accept(generation: generation, value: value)
    }

    /// Takes a failure.
    @discardableResult
    package mutating func fail(generation: UInt64, reason: String) -> Bool {
        slot.fail(generation: generation, reason: reason)
    }

    /// The server's value has changed.
    package mutating func markStale() { slot.markStale() }

    /// The connection is gone.
    package mutating func abandon() { slot.abandon() }
}
