import BitcoinCommon
import BitcoinInterfaces
import BitcoinNode
import BitcoinRPC
import Foundation
import TestSupport
import Testing

/// Wallets coming and going, with doubles instead of processes.
@Suite(.timeLimit(.minutes(5)))
struct WalletRegistryTests {
    private struct Setup {
        let node: TestNode
        let spawner: FakeSpawner
        let recorder = WalletListRecorder()
        let handler: any Handler

        init(
            wallets: [String] = ["one"],
            _ make: @escaping @Sendable (WalletProcessSettings) async throws -> FakeWallet = {
                FakeWallet($0.walletName)
            }
        ) async throws {
            spawner = FakeSpawner(make)
            node = try await TestNode.loaded(spawner: spawner)
            for name in wallets { try node.makeWalletFile(name) }
            handler = try await WalletLoaderService(
                registry: node.context.wallets, events: node.context.hub.makeClient()
            )
            .handleEvents(events: recorder)
        }

        var loader: WalletLoaderService {
            WalletLoaderService(registry: node.context.wallets, events: node.context.hub.makeClient())
        }
        var process: FakeSpawner.Process? { spawner.processes.elements.last }
        var events: [String] { recorder.events.elements }

        func listing(_ name: String) async throws -> WalletListing? {
            try await loader.listWallets().first { $0.name == name }
        }
    }

    // MARK: Attaching by hand

    @Test func `an attached wallet has a name and an address of bounded length`() async throws {
        let setup = try await Setup(wallets: [])
        let registry = setup.node.context.wallets
        let long = String(repeating: "w", count: WalletRegistry.textLimit + 1)
        for (name, address) in [(long, ""), ("w", long)] {
            let wallet = FakeWallet("w")
            var info = wallet.info
            info.walletName = name
            info.address = address
            let error = await #expect(throws: RPCError.self) { _ = try await registry.attach(wallet, info: info) }
            #expect(error?.code == RPCErrorCode.invalidParameter)
        }
        #expect(try await setup.loader.listWallets().isEmpty)
    }

    // MARK: Loading

    @Test func `loadwallet spawns a process with the node's settings`() async throws {
        let setup = try await Setup(wallets: ["sp ace-é"])
        #expect(try await setup.node.call("loadwallet", "sp ace-é") == ["name": "sp ace-é"])
        let process = try #require(setup.process)
        #expect(
            process.settings
                == WalletProcessSettings(
                    chain: "regtest", dataDirectory: setup.node.directory,
                    walletDirectory: setup.node.directory + "/wallets", walletName: "sp ace-é", create: nil,
                    keyPoolSize: 20, mockTime: TestNode.time, debugCategories: [],
                    messageStart: [0xfa, 0xbf, 0xb5, 0xda]))
        #expect(process.wallet.starts.value == 1)
        #expect(try await process.chain.getTip()?.height == 0)
        let listing = try #require(try await setup.listing("sp ace-é"))
        #expect(listing.state == .attached)
        #expect(listing.origin == .spawned)
        #expect(listing.processID == 4711)
        #expect(listing.address == "unix:/tmp/sp ace-é.sock")
        #expect(listing.error == "")
        #expect(try await setup.node.call("listwallets") == ["sp ace-é"])
        await eventually("the event arrives") { setup.events == ["loaded sp ace-é"] }
    }

    @Test func `a wallet goes on loading when its caller is gone`() async throws {
        let gate = Gate()
        let setup = try await Setup { settings in
            FakeWallet(
                settings.walletName,
                onStart: {
                    await gate.pass()
                    try Task.checkCancellation()
                })
        }
        let call = Task { try await setup.node.call("loadwallet", "one") }
        await eventually("the wallet starts") { setup.process?.wallet.starts.value == 1 }
        call.cancel()
        gate.open()
        try await eventually("it is loaded") { try await setup.listing("one")?.state == .attached }
    }

    @Test func `a name with a NUL is refused`() async throws {
        let setup = try await Setup()
        for method in ["loadwallet", "createwallet"] {
            let error = await setup.node.failure(method, "one\0", .bool(true))
            #expect(error?.code == RPCErrorCode.invalidParameter)
        }
        #expect(setup.spawner.processes.elements.isEmpty)
    }

    @Test func `a wallet that is not on disk is error -18 with its path`() async throws {
        let setup = try await Setup()
        let path = setup.node.directory + "/wallets/none"
        #expect(
            await setup.node.failure("loadwallet", "none")
                == RPCError(
                    .walletNotFound,
                    "Wallet file verification failed. Failed to load database path '\(path)'. Path does not exist."))
        #expect(setup.spawner.processes.elements.isEmpty)
        #expect(try await setup.listing("none") == nil)
    }

    @Test func `a folder without a wallet is error -18`() async throws {
        let setup = try await Setup()
        try setup.node.makeWalletFile("folder/inner")
        let path = setup.node.directory + "/wallets/folder"
        #expect(
            await setup.node.failure("loadwallet", "folder")
                == RPCError(
                    .walletNotFound,
                    "Wallet file verification failed. Failed to load database path '\(path)'. "
                        + "Data is not in recognized format."))
    }

    @Test func `a wallet that is loaded already is error -35`() async throws {
        let setup = try await Setup()
        _ = try await setup.node.call("loadwallet", "one")
        #expect(
            await setup.node.failure("loadwallet", "one")
                == RPCError(.walletAlreadyLoaded, "Wallet \"one\" is already loaded."))
        #expect(setup.spawner.processes.elements.count == 1)
        #expect(try await setup.node.call("listwallets") == ["one"])
    }

    @Test func `a wallet that is being loaded is error -4`() async throws {
        let gate = Gate()
        let setup = try await Setup { FakeWallet($0.walletName, onStart: { await gate.pass() }) }
        let first = Task { try await setup.node.call("loadwallet", "one") }
        try await eventually("loading begins") { try await setup.listing("one")?.state == .loading }
        #expect(await setup.node.failure("loadwallet", "one") == RPCError(.walletError, "Wallet already loading."))
        #expect(try await setup.node.call("listwallets") == [])
        gate.open()
        #expect(try await first.value == ["name": "one"])
        #expect(setup.spawner.processes.elements.count == 1)
    }

    @Test func `a wallet that cannot be started says why and can be tried again`() async throws {
        let fails = Counter()
        let setup = try await Setup { settings in
            FakeWallet(
                settings.walletName,
                onStart: {
                    guard fails.value > 0 else {
                        fails.increment()
                        throw FakeFailure("Unexpected record in the database")
                    }
                })
        }
        #expect(
            await setup.node.failure("loadwallet", "one")
                == RPCError(.walletError, "Wallet loading failed. Unexpected record in the database"))
        let listing = try #require(try await setup.listing("one"))
        #expect(listing.state == .failed)
        #expect(listing.error == "Unexpected record in the database")
        #expect(listing.processID == 0)
        #expect(setup.process?.releases.value == 1)
        #expect(try await setup.node.call("listwallets") == [])
        #expect(try await setup.node.call("loadwallet", "one") == ["name": "one"])
        #expect(try await setup.listing("one")?.error == "")
        await eventually("the events arrive") {
            setup.events == ["failed one: Unexpected record in the database", "loaded one"]
        }
    }

    @Test func `a program that cannot be started says why`() async throws {
        let setup = try await Setup { _ in throw FakeFailure("Cannot start /x/bitcoin-wallet: No such file") }
        #expect(
            await setup.node.failure("loadwallet", "one")
                == RPCError(.walletError, "Wallet loading failed. Cannot start /x/bitcoin-wallet: No such file"))
        #expect(try await setup.listing("one")?.state == .failed)
    }

    @Test func `a node that cannot start processes says so`() async throws {
        let node = try await TestNode.loaded()
        try node.makeWalletFile("one")
        let error = await node.failure("loadwallet", "one")
        #expect(error?.code == .walletError)
        #expect(error?.message.contains("bitcoin-wallet serve") == true)
    }

    // MARK: Death

    @Test func `the death of a process fails its wallet and nothing else`() async throws {
        let setup = try await Setup(wallets: ["one", "two"])
        _ = try await setup.node.call("loadwallet", "one")
        _ = try await setup.node.call("loadwallet", "two")
        let first = setup.spawner.processes.elements[0]
        first.die("killed by signal 9")
        try await eventually("the death is noticed") { try await setup.listing("one")?.state == .failed }
        let listing = try #require(try await setup.listing("one"))
        #expect(listing.error.contains("4711"))
        #expect(listing.error.contains("killed by signal 9"))
        #expect(listing.error.contains("loadwallet"))
        #expect(listing.processID == 0)
        #expect(listing.address == "")
        #expect(try await setup.node.call("listwallets") == ["two"])
        #expect(
            await setup.node.failure("getbalances", wallet: "one")
                == RPCError(.walletNotFound, "Requested wallet does not exist or is not loaded"))
        // With one wallet left no name is needed.
        #expect(try await setup.node.call("getbalances")["method"] == "getbalances")
        await eventually("the event arrives") { setup.events.last?.hasPrefix("failed one: ") == true }
        #expect(
            setup.node.context.log.window(first: 0, count: 1000).lines
                .contains { $0.contains("[warning] [one] wallet failed") && $0.contains("signal 9") })

        #expect(try await setup.node.call("loadwallet", "one") == ["name": "one"])
        #expect(try await setup.listing("one")?.state == .attached)
        #expect(setup.spawner.processes.elements.count == 3)
    }

    @Test func `a process that dies while it loads is told once`() async throws {
        let gate = Gate()
        let setup = try await Setup {
            FakeWallet(
                $0.walletName,
                onStart: {
                    await gate.pass()
                    throw FakeFailure("disconnected")
                })
        }
        let load = Task { await setup.node.failure("loadwallet", "one") }
        await eventually("the process is there") { setup.process != nil }
        setup.process?.die("killed by signal 9")
        try await eventually("the death is noticed") { try await setup.listing("one")?.state == .failed }
        gate.open()
        let error = try #require(await load.value)
        #expect(error.code == .walletError)
        #expect(error.message.hasPrefix("Wallet loading failed. "))
        #expect(try await setup.listing("one")?.error.contains("signal 9") == true)
        try await Task.sleep(for: .milliseconds(20))
        #expect(setup.events.count == 1)
    }

    // MARK: Unloading

    @Test func `unloadwallet stops the process and forgets the wallet`() async throws {
        let setup = try await Setup()
        _ = try await setup.node.call("loadwallet", "one")
        #expect(try await setup.node.call("unloadwallet", "one") == [:])
        let process = try #require(setup.process)
        #expect(process.wallet.stops.value == 1)
        #expect(process.releases.value == 1)
        #expect(try await setup.listing("one") == nil)
        await eventually("the event arrives") { setup.events == ["loaded one", "unloaded one: unloaded"] }
        // The end of the process that follows is no failure.
        try await Task.sleep(for: .milliseconds(20))
        #expect(setup.events.count == 2)
        #expect(try await setup.node.call("loadwallet", "one") == ["name": "one"])
    }

    @Test func `unloadwallet takes the name from the address or the argument`() async throws {
        let setup = try await Setup(wallets: ["one", "two"])
        _ = try await setup.node.call("loadwallet", "one")
        _ = try await setup.node.call("loadwallet", "two")
        #expect(
            await setup.node.failure("unloadwallet")
                == RPCError(
                    .invalidParameter,
                    "Either the RPC endpoint wallet or the wallet name parameter must be provided"))
        #expect(
            await setup.node.failure("unloadwallet", "one", wallet: "two")
                == RPCError(
                    .invalidParameter,
                    "The RPC endpoint wallet and the wallet name parameter specify different wallets"))
        #expect(
            await setup.node.failure("unloadwallet", "three")
                == RPCError(.walletNotFound, "Requested wallet does not exist or is not loaded"))
        _ = try await setup.node.call("unloadwallet", wallet: "two")
        _ = try await setup.node.call("unloadwallet", "one", wallet: "one")
        #expect(try await setup.node.call("listwallets") == [])
    }

    @Test func `a process that does not stop does not hold up the node`() async throws {
        let setup = try await Setup(wallets: ["one", "two"]) { settings in
            FakeWallet(
                settings.walletName,
                onStop: { if settings.walletName == "one" { try await Task.sleep(for: .seconds(3600)) } })
        }
        _ = try await setup.node.call("loadwallet", "one")
        _ = try await setup.node.call("loadwallet", "two")
        let closed = try await withTimeout(seconds: 5) {
            await setup.node.context.wallets.close()
            return true
        }
        #expect(closed == true)
        #expect(setup.spawner.processes.elements.map(\.releases.value) == [1, 1])
    }

    @Test func `a process that ends only by force is killed`() async throws {
        let spawner = FakeSpawner(isObedient: false)
        let node = try await TestNode.loaded(spawner: spawner)
        try node.makeWalletFile("one")
        _ = try await node.call("loadwallet", "one")
        _ = try await node.call("unloadwallet", "one")
        let life = try #require(spawner.lives.elements.first)
        #expect((life.releases.value, life.kills.value) == (1, 1))
        #expect(
            node.context.log.window(first: 0, count: 1000).lines.contains {
                $0.contains("[one] process 4711 of the wallet does not answer, killed")
            })
    }

    @Test func `a process that never takes up its wallet fails in time, and is killed`() async throws {
        let never = Gate()
        let spawner = FakeSpawner { settings in
            await never.pass()
            return FakeWallet(settings.walletName)
        }
        let node = try TestNode(spawner: spawner, startTimeLimit: .milliseconds(100))
        try await node.load()
        try node.makeWalletFile("one")
        let error = await node.failure("loadwallet", "one")
        #expect(error?.message.hasPrefix("Wallet loading failed. Its process 4711 does not answer") == true)
        #expect(spawner.lives.elements.map(\.kills.value) == [1])
        #expect(await node.context.wallets.listings.map(\.state) == [.failed])
        never.open()
    }

    @Test func `closing does not wait for a process that never takes up its wallet`() async throws {
        let never = Gate()
        let spawner = FakeSpawner { settings in
            await never.pass()
            throw FakeFailure("IPC client method call interrupted by disconnect.")
        }
        let node = try await TestNode.loaded(spawner: spawner)
        try node.makeWalletFile("one")
        let load = Task { await node.failure("loadwallet", "one") }
        await eventually("the process is there") { spawner.lives.elements.count == 1 }
        let closed = try await withTimeout(seconds: 5) {
            await node.context.wallets.close()
            return true
        }
        #expect(closed == true)
        #expect(spawner.lives.elements.map(\.kills.value) == [1])
        // The connection ends with the process.
        never.open()
        #expect(await load.value == RPCError(.walletError, "Shutting down"))
    }

    @Test func `closing detaches all wallets and refuses new ones`() async throws {
        let setup = try await Setup(wallets: ["one", "two"])
        _ = try await setup.node.call("loadwallet", "one")
        await setup.node.context.wallets.close()
        #expect(setup.process?.wallet.stops.value == 1)
        #expect(try await setup.loader.listWallets().isEmpty)
        #expect(await setup.node.failure("loadwallet", "two") == RPCError(.walletError, "Shutting down"))
        await eventually("the event arrives") { setup.events.last == "unloaded one: the node shuts down" }
    }

    // MARK: Attaching

    @Test func `an attached wallet is listed and used like a spawned one`() async throws {
        let setup = try await Setup()
        let wallet = FakeWallet("byhand", processID: 99)
        let attachment = try await NodeInit(setup.node.context).attachWallet(client: wallet, info: wallet.info)
        let listing = try #require(try await setup.listing("byhand"))
        #expect(listing.state == .attached)
        #expect(listing.origin == .attached)
        #expect(listing.processID == 99)
        #expect(try await setup.node.call("listwallets") == ["byhand"])
        #expect(try await setup.node.call("getbalances")["method"] == "getbalances")
        // Whoever attaches has started already.
        #expect(wallet.starts.value == 0)
        await #expect(throws: RPCError(.walletAlreadyLoaded, "Wallet \"byhand\" is already loaded.")) {
            _ = try await NodeInit(setup.node.context).attachWallet(client: wallet, info: wallet.info)
        }
        try await attachment.disconnect()
        #expect(try await setup.node.call("listwallets") == [])
        await eventually("the events arrive") { setup.events.count == 2 }
        #expect(setup.events[0] == "loaded byhand")
        #expect(setup.events[1].hasPrefix("unloaded byhand: ") && setup.events[1].contains("99"))
    }

    @Test func `a dropped attachment ends, and the wallet may come back`() async throws {
        let setup = try await Setup()
        let wallet = FakeWallet("byhand")
        do {
            let attachment = try await NodeInit(setup.node.context).attachWallet(client: wallet, info: wallet.info)
            withExtendedLifetime(attachment) {}
        }
        try await eventually("it is gone") { try await setup.listing("byhand") == nil }
        let again = try await NodeInit(setup.node.context).attachWallet(client: wallet, info: wallet.info)
        #expect(try await setup.listing("byhand")?.state == .attached)
        withExtendedLifetime(again) {}
    }

    @Test func `an attachment that ends late does not detach its successor`() async throws {
        let setup = try await Setup()
        let wallet = FakeWallet("byhand")
        let first = try await NodeInit(setup.node.context).attachWallet(client: wallet, info: wallet.info)
        _ = try await setup.node.call("unloadwallet", "byhand")
        let second = try await NodeInit(setup.node.context).attachWallet(client: wallet, info: wallet.info)
        try await first.disconnect()
        #expect(try await setup.listing("byhand")?.state == .attached)
        withExtendedLifetime(second) {}
    }

    // MARK: Creating

    @Test func `createwallet hands the options to the process`() async throws {
        let setup = try await Setup()
        #expect(try await setup.node.call("createwallet", "new", true) == ["name": "new"])
        #expect(
            setup.process?.settings.create
                == CreateWalletOptions(blank: false, disablePrivateKeys: true, avoidReuse: false))
        _ = try await setup.node.call(
            "createwallet", named: ["wallet_name": "blank", "blank": true, "avoid_reuse": true])
        #expect(
            setup.process?.settings.create
                == CreateWalletOptions(blank: true, disablePrivateKeys: false, avoidReuse: true))
        #expect(try await setup.node.call("listwallets") == ["new", "blank"])
    }

    @Test func `createwallet refuses what Core refuses`() async throws {
        let setup = try await Setup()
        let node = setup.node
        let path = node.directory + "/wallets/one"
        #expect(
            await node.failure("createwallet", "one", true)
                == RPCError(
                    .walletError,
                    "Wallet file verification failed. Failed to create database path '\(path)'. "
                        + "Database already exists."))
        #expect(
            await node.failure("createwallet", "", true)
                == RPCError(.invalidParameter, "Wallet name cannot be empty"))
        #expect(
            await node.failure("createwallet", "x", true, false, "secret")
                == RPCError(
                    .walletError,
                    "Passphrase provided but private keys are disabled. A passphrase is only used to encrypt private "
                        + "keys, so cannot be used for wallets with private keys disabled."))
        #expect(
            await node.failure("createwallet", "x", true, false, "", false, false)
                == RPCError(
                    .walletError,
                    "descriptors argument must be set to \"true\"; it is no longer possible to create a legacy "
                        + "wallet."))
        #expect(await node.failure("createwallet", "x")?.code == .walletError)
        #expect(setup.spawner.processes.elements.isEmpty)
    }

    @Test func `without a settings file asking for a load at start-up is answered by a warning`() async throws {
        let setup = try await Setup()
        let text: JSONValue =
            "Wallet load on startup setting could not be updated, so wallet may not be loaded next node startup."
        #expect(try await setup.node.call("loadwallet", "one", true) == ["name": "one", "warnings": [text]])
        #expect(try await setup.node.call("unloadwallet", "one", false)["warnings"].arrayValue?.count == 1)
    }

    @Test func `createwallet warns of an empty passphrase`() async throws {
        let setup = try await Setup()
        #expect(
            try await setup.node.call("createwallet", "new", true, false, "")
                == [
                    "name": "new",
                    "warnings": ["Empty string given as passphrase, wallet will not be encrypted."],
                ])
    }

    // MARK: Calls

    @Test func `without a wallet its methods are error -18`() async throws {
        let setup = try await Setup()
        #expect(
            await setup.node.failure("getbalances")
                == RPCError(
                    .walletNotFound,
                    "No wallet is loaded. Load a wallet using loadwallet or create a new one with createwallet. "
                        + "(Note: A default wallet is no longer automatically created)"))
        #expect(
            await setup.node.failure("getbalances", wallet: "one")
                == RPCError(.walletNotFound, "Requested wallet does not exist or is not loaded"))
    }

    @Test func `with several wallets a method without a name is error -19`() async throws {
        let setup = try await Setup(wallets: ["one", "two"])
        _ = try await setup.node.call("loadwallet", "one")
        _ = try await setup.node.call("loadwallet", "two")
        #expect(
            await setup.node.failure("getbalances")
                == RPCError(
                    .walletNotSpecified,
                    "Multiple wallets are loaded. Please select which wallet to use by requesting the RPC through "
                        + "the /wallet/<walletname> URI path."))
        _ = try await setup.node.call("getbalances", wallet: "two")
        #expect(setup.spawner.processes.elements.map(\.wallet.requests.elements.count) == [0, 1])
    }

    @Test func `a request is passed to the wallet that its address names`() async throws {
        let setup = try await Setup(wallets: ["sp ace-é"])
        _ = try await setup.node.call("loadwallet", "sp ace-é")
        let result = try await setup.node.call("listtransactions", "*", 10, wallet: "sp ace-é")
        #expect(result == ["method": "listtransactions", "params": ["*", 10]])
        let sent = try #require(setup.process?.wallet.requests.elements.first)
        #expect(sent.uri == "/wallet/sp%20ace-%C3%A9")
        #expect(sent.user == "test")
    }

    @Test func `an error of the wallet is passed on as it is`() async throws {
        let setup = try await Setup { settings in
            FakeWallet(settings.walletName) { request in
                let error = RPCError(.walletPassphraseIncorrect, "Error: The wallet passphrase entered was incorrect.")
                return RPCResponse(outcome: .failure(error), id: request.id, version: request.version).json.write()
            }
        }
        _ = try await setup.node.call("loadwallet", "one")
        #expect(
            await setup.node.failure("walletpassphrase", "wrong", 10)
                == RPCError(.walletPassphraseIncorrect, "Error: The wallet passphrase entered was incorrect."))
    }

    @Test func `a wallet that answers with nonsense or not at all is error -4`() async throws {
        let setup = try await Setup(wallets: ["one", "two"]) { settings in
            FakeWallet(settings.walletName) { _ in
                guard settings.walletName == "one" else { throw FakeFailure("connection lost") }
                return "nonsense"
            }
        }
        _ = try await setup.node.call("loadwallet", "one")
        _ = try await setup.node.call("loadwallet", "two")
        let nonsense = await setup.node.failure("getbalances", wallet: "one")
        #expect(nonsense?.code == .walletError)
        let silence = await setup.node.failure("getbalances", wallet: "two")
        #expect(silence?.code == .walletError)
        #expect(silence?.message.contains("connection lost") == true)
    }

    @Test func `help lists the wallet's commands when one is attached`() async throws {
        let setup = try await Setup { settings in
            FakeWallet(settings.walletName) { request in
                let text: JSONValue = request.parameters == [] ? "== Wallet ==\ngetbalances" : "getbalances\n\nhelp"
                return RPCResponse(outcome: .success(text), id: request.id, version: request.version).json.write()
            }
        }
        #expect(try await setup.node.call("help", "getbalances") == "help: unknown command: getbalances")
        _ = try await setup.node.call("loadwallet", "one")
        #expect(try await setup.node.call("help", "getbalances") == "getbalances\n\nhelp")
        let list = try #require(try await setup.node.call("help").stringValue)
        #expect(list.contains("\ngetbalances"))
        #expect(list.components(separatedBy: "== Wallet ==").count == 2)
    }

    @Test func `listwalletdir shows what lies on disk, loaded or not`() async throws {
        let setup = try await Setup(wallets: ["b", "a", "deep/inner"])
        #expect(
            try await setup.node.call("listwalletdir")
                == [
                    "wallets": [
                        ["name": "a", "warnings": []], ["name": "b", "warnings": []],
                        ["name": "deep/inner", "warnings": []],
                    ]
                ])
        #expect(try await setup.loader.listWalletDirectory() == ["a", "b", "deep/inner"])
    }
}
