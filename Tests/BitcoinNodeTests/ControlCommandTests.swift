import BitcoinCommon
import BitcoinNode
import BitcoinRPC
import Testing

/// Commands about the process.
@Suite(.timeLimit(.minutes(5)))
struct ControlCommandTests {
    @Test func `echo gives its arguments back`() async throws {
        let node = try await TestNode.loaded()
        #expect(try await node.call("echo") == [])
        #expect(try await node.call("echo", 1, "two", nil, ["three": [true]]) == [1, "two", nil, ["three": [true]]])
    }

    @Test func `echoipc goes through what the program supplies`() async throws {
        let node = try TestNode(echo: { "<\($0)>" })
        try await node.load()
        #expect(try await node.call("echoipc", "hello") == "<hello>")
        #expect(await node.failure("echoipc")?.code == .miscellaneous)
    }

    @Test func `stop asks for the shutdown once`() async throws {
        let node = try await TestNode.loaded()
        #expect(try await node.call("stop").stringValue?.hasSuffix(" stopping") == true)
        _ = try await node.call("stop")
        #expect(node.context.isShuttingDown)
        #expect(node.shutdowns.value == 1)
    }

    @Test func `help lists the commands by category, hidden ones left out`() async throws {
        let node = try await TestNode.loaded()
        let text = try #require(try await node.call("help").stringValue)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.first == "== Blockchain ==")
        #expect(lines.contains("getblockhash height"))
        #expect(lines.contains("getblock \"blockhash\" ( verbosity )"))
        #expect(lines.contains("== Wallet =="))
        #expect(!text.contains("echoipc"))
        #expect(!text.hasSuffix("\n"))
    }

    @Test func `help of a command is what a wrong call gets`() async throws {
        let node = try await TestNode.loaded()
        let help = try await node.call("help", "getblockhash")
        #expect(await node.failure("getblockhash")?.message == help.stringValue)
        #expect(try await node.call("help", "nonsense") == "help: unknown command: nonsense")
    }

    @Test func `every command has a help text`() async throws {
        let node = try await TestNode.loaded()
        let text = try #require(try await node.call("help").stringValue)
        for line in text.split(separator: "\n") where !line.hasPrefix("==") {
            let name = String(line.prefix { $0 != " " })
            let help = try #require(try await node.call("help", .string(name)).stringValue)
            #expect(help.hasPrefix(line), "\(name)")
            #expect(help.contains("\nResult"), "\(name)")
        }
    }

    @Test func `logging turns categories on and off, exclusions last`() async throws {
        let node = try await TestNode.loaded()
        #expect(try await node.call("logging")["net"] == false)
        let all = try await node.call("logging", ["all"], ["net"])
        #expect(all["net"] == false)
        #expect(all["rpc"] == true)
        #expect(all.objectValue?.count == DebugLog.categories.count)
        #expect(try await node.call("logging", [], ["all"])["rpc"] == false)
        #expect(try await node.call("logging", ["rpc"])["rpc"] == true)
        let window = node.context.log.window(first: 0, count: 1000)
        #expect(!window.lines.contains { $0.contains("method=getblockcount") })
        _ = try await node.call("getblockcount")
        #expect(
            node.context.log.window(first: 0, count: 1000).lines
                .contains { $0.hasSuffix("[rpc] ThreadRPCServer method=getblockcount user=test") })
    }

    @Test func `setmocktime moves the clock`() async throws {
        let node = try await TestNode.loaded()
        _ = try await node.call("setmocktime", 1_800_000_000)
        #expect(node.context.clock.now == 1_800_000_000)
        #expect(try await node.chain.getTime() == 1_800_000_000)
        try await node.mine(1)
        let tip = try await node.call("getbestblockhash")
        #expect(try await node.call("getblockheader", tip)["time"] == 1_800_000_000)
        _ = try await node.call("setmocktime", 0)
        #expect(abs(node.context.clock.now - NodeClockReal.now) < 5)
    }

    @Test func `a hostile method name does not get into the log as it is`() async throws {
        let node = try await TestNode.loaded()
        _ = try await node.call("logging", ["rpc"])
        _ = await node.failure("x\u{1b}[2J\nforged line")
        let lines = node.context.log.window(first: 0, count: 1000).lines
        #expect(!lines.contains { $0.contains("\u{1b}") || $0.contains("\n") })
    }
}
