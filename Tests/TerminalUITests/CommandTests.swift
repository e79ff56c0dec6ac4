import BitcoinInterfaces
import Testing

@testable import TerminalUI

struct KeyTableTests {
    @Test func everyKeyHasOneMeaning() {
        // Conditions may share a key, but only one of them holds at a time where both do.
        for scene in Scene.allCases {
            let state = scene.stage(.minimum).state
            var seen: [Key: Command] = [:]
            for binding in KeyTable.active(in: state.context, state) {
                for key in binding.keys {
                    let isShadowed = seen[key] != nil && seen[key] != binding.command
                    // Follow takes the end key of a log that does not follow.
                    let isKnown =
                        binding.command == .move(.last) && seen[key] == .follow
                        || binding.command == .connect || seen[key] == .lockWallet
                    #expect(!isShadowed || isKnown, "\(key) in \(state.context)")
                    seen[key] = seen[key] ?? binding.command
                }
            }
        }
    }

    @Test func everyBindingIsExplained() {
        for binding in KeyTable.bindings {
            #expect(!binding.help.isEmpty && !binding.keys.isEmpty && !binding.contexts.isEmpty)
        }
    }

    @Test(arguments: Scene.allCases) func theFooterHasOnlyKeysThatAreTrueHere(_ scene: Scene) {
        let stage = scene.stage(.minimum)
        let hits = stage.picture().hits.filter { $0.rect.row == 23 }
        let active = KeyTable.active(in: stage.state.context, stage.state).map(\.command)
        for hit in hits {
            guard case .command(let command) = hit.target else { continue }
            #expect(active.contains(command) || command == .move(.down))
        }
        #expect(stage.lines[23].count <= 80)
    }

    @Test func unknownKeysSaySo() {
        var stage = Stage.live()
        stage.press(.character("%"))
        #expect(stage.lines[22].contains("% does nothing here"))
    }
}

struct ColonCommandTests {
    private func run(_ text: String, in stage: inout Stage) {
        stage.press(.character(":"))
        stage.type(text)
        stage.press(.enter)
    }

    @Test func blocksAreFoundByHeightAndHash() {
        var stage = Stage.live()
        run("goto 3", in: &stage)
        #expect(stage.state.screen == .blocks)
        #expect(stage.state.blocks.list.selected?.block.height == 3)
        run("goto \(SampleData.blockHash(5))", in: &stage)
        #expect(stage.state.blocks.open?.hash == SampleData.blockHash(5))
        run("goto 999", in: &stage)
        #expect(stage.text.contains("no block at height 999"))
        run("goto nowhere", in: &stage)
        #expect(stage.text.contains("neither a height nor a block hash"))
    }

    @Test func screensHaveNames() {
        var stage = Stage.live()
        for screen in ScreenID.allCases {
            run(screen.title.lowercased(), in: &stage)
            #expect(stage.state.screen == screen)
        }
    }

    @Test func rpcResultsCanBeRead() {
        var stage = Stage.live()
        run("rpc getblockhash 5", in: &stage)
        guard case .rpc(let request, "/wallet/main")? = stage.actions.last?.action else {
            Issue.record("no request")
            return
        }
        #expect(request == #"{"jsonrpc":"2.0","id":1,"method":"getblockhash","params":[5]}"#)
        stage.send(.finished(job: stage.actions[0].job, .response(#"{"result":"00ff","error":null,"id":1}"#)))
        #expect(stage.text.contains("│ 00ff"))
        stage.press(.escape)
        run("rpc nonsense", in: &stage)
        let error = #"{"result":null,"error":{"code":-32601,"message":"Method not found"},"id":1}"#
        stage.send(.finished(job: stage.actions[1].job, .response(error)))
        #expect(stage.text.contains("! Method not found"))
    }

    @Test("a command typed while a result is shown is the next command, not keys that close things")
    func commandsFollowResults() {
        var stage = Stage.live()
        run("rpc getblockhash 5", in: &stage)
        stage.send(.finished(job: stage.actions[0].job, .response(#"{"result":"00ff","error":null,"id":1}"#)))
        #expect(stage.text.contains("│ 00ff"))
        run("rpc quit q q", in: &stage)
        #expect(stage.actions.count == 2)
        #expect(stage.state.exit == nil)
        #expect(!stage.text.contains("│ 00ff"))
    }

    @Test func wordsAreCompletedAndRemembered() {
        var stage = Stage.live()
        stage.press(.character(":"))
        stage.type("unl")
        stage.press(.tab)
        stage.type("enc")
        stage.press(.tab)
        #expect(stage.lines[22] == " :unlock encrypted")
        stage.press(.enter, .escape, .character(":"), .up)
        #expect(stage.lines[22] == " :unlock encrypted")
    }

    @Test func walletCommandsTakeNames() {
        var stage = Stage.live()
        run("attach multisig", in: &stage)
        guard case .attach("multisig")? = stage.actions.last?.action else {
            Issue.record("not attached")
            return
        }
        run("wallet friend", in: &stage)
        #expect(stage.state.currentWallet == "friend")
        run("detach nothing", in: &stage)
        #expect(stage.text.contains("no wallet \"nothing\""))
        run("quit", in: &stage)
        #expect(stage.state.exit == .detached)
    }

    @Test func theScreenCanBeSaved() {
        var stage = Stage.live()
        run("save /tmp/x", in: &stage)
        guard case .save(path: "/tmp/x")? = stage.others.last else {
            Issue.record("not saved")
            return
        }
    }
}

struct MouseTests {
    private func find(_ text: String, in stage: Stage) -> Position? {
        for (row, line) in stage.lines.enumerated() {
            let starts = line.indices.filter { line[$0...].hasPrefix(text) }
            if let start = starts.first {
                return Position(column: DisplayText.width(String(line[..<start])), row: row)
            }
        }
        return nil
    }

    private func click(_ text: String, in stage: inout Stage, _ action: MouseAction = .click) throws {
        let position = try #require(find(text, in: stage), "\(text) is not on the screen")
        stage.send(.input(.mouse(action, position)))
    }

    @Test func tabsRowsAndHintsCanBeClicked() throws {
        var stage = Stage.live()
        try click("6 Blocks", in: &stage)
        #expect(stage.state.screen == .blocks)
        try click("   204", in: &stage)
        #expect(stage.state.blocks.list.selected?.block.height == 204)
        try click("   204", in: &stage)
        #expect(stage.state.blocks.open != nil)
        try click("esc back", in: &stage)
        #expect(stage.state.blocks.open == nil)
        try click("F9 menu", in: &stage)
        try click("Hide or show amounts", in: &stage)
        #expect(stage.state.isMasked)
        try click("? help", in: &stage)
        #expect(stage.text.contains("┌─ Help"))
    }

    @Test func theWheelScrollsWithoutMovingTheCursorOff() {
        var stage = Stage.live()
        stage.press(.character("6"))
        stage.send(.input(.mouse(.wheelDown, Position(column: 5, row: 10))))
        #expect(stage.state.blocks.list.top == 3)
        #expect(stage.state.blocks.list.cursor == 3)
    }

    @Test func clicksBesideAMenuCloseIt() {
        var stage = Stage.live()
        stage.press(.function(9))
        stage.send(.input(.mouse(.click, Position(column: 3, row: 8))))
        #expect(stage.state.popups.isEmpty)
    }

    @Test func buttonsCanBeClicked() throws {
        var stage = Stage.live()
        stage.press(.character("2"), .character("d"))
        try click("[ Cancel ]", in: &stage)
        #expect(stage.state.popups.isEmpty)
        stage.press(.character("d"))
        try click("[ Detach ]", in: &stage)
        #expect(stage.actions.count == 1)
    }

    @Test func aDoubleClickOpens() throws {
        var stage = Stage.live()
        stage.press(.character("6"))
        try click("   204", in: &stage, .doubleClick)
        #expect(stage.state.blocks.open?.height == 204)
    }
}
