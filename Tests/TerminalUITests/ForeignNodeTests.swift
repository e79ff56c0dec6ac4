import BitcoinInterfaces
import TerminalUI
import Testing

/// A node that holds its wallets itself and has no log to show, such as Bitcoin Core's.
struct ForeignNodeTests {
    private func stage(_ size: Size = .minimum) -> Stage {
        var stage = Stage(size)
        for index in stage.data.listings.indices {
            stage.data.listings[index].processID = 0
            stage.data.listings[index].memory = 0
            stage.data.listings[index].address = "/wallet/\(index)"
        }
        stage.data.software = ("Bitcoin Core", "31.99.0")
        stage.data.processID = 0
        let limits = "Shown by its JSON-RPC, without its log."
        stage.send(
            .connected(NodeIdentity(address: "unix:/run/node.sock", hasWallets: true, hasRpc: true, limits: limits)))
        return stage
    }

    @Test func noProcessNumberIsMadeUp() {
        var stage = stage()
        #expect(stage.lines[0].hasSuffix("node ● live"))
        #expect(stage.text.contains("Bitcoin Core 31.99.0"))
        stage.press(.character("2"))
        #expect(stage.text.contains("in node"))
        #expect(stage.text.contains("held by the node, reached by JSON-RPC at /wallet/0"))
        #expect(!stage.text.contains("spawned"))
        stage.press(.character("q"))
        #expect(stage.state.farewell()[0] == "Detached. The node keeps running (Bitcoin Core).")
    }

    @Test func itsLimitsAreTold() {
        var stage = stage()
        stage.press(.function(3))
        #expect(stage.text.contains("Shown by its JSON-RPC, without its log."))
        #expect(!stage.text.contains("process 0"))
    }

    @Test func noPassphraseIsAskedFor() {
        var stage = stage()
        stage.press(.character("2"), .down, .down, .character("u"))
        #expect(stage.state.popups.isEmpty)
        #expect(stage.text.contains("only shown here; unlock with"))
        stage.type(":unlock encrypted")
        stage.press(.enter)
        #expect(stage.state.popups.isEmpty)
    }

    @Test func aLogThatIsNotServedSaysSoInFull() {
        var stage = stage()
        stage.answers = false
        stage.press(.character("7"))
        let path = "/a/rather/long/path/that/does/not/fit/into/the/line/with/the/rest/debug.log"
        for (query, generation) in stage.unanswered {
            guard case .log = query else { continue }
            stage.send(.answer(query, generation: generation, .failed("not served; it is in \(path)")))
        }
        #expect(stage.text.contains("not served; it is in"))
        #expect(stage.text.contains(path))
        #expect(!stage.text.contains("0 lines"))
    }
}
