import TerminalUI
import Testing

private struct Row: WindowRow, Equatable {
    var rowKey: String
}

private func rows(_ range: Range<Int>) -> [Row] { range.map { Row(rowKey: "\($0)") } }

struct ListWindowTests {
    private var generation: UInt64 = 0
    private var window = ListWindow<Row>()

    private mutating func ask(height: Int) -> ListWindow<Row>.Request? {
        window.request(height: height, generation: &generation)
    }

    /// Asks and answers until nothing is needed.
    private mutating func settle(height: Int, total: Int, first name: Int = 0) {
        while let request = window.request(height: height, generation: &generation) {
            let start = min(request.offset, total)
            let range = start..<min(start + request.count, total)
            window.accept(
                generation: request.generation, total: total,
                rows: rows(range.lowerBound + name..<range.upperBound + name))
        }
    }

    @Test mutating func onlyRowsAroundTheVisibleOnesAreHeld() {
        settle(height: 10, total: 100_000)
        #expect(window.rows.count == 20)
        window.move(to: 50_000, height: 10)
        #expect(window.row(at: 50_000) == nil)
        settle(height: 10, total: 100_000)
        #expect(window.row(at: 50_000)?.rowKey == "50000")
        #expect(window.rows.count == 30)
        window.move(to: 1 << 50, height: 10)
        settle(height: 10, total: 100_000)
        #expect(window.selected?.rowKey == "99999")
        #expect(window.top == 99_990)
    }

    @Test mutating func nothingIsAskedTwice() {
        let asked1 = ask(height: 10)
        #expect(asked1 != nil)
        let asked2 = ask(height: 10)
        #expect(asked2 == nil)
    }

    @Test mutating func staleAnswersAreDropped() throws {
        settle(height: 10, total: 1000)
        window.move(to: 500, height: 10)
        let first = try #require(ask(height: 10))
        window.move(to: 900, height: 10)
        let second = try #require(ask(height: 10))
        let isFirstTaken = window.accept(generation: first.generation, total: 1000, rows: rows(490..<520))
        let isSecondTaken = window.accept(generation: second.generation, total: 1000, rows: rows(881..<911))
        #expect(!isFirstTaken)
        #expect(isSecondTaken)
        #expect(window.selected?.rowKey == "900")
    }

    @Test mutating func theCursorStaysOnItsRowWhenRowsComeInAbove() {
        settle(height: 10, total: 100)
        window.move(to: 5, height: 10)
        window.markStale()
        settle(height: 10, total: 103, first: -3)
        #expect(window.selected?.rowKey == "5")
        #expect(window.cursor == 8)
        #expect(window.top == 3)
    }

    @Test mutating func theFirstRowFollowsTheNewest() {
        settle(height: 10, total: 100)
        window.markStale()
        settle(height: 10, total: 101, first: -1)
        #expect(window.cursor == 0)
        #expect(window.selected?.rowKey == "-1")
    }

    @Test mutating func aListThatShrinksTakesTheCursorWithIt() {
        settle(height: 10, total: 100)
        window.move(to: 99, height: 10)
        window.markStale()
        settle(height: 10, total: 3)
        #expect(window.cursor == 2)
        settle(height: 10, total: 3)
        window.markStale()
        settle(height: 10, total: 0)
        #expect(window.cursor == 0)
        #expect(window.selected == nil)
    }

    @Test mutating func changesDuringARequestAreAskedForAgain() throws {
        let request = try #require(ask(height: 5))
        window.markStale()
        window.accept(generation: request.generation, total: 5, rows: rows(0..<5))
        #expect(window.isStale)
        let asked3 = ask(height: 5)
        #expect(asked3 != nil)
    }

    @Test mutating func failuresWaitForAReason() throws {
        let request = try #require(ask(height: 5))
        window.fail(generation: request.generation, reason: "no")
        let asked4 = ask(height: 5)
        #expect(asked4 == nil)
        window.markStale()
        let asked5 = ask(height: 5)
        #expect(asked5 != nil)
    }

    @Test mutating func absurdTotalsDoNoHarm() throws {
        let request = try #require(ask(height: 5))
        window.accept(generation: request.generation, total: .max, rows: rows(0..<5))
        window.move(to: .max, height: 5)
        _ = window.request(height: 5, generation: &generation)
        window.scroll(by: 1000, height: 5)
        #expect(window.cursor < 1 << 41)
    }
}
