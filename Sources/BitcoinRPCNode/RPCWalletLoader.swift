package import BitcoinInterfaces
import BitcoinRPC

/// The wallets of a node that holds them itself, as Bitcoin Core does: there are no processes and sockets of theirs.
package struct RPCWalletLoader: WalletLoader {
    private let caller: RPCCaller
    private let watch: ChainWatch

    init(caller: RPCCaller, watch: ChainWatch) {
        self.caller = caller
        self.watch = watch
    }

    /// The wallet of that name, read-only.
    package func wallet(_ name: String) -> any Wallet {
        RPCWallet(name: name, caller: caller.wallet(name), watch: watch)
    }

    /// Returns when the node has the wallet no longer, or is gone itself.
    package func waitUntilUnloaded(_ name: String) async {
        for await _ in await watch.changes() {
            guard let names = try? await names() else { continue }
            if !names.contains(name) { return }
        }
    }

    private func listing(_ name: String) -> WalletListing {
        WalletListing(
            name: name, state: .attached, origin: .spawned, processID: 0, memory: 0,
            address: "/wallet/" + RPCRequest.encodePercent(name), error: "")
    }

    private func names() async throws -> [String] {
        try await caller.call("listwallets").elements().map { try $0.text() }
    }

    /// Every loaded wallet. The address is the path of its JSON-RPC; process and memory are unknown.
    package func listWallets() async throws -> [WalletListing] { try await names().map(listing) }

    /// Names of the wallets on disk.
    package func listWalletDirectory() async throws -> [String] {
        try await caller.call("listwalletdir")["wallets"].elements().map { try $0["name"].text() }
    }

    /// Loads a wallet, also when the node starts next time.
    package func loadWallet(name: String) async throws -> WalletListing {
        try await caller.call("loadwallet", [.string(name), true])
        await watch.signal()
        return listing(name)
    }

    /// Creates a wallet and loads it.
    package func createWallet(name: String, options: CreateWalletOptions) async throws -> WalletListing {
        try await caller.call(
            .init(
                "createwallet",
                named: [
                    "wallet_name": .string(name), "disable_private_keys": .bool(options.disablePrivateKeys),
                    "blank": .bool(options.blank), "avoid_reuse": .bool(options.avoidReuse), "load_on_startup": true,
                ]))
        await watch.signal()
        return listing(name)
    }

    /// Unloads a wallet, also for the node's next start.
    package func unloadWallet(name: String) async throws {
        try await caller.call("unloadwallet", [.string(name), false])
        await watch.signal()
    }

    /// Registers for wallets that come and go, whoever loads them.
    package func handleEvents(events: any WalletLoaderEvents) async throws -> any Handler {
        let changes = await watch.changes()
        return TaskHandler { [self] in
            var known: Set<String>?
            for await _ in changes {
                guard let names = try? await names() else { continue }
                if let known {
                    for name in names where !known.contains(name) {
                        try? await events.walletLoaded(listing: listing(name))
                    }
                    for name in known.subtracting(names).sorted() {
                        var gone = listing(name)
                        (gone.state, gone.address) = (.detached, "")
                        try? await events.walletUnloaded(listing: gone, reason: "")
                    }
                }
                known = Set(names)
            }
        }
    }
}
