/// The node's log: a window that follows the end until the user scrolls.
package struct LogState: Sendable {
    /// Number of lines the node has written.
    package private(set) var total: UInt64 = 0
    /// Number of the first line that is here.
    package private(set) var first: UInt64 = 0
    /// The lines that are here.
    package private(set) var lines: [String] = []
    /// Whether the newest lines are shown as they come.
    package private(set) var isFollowing = true
    /// Number of the first visible line when not following; among the matches when there is a filter.
    package private(set) var top: UInt64 = 0
    /// Columns scrolled to the right.
    package var left = 0
    /// Why the last request failed.
    package private(set) var failure: String?
    /// Only lines that contain this are shown, of the newest thousand.
    package private(set) var filter = ""
    private var pending: UInt64?
    private var isStale = true

    /// The most lines held at once.
    static let capacity: UInt32 = 1000

    /// An empty log.
    package init() {}

    /// The lines that match the filter, of those here.
    var matches: [String] {
        guard !filter.isEmpty else { return lines }
        let wanted = filter.lowercased()
        return lines.filter { $0.lowercased().contains(wanted) }
    }

    /// The lines to show in `height` rows.
    package func visible(height: Int) -> [String] {
        let shown = matches
        if isFollowing { return shown.suffix(height) }
        let base = filter.isEmpty ? first : 0
        let start = top > base ? Int(min(top - base, UInt64(shown.count))) : 0
        return Array(shown.dropFirst(start).prefix(height))
    }

    /// What is to be asked now; nil when nothing is.
    package mutating func request(
        height: Int, generation: inout UInt64
    ) -> (first: UInt64, count: UInt32, generation: UInt64)? {
        guard pending == nil, failure == nil, height > 0 else { return nil }
        let rows = UInt64(height)
        let range: (UInt64, UInt32)
        if !filter.isEmpty {
            guard isStale else { return nil }
            range = (.max, Self.capacity)
        } else if isFollowing {
            guard isStale else { return nil }
            range = (.max, UInt32(min(2 * rows, UInt64(Self.capacity))))
        } else {
            let end = min(top + rows, total)
            guard top < first || end > first + UInt64(lines.count) else { return nil }
            range = (top > rows ? top - rows : 0, UInt32(min(3 * rows, UInt64(Self.capacity))))
        }
        isStale = false
        generation += 1
        pending = generation
        return (range.0, range.1, generation)
    }

    /// Takes an answer; false when it is not the one awaited and was dropped.
    @discardableResult
    package mutating func accept(generation: UInt64, first: UInt64, total: UInt64, lines: [String]) -> Bool {
        guard pending == generation else { return false }
        pending = nil
        // A server may claim any number; sums with these never overflow.
        self.first = min(first, 1 << 60)
        self.total = min(total, 1 << 60)
        self.lines = lines
        // The node forgets old lines; what is above them cannot be shown.
        if !isFollowing, filter.isEmpty, top < self.first { top = self.first }
        return true
    }

    /// Takes a failure.
    @discardableResult
    package mutating func fail(generation: UInt64, reason: String) -> Bool {
        guard pending == generation else { return false }
        pending = nil
        failure = reason
        return true
    }

    /// The node has written more.
    package mutating func advanced(to total: UInt64) {
        self.total = min(total, 1 << 60)
        isStale = true
    }

    /// Asks again.
    package mutating func markStale() {
        failure = nil
        isStale = true
    }

    /// The connection is gone; another node's lines have other numbers.
    package mutating func abandon() {
        pending = nil
        isStale = true
    }

    /// Shows only what contains `text`.
    package mutating func setFilter(_ text: String) {
        filter = text
        follow()
    }

    /// Shows the newest lines from now on.
    package mutating func follow() {
        isFollowing = true
        isStale = true
    }

    /// Scrolls by lines; at the end, following begins again.
    package mutating func scroll(by delta: Int, height: Int) {
        let isFiltered = !filter.isEmpty
        let end = isFiltered ? UInt64(matches.count) : total
        let last = end > UInt64(height) ? end - UInt64(height) : 0
        let start = isFollowing ? last : min(top, last)
        let magnitude = UInt64(delta.magnitude)
        if delta < 0 {
            top = start > magnitude ? start - magnitude : 0
            isFollowing = top >= last && last == 0
        } else {
            top = start + magnitude
            if top >= last { follow() } else { isFollowing = false }
        }
    }
}
