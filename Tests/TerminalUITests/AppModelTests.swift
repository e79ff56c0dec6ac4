import BitcoinInterfaces
import BitcoinPrimitives
import Synchronization
import TerminalUI
import Testing

private struct NoWaker: Waker {
    func wake() {}
}

/// The whole but the terminal: state, model and a node in memory.
@Suite(.timeLimit(.minutes(5))) struct AppModelTests {
    /// Drives a state with what a model brings, as the interface loop does.
    private final class Driver {
        let world = FakeWorld()
        let queue = EventQueue(waker: NoWaker())
        let model: AppModel
        var state: AppState

        init(isUp: Bool = true) {
            world.state.withLock { $0.isUp = isUp }
            model = AppModel(connector: world, queue: queue, pauses: [.milliseconds(10)])
            state = AppState(
                configuration: Configuration(chain: "regtest", startCommand: "node"), size: .minimum, now: 0)
        }

        var text: String {
            let capabilities = Capabilities(frames: .ascii, isUnicode: true, colors: .mono)
            return render(state, size: state.size, capabilities: capabilities).grid.lines.joined(separator: "\n")
        }

        func send(_ event: AppEvent) { for effect in update(&state, event) { model.perform(effect) } }

        func press(_ keys: Key...) { for key in keys { send(.input(.key(key))) } }

        /// Takes events until something is so.
        func until(_ what: String, _ condition: (Driver) -> Bool) async throws {
            let deadline = ContinuousClock.now + .seconds(60)
            while ContinuousClock.now < deadline {
                for event in queue.drain() { send(.model(event)) }
                if condition(self) { return }
                try await Task.sleep(for: .milliseconds(5))
            }
            Issue.record("never: \(what)\n\(text)")
        }
    }

    private func run(_ driver: Driver, _ body: (Driver) async throws -> Void) async throws {
        let model = driver.model
        let work = Task { await model.run() }
        try await body(driver)
        model.stop()
        driver.world.die()
        await work.value
    }

    @Test func everythingShownComesByItself() async throws {
        try await run(Driver()) { driver in
            try await driver.until("balances") { $0.text.contains("5 234.856 187 32") }
            #expect(driver.text.contains("height 208"))
        }
    }

    @Test func aNodeThatIsNotThereIsTriedAgain() async throws {
        try await run(Driver(isUp: false)) { driver in
            try await driver.until("attempts") { $0.text.contains("nobody listens") }
            driver.world.state.withLock { $0.isUp = true }
            try await driver.until("live") { $0.text.contains("live") }
        }
    }

    @Test func aNodeIsStartedWhenAsked() async throws {
        try await run(Driver(isUp: false)) { driver in
            driver.press(.character("s"), .enter)
            try await driver.until("live") { $0.text.contains("live") }
            #expect(driver.world.state.withLock { $0.isStarted })
        }
    }

    @Test func aNodeThatDiesAndComesBackIsShownAgain() async throws {
        try await run(Driver()) { driver in
            try await driver.until("balances") { $0.text.contains("5 234.856 187 32") }
            driver.world.die()
            try await driver.until("stale") { $0.text.contains("stale") }
            #expect(driver.text.contains("killed"))
            driver.world.state.withLock {
                $0.isUp = true; $0.data.tipHeight = 300
            }
            try await driver.until("live again") { $0.text.contains("height 300") && $0.text.contains("live") }
            #expect(driver.world.state.withLock { $0.connections } == 2)
        }
    }

    @Test func eventsReachTheScreen() async throws {
        try await run(Driver()) { driver in
            try await driver.until("balances") { $0.text.contains("5 234.856 187 32") }
            let (node, wallet) = driver.world.state.withLock { ($0.nodeEvents, $0.walletEvents["main"]) }
            try await wallet?.balancesChanged(
                balances: WalletBalances(trusted: 123_456_789, untrustedPending: 0, immature: 0, nonMempool: 0))
            try await driver.until("a new balance") { $0.text.contains("1.234 567 89") }
            try await node?.warningsChanged(warnings: ["beware"])
            try await driver.until("a warning") { $0.text.contains("! beware") }
        }
    }

    @Test func aWalletThatHangsHoldsUpNobodyElse() async throws {
        let driver = Driver()
        driver.world.state.withLock { $0.stuckWallet = "main" }
        try await run(driver) { driver in
            try await driver.until("the others") { $0.text.contains("39.348 365 28") }
            driver.press(.character("6"))
            try await driver.until("blocks") { $0.state.blocks.list.selected != nil }
            driver.world.state.withLock { $0.stuckWallet = nil }
            driver.press(.character("1"))
            try await driver.until("main") { $0.text.contains("5 234.856 187 32") }
        }
    }

    @Test func passphrasesGoToTheWalletOnly() async throws {
        try await run(Driver()) { driver in
            try await driver.until("the lock") { $0.state.wallets["encrypted"]?.isLocked ?? false }
            driver.press(.character("2"), .down, .down, .character("u"))
            for character in "wrong" { driver.press(.character(character)) }
            driver.press(.enter)
            try await driver.until("refusal") { $0.text.contains("the passphrase is wrong") }
            for character in "right" { driver.press(.character(character)) }
            driver.press(.enter)
            try await driver.until("unlocked") { $0.text.contains("encrypted unlocked for 5 min") }
            #expect(driver.world.state.withLock { $0.passphrases } == [Array("wrong".utf8), Array("right".utf8)])
        }
    }

    @Test func walletsAreAttachedAndRestarted() async throws {
        try await run(Driver()) { driver in
            // What the node lists and what lies on disk are two answers; "multisig" comes with the second.
            try await driver.until("the list") {
                $0.state.wallets.attached.count == 6 && $0.state.wallets["multisig"] != nil
            }
            driver.press(.character("2"), .end, .up, .enter)
            try await driver.until("attached") { $0.state.wallets["multisig"]?.isReachable ?? false }
            driver.press(.character("x"), .left, .enter)
            try await driver.until("restarted") { $0.state.jobs.isEmpty && $0.state.popups.isEmpty }
        }
    }
}
