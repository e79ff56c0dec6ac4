package import BitcoinInterfaces
import BitcoinPrimitives
import BitcoinRPC

/// One wallet that a node holds itself, read-only: no passphrase passes through here.
package actor RPCWallet: Wallet {
    let name: String
    let caller: RPCCaller
    private let watch: ChainWatch
    /// The rows of the history, by the number of transactions for which they were counted: Core tells only the latter.
    var historyRows: (transactions: Int64, rows: UInt64)?

    init(name: String, caller: RPCCaller, watch: ChainWatch) {
        self.name = name
        self.caller = caller
        self.watch = watch
    }

    /// The state of the wallet now.
    package func getInfo() async throws -> WalletInfo {
        let answers = try await caller.run([.init("getwalletinfo"), .init("listdescriptors")])
        let info = try answers[0].get()
        // A legacy wallet has none, and says so by an error.
        let descriptors = (try? answers[1].get()["descriptors"].elements().count) ?? 0
        let unlockedUntil = info["unlocked_until"]
        let block = info["lastprocessedblock"]
        return WalletInfo(
            name: name, processID: 0, encrypted: !unlockedUntil.isNull,
            locked: try !unlockedUntil.isNull && unlockedUntil.integer(as: Int64.self) == 0,
            unlockedUntil: try unlockedUntil.isNull ? 0 : unlockedUntil.integer(),
            privateKeysEnabled: try info["private_keys_enabled"].flag(),
            blank: try info["blank"].isNull ? false : info["blank"].flag(), descriptors: UInt32(clamping: descriptors),
            transactions: try info["txcount"].integer(),
            birthTime: try info["birthtime"].isNull ? 0 : info["birthtime"].integer(),
            lastBlock: try block.isNull
                ? BlockRef(hash: .zero, height: -1)
                : BlockRef(hash: block["hash"].hash(), height: block["height"].integer()),
            scanProgress: try info["scanning"]["progress"].isNull ? -1 : info["scanning"]["progress"].number(),
            warnings: [])
    }

    /// The balances now.
    package func getBalances() async throws -> WalletBalances {
        let mine = try await caller.call("getbalances")["mine"]
        return WalletBalances(
            trusted: try mine["trusted"].amount(), untrustedPending: try mine["untrusted_pending"].amount(),
            immature: try mine["immature"].amount(),
            nonMempool: try mine["nonmempool"].isNull ? 0 : mine["nonmempool"].amount())
    }

    /// Refused: a passphrase would travel as text through the node's JSON-RPC.
    package func unlock(passphrase: [UInt8], seconds: Int64) async throws -> Bool {
        throw RPCNodeError.notServed(
            "wallets of Bitcoin Core are only shown here; unlock with bitcoin-cli -stdinwalletpassphrase walletpassphrase"
        )
    }

    /// Locks the keys at once.
    package func lock() async throws {
        try await caller.call("walletlock")
        await watch.signal()
    }

    /// Registers for events. What Core counts or dates in `getwalletinfo` is looked at with every signal, and the rest
    /// only when that has changed.
    package func handleEvents(events: any WalletEvents) async throws -> any Handler {
        let changes = await watch.changes()
        return TaskHandler { [weak self] in
            var last: JSONValue?
            var lastBalances: WalletBalances?
            for await _ in changes {
                guard let self else { return }
                guard let state = try? await self.caller.call("getwalletinfo").json, state != last else { continue }
                let isFirst = last == nil
                guard let info = try? await self.getInfo(), let balances = try? await self.getBalances() else {
                    continue
                }
                last = state
                defer { lastBalances = balances }
                if isFirst { continue }
                try? await events.statusChanged(info: info)
                if balances != lastBalances { try? await events.balancesChanged(balances: balances) }
                if let newest = try? await self.getTransactions(filter: "", offset: 0, count: 1).rows.first {
                    try? await events.transactionChanged(transactionID: newest.transactionID)
                }
            }
        }
    }
}
