import TerminalUI
import Testing

struct GridTests {
    @Test func textIsCutAtTheEdge() {
        var grid = Grid(size: Size(columns: 5, rows: 1))
        #expect(grid.put("abcdefg", row: 0, column: 2, limit: 99, style: .plain) == 5)
        #expect(grid.lines == ["  abc"])
    }

    @Test func textOutsideIsDropped() {
        var grid = Grid(size: Size(columns: 3, rows: 1))
        grid.put("abc", row: 5, column: 0, limit: 9, style: .plain)
        grid.put("abc", row: 0, column: -1, limit: 9, style: .plain)
        grid.put("x", row: 0, column: 9, limit: 9, style: .plain)
        #expect(grid.lines == ["bc"])
    }

    @Test func wideCharactersAreNeverHalved() {
        var grid = Grid(size: Size(columns: 4, rows: 1))
        grid.put("発送", row: 0, column: 0, limit: 4, style: .plain)
        grid.put("x", row: 0, column: 1, limit: 1, style: .plain)
        #expect(grid.lines == [" x送"])
        grid.put("y", row: 0, column: 2, limit: 1, style: .plain)
        #expect(grid.lines == [" xy"])
        grid.put("送", row: 0, column: 3, limit: 4, style: .plain)
        #expect(grid.lines == [" xy"])
    }

    @Test func onlyChangesAreDrawn() {
        var old = Grid(size: Size(columns: 10, rows: 2))
        old.put("height 208", row: 0, column: 0, limit: 10, style: .plain)
        var new = old
        new.put("9", row: 0, column: 9, limit: 1, style: .plain)
        let runs = new.changes(from: old)
        #expect(runs.map(\.text) == ["9"])
        #expect(runs.map(\.column) == [9])
        #expect(new.changes(from: new).isEmpty)
    }

    @Test func everythingIsDrawnAfterAResize() {
        let grid = Grid(size: Size(columns: 3, rows: 2))
        #expect(grid.changes(from: nil).map(\.text) == ["   ", "   "])
        #expect(grid.changes(from: Grid(size: Size(columns: 2, rows: 2))).count == 2)
    }

    @Test func aChangedStyleIsAChange() {
        var old = Grid(size: Size(columns: 4, rows: 1))
        old.put("abcd", row: 0, column: 0, limit: 4, style: .plain)
        var new = old
        new.select(row: 0, column: 1, columns: 2)
        #expect(new.changes(from: old).map(\.text) == ["bc"])
    }

    @Test func whatFollowsADoubtfulCharacterIsPlacedAgain() {
        var grid = Grid(size: Size(columns: 6, rows: 1))
        grid.put("a☕bc", row: 0, column: 0, limit: 6, style: .plain)
        #expect(grid.changes(from: nil).map(\.text) == ["a☕", "bc "])
        #expect(grid.changes(from: nil).map(\.column) == [0, 3])
    }
}

struct PaletteTests {
    @Test(arguments: Role.allCases) func noRoleHasColourWithoutColours(_ role: Role) {
        for isSelected in [false, true] {
            let appearance = Palette.appearance(of: Style(role, isSelected: isSelected), colors: .mono)
            #expect(appearance.foreground == nil && appearance.background == nil)
        }
    }

    @Test(arguments: Capabilities.Colors.allCases) func theSelectionIsReversed(_ colors: Capabilities.Colors) {
        for role in Role.allCases {
            #expect(Palette.appearance(of: Style(role, isSelected: true), colors: colors).isReversed)
        }
    }

    @Test func capabilitiesFollowTheEnvironment() {
        func colors(_ count: Int, _ noColor: Bool = false) -> Capabilities.Colors {
            Capabilities(colorCount: count, isUnicode: true, noColor: noColor, asciiFrames: false).colors
        }
        #expect([0, 8, 16, 256, 0x100_0000].map { colors($0) } == [.mono, .sixteen, .sixteen, .palette, .direct])
        #expect(colors(256, true) == .mono)
        let frames = { (isUnicode: Bool, ascii: Bool) in
            Capabilities(colorCount: 8, isUnicode: isUnicode, noColor: false, asciiFrames: ascii).frames
        }
        #expect(frames(true, false) == .unicode)
        #expect(frames(true, true) == .ascii)
        #expect(frames(false, false) == .ascii)
    }
}
