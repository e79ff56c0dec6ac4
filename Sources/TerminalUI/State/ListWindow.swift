/// A row that can be found again after the list has changed.
package protocol WindowRow: Sendable {
    /// What the row is about; the same in every answer.
    var rowKey: String { get }
}

/// A long list of which only the part around what is visible is here; the rest stays at the server.
///
/// A pure value: it says what it needs (`request`), takes what comes (`accept`), and drops answers that are no longer
/// wanted by their generation.
package struct ListWindow<Row: WindowRow>: Sendable {
    /// What is asked of the server.
    package struct Request: Sendable, Equatable {
        /// Number of the first row.
        package var offset: Int
        /// Number of rows.
        package var count: Int
        /// To be returned with the answer.
        package var generation: UInt64
    }

    /// Rows at the server that match the filter; nil before the first answer.
    package private(set) var total: Int?
    /// Rows without the filter, where the server says.
    package private(set) var unfiltered: Int?
    /// Number of the first row that is here.
    package private(set) var first = 0
    /// The rows that are here.
    package private(set) var rows: [Row] = []
    /// The row that keys act on.
    package private(set) var cursor = 0
    /// The topmost visible row.
    package private(set) var top = 0
    /// Whether what is here may be out of date.
    package private(set) var isStale = true
    /// Why the last request failed.
    package private(set) var failure: String?
    private var pending: Request?
    private var isStaleAgain = false

    /// An empty window.
    package init() {}

    /// The row with that number, if it is here.
    package func row(at index: Int) -> Row? {
        index >= first && index - first < rows.count ? rows[index - first] : nil
    }

    /// The row under the cursor, if it is here.
    package var selected: Row? { row(at: cursor) }

    /// Whether an answer is awaited.
    package var isLoading: Bool { pending != nil }

    /// What is to be asked now so that `height` visible rows and some around them are here and current; nil when
    /// nothing is.
    package mutating func request(height: Int, generation: inout UInt64) -> Request? {
        guard failure == nil, height > 0 else { return nil }
        let lower = max(0, top - height)
        let upper = min(top + 2 * height, max(total ?? .max, 1))
        let visible = top..<min(top + height, max(total ?? .max, top))
        if let pending, pending.offset <= visible.lowerBound, pending.offset + pending.count >= visible.upperBound {
            return nil
        }
        let isHere = total != nil && first <= visible.lowerBound && first + rows.count >= visible.upperBound
        if isHere, !isStale { return nil }
        generation += 1
        let request = Request(offset: lower, count: max(1, min(upper - lower, 1000)), generation: generation)
        pending = request
        isStaleAgain = false
        return request
    }

    /// Takes an answer.
    ///
    /// - Returns: False when it is not the one awaited and was dropped.
    @discardableResult
    package mutating func accept(generation: UInt64, total: Int, unfiltered: Int? = nil, rows: [Row]) -> Bool {
        guard let request = pending, request.generation == generation else { return false }
        let anchor = top == 0 && cursor == 0 ? nil : selected?.rowKey
        pending = nil
        // A server may claim any number; sums with this one never overflow.
        let total = max(0, min(total, 1 << 40))
        self.total = total
        self.unfiltered = unfiltered
        self.rows = rows
        first = request.offset
        isStale = isStaleAgain
        isStaleAgain = false
        // Rows may have come in above: the cursor stays on what it was on, and the list does not jump.
        if let anchor, let found = rows.firstIndex(where: { $0.rowKey == anchor }) {
            let moved = first + found - cursor
            cursor += moved
            top = max(0, top + moved)
        }
        cursor = max(0, min(cursor, total - 1))
        top = max(0, min(top, total - 1))
        return true
    }

    /// Takes a failure; nothing is asked again before `markStale`.
    @discardableResult
    package mutating func fail(generation: UInt64, reason: String) -> Bool {
        guard pending?.generation == generation else { return false }
        pending = nil
        failure = reason
        return true
    }

    /// The server's list has changed, or the user wants to ask again: what is here is shown until the new rows come.
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

    /// The list has grown by `count` rows above the first one; the numbers of what is here move on, and so does the
    /// cursor unless it is on the first row, which it then follows.
    package mutating func grewAbove(_ count: Int) {
        guard count > 0, let total else { return }
        self.total = total + count
        first += count
        if cursor > 0 || top > 0 {
            cursor += count
            top += count
        }
        pending = nil
        isStale = true
    }

    /// Sets the number of rows when it is known before the first answer.
    package mutating func expect(total: Int) { self.total = max(0, min(total, 1 << 40)) }

    /// Moves the cursor by rows and scrolls so that it is visible.
    package mutating func move(by delta: Int, height: Int) { move(to: cursor + delta, height: height) }

    /// Moves the cursor to a row and scrolls so that it is visible.
    package mutating func move(to index: Int, height: Int) {
        cursor = max(0, min(index, (total ?? 1) - 1))
        keepVisible(height: height)
    }

    /// Scrolls by rows; the cursor stays where it is unless it would leave the screen.
    package mutating func scroll(by delta: Int, height: Int) {
        let last = max(0, (total ?? 1) - max(1, height))
        top = max(0, min(top + delta, last))
        cursor = max(top, min(cursor, top + max(1, height) - 1))
        cursor = max(0, min(cursor, (total ?? 1) - 1))
    }

    /// Scrolls so that the cursor is visible in `height` rows, and no row stays empty below the end without need.
    package mutating func keepVisible(height: Int) {
        guard height > 0 else { return }
        if cursor < top { top = cursor }
        if cursor >= top + height { top = cursor - height + 1 }
        if let total { top = max(0, min(top, total - height)) }
    }
}
