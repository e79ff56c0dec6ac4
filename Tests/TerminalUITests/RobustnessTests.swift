import BitcoinInterfaces
import TerminalUI
import TestData
import Testing

struct RobustnessTests {
    private static let keys: [Key] =
        "abcdefghijklmnopqrstuvwxyz0123456789/:?[]!LGM ".filter { $0 != "q" }.map(Key.character)
        + [
            .enter, .escape, .tab, .backTab, .backspace, .delete, .up, .down, .left, .right, .home, .end, .pageUp,
            .pageDown, .function(9), .function(1), .function(3), .control("u"), .control("w"),
        ]

    @Test(arguments: 0..<12) func anyKeysAtAnySizeDrawSomething(_ seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed) &+ 77)
        var stage = Stage.live()
        for step in 0..<400 {
            switch Int.random(in: 0..<20, using: &random) {
            case 0:
                let size = Size(
                    columns: .random(in: 0...220, using: &random), rows: .random(in: 0...70, using: &random))
                stage.send(.input(.resize(size)))
            case 1:
                let position = Position(
                    column: .random(in: -1...220, using: &random), row: .random(in: -1...70, using: &random))
                let action: MouseAction =
                    [.click, .doubleClick, .wheelUp, .wheelDown].randomElement(using: &random) ?? .click
                stage.send(.input(.mouse(action, position)))
            case 2: stage.send(.disconnected(reason: "x"))
            case 3: stage.connect()
            default: stage.press(Self.keys.randomElement(using: &random) ?? .enter)
            }
            if step % 8 == 0 { #expect(stage.picture().grid.size == stage.state.size) }
            if stage.state.exit != nil { stage.state.exit = nil }
        }
    }

    @Test(arguments: [1, 2, 10, 40, 79]) func smallTerminalsGetAMessage(_ columns: Int) {
        for rows in [1, 5, 23] {
            let stage = Stage.live(Size(columns: columns, rows: rows))
            let grid = stage.picture().grid
            #expect(grid.size == Size(columns: columns, rows: rows))
        }
        #expect(Stage.live(Size(columns: 70, rows: 20)).text.contains("bitcoin-tui needs 80x24, have 70x20"))
    }

    @Test(arguments: 80...210) func everyWidthIsLaidOut(_ columns: Int) {
        for screen in ScreenID.allCases {
            var stage = Stage.live(Size(columns: columns, rows: 24 + columns % 40))
            stage.press(.character(Character("\(screen.rawValue)")))
            #expect(stage.lines[0].contains("REGTEST"))
            #expect(stage.lines[0].contains("live"))
        }
    }

    @Test func hostileTextHarmsNobody() {
        let hostile = "\u{1b}]0;owned\u{7}\u{202e}x\u{0}\r\n" + String(repeating: "発\u{301}", count: 500)
        var stage = Stage(Size(columns: 130, rows: 40))
        stage.data.listings.append(
            WalletListing(
                name: hostile, state: .attached, origin: .spawned, processID: 1, memory: .max, address: "unix:x",
                error: hostile))
        stage.data.listings.append(
            WalletListing(
                name: hostile + "2", state: .failed, origin: .spawned, processID: -5, memory: 0, address: "",
                error: hostile))
        stage.data.warnings = [hostile]
        stage.connect()
        stage.send(.walletFailed(stage.data.listings[8]))
        for key: Key in [.character("2"), .end, .enter, .escape, .character("1"), .function(4)] {
            stage.press(key)
            for line in stage.lines {
                #expect(!line.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x202e || $0.value == 0x7f })
            }
        }
    }

    @Test func masksHideEveryAmount() {
        var stage = Stage.live()
        stage.press(.character("m"))
        for key: Key in [.character("1"), .character("2"), .character("3"), .character("4"), .character("5")] {
            stage.press(key)
            #expect(!stage.text.contains("234.856"))
            #expect(!stage.text.contains("000 00"))
        }
        stage.press(.character("3"), .enter)
        #expect(!stage.text.contains("903 112"))
    }
}
