import BitcoinInterfaces
import BitcoinPrimitives
import TerminalUI
import Testing

struct UpdateTests {
    @Test func idleScreensAskForNothing() {
        var stage = Stage.live()
        for screen in ScreenID.allCases {
            stage.press(.character(Character("\(screen.rawValue)")))
            let asked = stage.data.asked.count
            stage.send(.time(stage.data.now + 61))
            stage.press(.character("?"), .escape)
            #expect(stage.data.asked.count == asked, "\(screen) asks without need")
        }
    }

    @Test func nothingIsAskedWithoutANode() {
        var stage = Stage()
        stage.press(.character("?"), .escape, .character("x"))
        #expect(stage.data.asked.isEmpty)
        #expect(stage.text.contains("Waiting for a node"))
    }

    @Test func escapeNeverLeavesTheProgram() {
        var stage = Stage.live()
        for _ in 0..<5 { stage.press(.escape) }
        #expect(stage.state.exit == nil)
        stage.press(.character("q"))
        #expect(stage.state.exit == .detached)
        #expect(stage.state.farewell().joined().contains("process 4211"))
        #expect(stage.state.farewell().last == "To stop it: bitcoin-cli -regtest stop")
    }

    @Test func aNewBlockShowsEverywhere() {
        var stage = Stage.live()
        stage.data.tipHeight = 209
        stage.data.tipTime = stage.data.now
        stage.send(
            .blockTip(
                BlockRef(hash: SampleData.blockHash(209), height: 209), time: stage.data.now,
                initialBlockDownload: false))
        #expect(stage.text.contains("height 209"))
        #expect(stage.text.contains("tip <1 min ago"))
        stage.press(.character("6"))
        #expect(stage.state.blocks.list.selected?.block.height == 209)
    }

    @Test func theCursorStaysOnItsBlockWhenOthersComeIn() {
        var stage = Stage.live()
        stage.press(.character("6"), .down, .down)
        stage.data.tipHeight = 210
        stage.send(
            .blockTip(
                BlockRef(hash: SampleData.blockHash(210), height: 210), time: stage.data.now,
                initialBlockDownload: false))
        #expect(stage.state.blocks.list.selected?.block.height == 206)
    }

    @Test func aShorterChainIsListedAnew() {
        var stage = Stage.live()
        stage.press(.character("6"), .pageDown)
        stage.data.tipHeight = 207
        stage.send(
            .blockTip(
                BlockRef(hash: SampleData.blockHash(207), height: 207), time: stage.data.now,
                initialBlockDownload: false))
        #expect(stage.state.blocks.list.total == 208)
        #expect(stage.text.contains("height 207"))
    }

    @Test func aLostNodeLeavesTheScreenMarkedAndABackOneRefreshesIt() {
        var stage = Stage.live()
        stage.press(.character("3"), .down, .down)
        let before = stage.lines[6]
        stage.send(.disconnected(reason: "connection reset"))
        stage.send(.time(stage.data.now + 125))
        #expect(stage.lines[6] == before)
        #expect(stage.lines[0].contains("stale for 2 min"))
        #expect(stage.text.contains("connection reset"))
        // Faint, not only said so.
        #expect(stage.picture().grid[6, 34].style.role == .faint)
        stage.data.tipHeight = 209
        stage.connect()
        #expect(stage.lines[0].contains("live"))
        #expect(stage.text.contains("height 209"))
        #expect(stage.state.transactions.cursor == 2)
        #expect(stage.state.screen == .transactions)
    }

    @Test func theProcessOfAnEarlierNodeIsNeverNamed() {
        var stage = Stage.live()
        #expect(stage.lines[0].contains("node 4211"))
        stage.send(.disconnected(reason: "killed"))
        stage.answers = false
        stage.connect()
        #expect(stage.lines[0].contains("live"))
        #expect(!stage.text.contains("4211 "))
        stage.press(.character("q"))
        #expect(stage.state.farewell().first == "Detached. The node keeps running.")
        stage.answerAll()
        #expect(stage.state.farewell().first == "Detached. The node keeps running (bitcoin-node, process 4211).")
    }

    @Test func answersOfALostConnectionAreDropped() {
        var stage = Stage.live()
        stage.answers = false
        stage.press(.character("3"))
        #expect(!stage.unanswered.isEmpty)
        let kept = stage.unanswered
        stage.send(.disconnected(reason: "gone"))
        for (query, generation) in kept {
            let answer = stage.data.answer(query)
            stage.send(.answer(query, generation: generation, answer))
        }
        #expect(stage.state.transactions.total == nil)
    }

    @Test func walletsComeAndGoLive() {
        var stage = Stage.live()
        stage.press(.character("2"), .down)
        let friend = SampleData.listing("multisig", 5000)
        stage.data.listings.append(friend)
        stage.send(.walletLoaded(friend))
        #expect(stage.text.contains("multisig attached"))
        #expect(stage.state.wallets["multisig"]?.status == .attached)
        #expect(stage.state.wallets.selected?.name == "friend")
        stage.data.listings.removeAll { $0.name == "multisig" }
        var gone = friend
        gone.state = .detached
        stage.send(.walletUnloaded(gone, reason: "by terminal 2 (pts/4)"))
        #expect(stage.text.contains("multisig detached: by terminal 2 (pts/4)"))
        #expect(stage.state.wallets["multisig"]?.status == .onDisk)
    }

    @Test func aKilledWalletLeavesTheOthersAlone() {
        var stage = Stage.live()
        stage.send(.walletDisconnected("main", reason: "connection reset"))
        var failed = SampleData.listing("main", 4219)
        failed.state = .failed
        failed.error = "process 4219 was killed by signal 9"
        stage.data.listings[0] = failed
        stage.send(.walletFailed(failed))
        #expect(stage.text.contains("main failed: process 4219 was killed by signal 9"))
        #expect(stage.state.wallets["friend"]?.status == .attached)
        stage.press(.character("2"), .end, .character("x"), .backTab, .enter)
        #expect(stage.actions.count == 1)
    }

    @Test func theWalletOfTheListsCanBeChanged() {
        var stage = Stage.live()
        stage.press(.character("3"))
        #expect(stage.state.currentWallet == "main")
        stage.press(.character("w"), .down, .enter)
        #expect(stage.state.currentWallet == "friend")
        stage.press(.character("["))
        #expect(stage.state.currentWallet == "main")
        #expect(stage.text.contains("wallet main"))
    }

    @Test func filtersGoToTheServer() {
        var stage = Stage.live()
        stage.press(.character("3"), .character("/"))
        stage.type("rent q")
        stage.press(.enter)
        guard
            case .transactions("main", "rent q", 0, _)? = stage.data.asked.last(where: {
                if case .transactions = $0 { true } else { false }
            })
        else {
            Issue.record("no filtered query")
            return
        }
        #expect(stage.text.contains("12 of 651"))
        stage.press(.escape)
        #expect(stage.text.contains("651 transactions"))
    }

    @Test func walletsAndLogAreFilteredHere() {
        var stage = Stage.live()
        stage.press(.character("2"), .character("/"))
        stage.type("ENC")
        stage.press(.enter)
        #expect(stage.state.wallets.visible.map(\.name) == ["encrypted"])
        stage.press(.character("7"), .character("/"))
        stage.type("warns")
        stage.press(.enter)
        #expect(stage.lines[4...20].allSatisfy { $0.contains("warns") })
    }

    @Test func theLogFollowsUntilItIsScrolled() {
        var stage = Stage.live()
        stage.press(.character("7"))
        stage.data.logTotal = 413
        stage.send(.logAdvanced(total: 413))
        #expect(stage.text.contains("413 lines, following"))
        stage.press(.pageUp, .pageUp)
        #expect(!stage.state.log.isFollowing)
        let shown = stage.lines[4...20]
        stage.data.logTotal = 500
        stage.send(.logAdvanced(total: 500))
        #expect(stage.lines[4...20] == shown)
        stage.press(.home)
        #expect(stage.state.log.first == 0)
        stage.press(.character("f"))
        #expect(stage.text.contains("500 lines, following"))
    }

    @Test func hugeNumbersFromTheNodeDoNoHarm() {
        var stage = Stage.live(Size(columns: 160, rows: 50))
        stage.data.tipTime = .min
        stage.data.now = .max
        stage.data.trusted["main"] = .max
        stage.data.trusted["friend"] = .max
        stage.data.logTotal = .max
        stage.send(.logAdvanced(total: .max))
        stage.send(.blockTip(BlockRef(hash: .zero, height: .max), time: .min, initialBlockDownload: true))
        stage.send(.blockTip(BlockRef(hash: .zero, height: .min), time: .max, initialBlockDownload: true))
        for screen in ScreenID.allCases {
            stage.press(.character(Character("\(screen.rawValue)")), .end, .pageDown, .home, .pageUp)
            _ = stage.text
        }
    }
}
