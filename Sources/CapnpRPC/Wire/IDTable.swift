/// A table whose ids this side chooses: questions, exports, embargoes. Low ids are used again first.
struct IDTable<Element: Sendable>: Sendable {
    private var slots: [Element?] = []
    private var free: [UInt32] = []

    /// The number of entries.
    var count: Int { slots.count - free.count }

    /// Whether there are no entries.
    var isEmpty: Bool { count == 0 }

    /// All entries with their ids.
    var entries: [(id: UInt32, element: Element)] {
        slots.indices.compactMap { index in slots[index].map { (UInt32(index), $0) } }
    }

    /// The entry with an id that may come from a peer; set only for an id that is in use.
    subscript(id: UInt32) -> Element? {
        get { Int(id) < slots.count ? slots[Int(id)] : nil }
        set {
            guard Int(id) < slots.count, slots[Int(id)] != nil, let newValue else { return }
            slots[Int(id)] = newValue
        }
    }

    /// Changes an entry in place, without copying it out and in again; `nil` if there is none.
    mutating func update<R>(_ id: UInt32, _ change: (inout Element) -> R) -> R? {
        let index = Int(id)
        guard index < slots.count, slots[index] != nil else { return nil }
        return change(&slots[index]!)
    }

    /// Adds an entry and returns its id.
    mutating func insert(_ element: Element) -> UInt32 {
        if let id = free.popLast() {
            slots[Int(id)] = element
            return id
        }
        slots.append(element)
        return UInt32(slots.count - 1)
    }

    /// Removes and returns an entry; its id may be given out again.
    mutating func remove(_ id: UInt32) -> Element? {
        guard Int(id) < slots.count, let element = slots[Int(id)].take() else { return nil }
        free.append(id)
        return element
    }

    /// Removes every entry.
    mutating func removeAll() {
        slots = []
        free = []
    }
}
