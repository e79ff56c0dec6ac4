import BitcoinIPC
import BitcoinInterfaces
import BitcoinPrimitives
import IPC
import TestData
import Testing

/// A caller that gives up, or is gone, stops what runs for it.
@Suite(.timeLimit(.minutes(5)))
struct CancellationTests {
    /// How a caller leaves.
    enum Departure: CaseIterable, Sendable {
        /// It gives up the call: a `Finish`.
        case finish
        /// It closes the connection.
        case disconnect
        /// It is thrown out.
        case thrownOut
    }

    /// A call that may take long.
    enum LongCall: String, CaseIterable, Sendable {
        case waitTipChanged
        case createNewBlock
        case waitNext
        case executeRpc
        case start
        case requestMempoolTransactions

        func make(_ root: any ProcessInit) async throws {
            switch self {
            case .waitTipChanged:
                _ = try await root.makeMining()?.waitTipChanged(currentTip: .zero, timeout: .greatestFiniteMagnitude)
            case .createNewBlock:
                _ = try await root.makeMining()?.createNewBlock(options: .init(), cooldown: true)
            case .waitNext:
                let template = try await root.makeMining()?.createNewBlock(options: .init(), cooldown: true)
                _ = try await template?.waitNext(options: .init(timeout: 1e9, feeThreshold: 1))
            case .executeRpc:
                _ = try await root.makeRpc().executeRpc(request: "", uri: "", user: "")
            case .start:
                try await root.makeChainClient(chain: ChainDouble(stage: Stage(.empty)), settings: Sample.settings)
                    .start()
            case .requestMempoolTransactions:
                try await root.makeChain().requestMempoolTransactions(notifications: Listener(Stage(.full)))
            }
        }
    }

    @Test(arguments: Departure.allCases, LongCall.allCases)
    func `long calls end with their caller's interest`(departure: Departure, call: LongCall) async throws {
        let stage = Stage(.full, longMethod: call.rawValue)
        let link = try await Link(.capnp, InitDouble(stage))
        let root = link.root
        let work = Task { try await call.make(root) }
        #expect(await eventually { stage.calls.last?.hasPrefix("\(call.rawValue) [") == true })
        switch departure {
        case .finish: work.cancel()
        case .disconnect: link.close()
        case .thrownOut: link.server.close()
        }
        #expect(await eventually { stage.calls.contains("\(call.rawValue) cancelled") })
        await #expect(throws: (any Error).self) { try await work.value }
        if departure == .finish { #expect(try await root.makeEcho().echo(echo: "still there") == "still there") }
        link.close()
    }

    @Test func `a wallet's rescan ends when the node gives it up`() async throws {
        // The node calls the wallet; both directions are alike.
        let stage = Stage(.full, longMethod: "executeRpc")
        let link = try await Link(.capnp, InitDouble(stage))
        let client = try await link.root.makeChainClient(
            chain: ChainDouble(stage: Stage(.empty)), settings: Sample.settings)
        let work = Task { try await client.executeRpc(request: "importdescriptors", uri: "/", user: "") }
        #expect(await eventually { stage.calls.last?.hasPrefix("executeRpc [") == true })
        work.cancel()
        #expect(await eventually { stage.calls.last == "executeRpc cancelled" })
        await #expect(throws: CancellationError.self) { _ = try await work.value }
        link.close()
    }

    @Test func `giving up one call leaves the others alone`() async throws {
        let stage = Stage(.full, longMethod: "waitTipChanged")
        let link = try await Link(.capnp, InitDouble(stage))
        let mining = try #require(try await link.root.makeMining())
        let calls = (0..<8).map { number in
            Task { try await mining.waitTipChanged(currentTip: .zero, timeout: Double(number)) }
        }
        #expect(await eventually { stage.calls.count { $0.hasPrefix("waitTipChanged [") } == 8 })
        for (index, call) in calls.enumerated() {
            call.cancel()
            #expect(await eventually { stage.calls.count { $0 == "waitTipChanged cancelled" } == index + 1 })
        }
        link.close()
    }
}
