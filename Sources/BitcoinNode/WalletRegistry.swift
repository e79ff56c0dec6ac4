package import BitcoinCommon
package import BitcoinInterfaces
package import BitcoinRPC
import Foundation
import Logging

/// The wallets that belong to this node, spawned or attached; to everybody the two look alike.
///
/// A wallet process that dies takes nothing with it: its entry becomes `failed` and says what happened.
package actor WalletRegistry {
    /// What the registry needs of the node.
    package struct Configuration: Sendable {
        /// Where wallets lie.
        package var directory: WalletDirectory
        /// Core's name of the network.
        package var chain: String
        /// The four bytes that mark the network's messages and wallet files.
        package var messageStart: [UInt8]
        /// Datadir of the network.
        package var dataDirectory: String
        /// `-keypool`.
        package var keyPoolSize: Int64
        /// `-mocktime`, 0 for the real clock.
        package var mockTime: Int64
        /// How long a spawned process may take until it has taken up its wallet; scanning comes after that.
        package var startTimeLimit: Duration
        /// How long a wallet may take to stop, and then its process to end, before the process is killed.
        package var stopTimeLimit: Duration

        /// Makes the value from its parts.
        package init(
            directory: WalletDirectory, chain: String, messageStart: [UInt8], dataDirectory: String, keyPoolSize: Int64,
            mockTime: Int64,
            startTimeLimit: Duration = .seconds(60), stopTimeLimit: Duration = .seconds(5)
        ) {
            self.startTimeLimit = startTimeLimit
            self.stopTimeLimit = stopTimeLimit
            self.directory = directory
            self.chain = chain
            self.messageStart = messageStart
            self.dataDirectory = dataDirectory
            self.keyPoolSize = keyPoolSize
            self.mockTime = mockTime
        }
    }

    /// Bytes that name and address of an attached wallet may have (`PATH_MAX`).
    package static let textLimit = 4096

    /// Wallets that there may be for another one to be attached.
    package static let walletLimit = 1000

    private struct Entry {
        var listing: WalletListing
        var client: (any ChainClient)?
        /// Its process, if the node started it.
        var process: SpawnedWallet?
        /// Told apart from a later wallet of the same name.
        var generation: Int
    }

    /// Where the wallets lie and how they are opened.
    package nonisolated let configuration: Configuration
    private let hub: EventHub
    private let log: DebugLog
    private let spawner: (any WalletSpawner)?
    private let makeChain: @Sendable () -> any Chain
    private var entries: [String: Entry] = [:]
    private var order: [String] = []
    private var generation = 0
    private var isClosing = false

    /// Makes an empty registry.
    ///
    /// - Parameters:
    ///   - spawner: Starts wallet processes; nil where wallets can only be attached.
    ///   - makeChain: The chain that is handed to a wallet.
    package init(
        configuration: Configuration, hub: EventHub, log: DebugLog, spawner: (any WalletSpawner)?,
        makeChain: @escaping @Sendable () -> any Chain
    ) {
        self.configuration = configuration
        self.hub = hub
        self.log = log
        self.spawner = spawner
        self.makeChain = makeChain
    }

    /// All wallets in the order in which they came.
    package var listings: [WalletListing] {
        order.compactMap { entries[$0]?.listing }.map { listing in
            var listing = listing
            listing.memory = Self.residentBytes(of: listing.processID)
            return listing
        }
    }

    /// Names of the wallets that can be used.
    package var attachedNames: [String] { order.filter { entries[$0]?.listing.state == .attached } }

    // MARK: Loading

    /// Spawns a process for a wallet, creating the wallet first when `options` are given.
    ///
    /// Goes on when the calling task is cancelled: a caller that does not wait for a long scan is no reason to let the
    /// wallet fail.
    ///
    /// - Throws: `RPCError` with Core's codes and texts.
    package func load(
        _ name: String, create options: CreateWalletOptions? = nil
    ) async throws(RPCError) -> WalletListing {
        // Owned by nobody on purpose; it ends with the load.
        let work = Task { () -> Result<WalletListing, RPCError> in
            do throws(RPCError) {
                return .success(try await self.open(name, create: options))
            } catch {
                return .failure(error)
            }
        }
        return try await work.value.get()
    }

    private func open(_ name: String, create options: CreateWalletOptions?) async throws(RPCError) -> WalletListing {
        guard !isClosing else { throw RPCError(.walletError, "Shutting down") }
        guard let spawner else {
            throw RPCError(
                .walletError, "This process cannot start wallet processes; attach one with bitcoin-wallet serve")
        }
        try checkIsFree(name)
        try checkFiles(name, creates: options != nil)
        let mine = begin(name, origin: .spawned)
        let settings = WalletProcessSettings(
            chain: configuration.chain, dataDirectory: configuration.dataDirectory,
            walletDirectory: configuration.directory.path, walletName: name, create: options,
            keyPoolSize: configuration.keyPoolSize, mockTime: configuration.mockTime,
            debugCategories: log.activeCategories.sorted(), messageStart: configuration.messageStart)
        do {
            let process = try spawner.spawn()
            update(name, mine) { entry in
                entry.process = process
                entry.listing.processID = process.processID
            }
            // Outlives this call on purpose: it watches the process until its end.
            Task { await self.processEnded(name, mine, how: await process.ended()) }
            let client = try await client(of: process, settings)
            update(name, mine) { $0.client = client }
            try await client.start()
            let info = try await client.getInfo()
            return try finish(name, mine, info: info)
        } catch {
            guard !isClosing else { throw RPCError(.walletError, "Shutting down") }
            let message = String(describing: error)
            await fail(name, mine, message: message)
            throw RPCError(.walletError, "Wallet \(options == nil ? "loading" : "creation") failed. \(message)")
        }
    }

    /// Has a new process take up its wallet.
    ///
    /// - Throws: What the process says; `NodeError.wallet` when it says nothing in time, after killing it.
    private func client(
        of process: SpawnedWallet, _ settings: WalletProcessSettings
    ) async throws -> any ChainClient {
        let chain = makeChain()
        let answer = await withTimeLimit(configuration.startTimeLimit) { () -> Result<any ChainClient, any Error> in
            do {
                return .success(try await process.open(settings, chain))
            } catch {
                return .failure(error)
            }
        }
        guard let answer else {
            process.kill()
            throw NodeError.wallet("Its process \(process.processID) does not answer and was killed")
        }
        return try answer.get()
    }

    /// Checks, before a process is started, that there is a wallet to load or room for a new one.
    private func checkFiles(_ name: String, creates: Bool) throws(RPCError) {
        guard !creates || !name.isEmpty else { throw RPCError(.invalidParameter, "Wallet name cannot be empty") }
        let path = configuration.directory.folder(name)
        let (code, problem): (RPCErrorCode, String)
        switch (configuration.directory.content(name), creates) {
        case (.wallet, false), (.nothing, true), (.unrecognized, true): return
        case (.wallet, true), (.legacy, true):
            (code, problem) = (.walletError, "Failed to create database path '\(path)'. Database already exists.")
        case (.nothing, false):
            (code, problem) = (.walletNotFound, "Failed to load database path '\(path)'. Path does not exist.")
        case (.unrecognized, false):
            (code, problem) = (
                .walletNotFound, "Failed to load database path '\(path)'. Data is not in recognized format."
            )
        case (.legacy, false):
            (code, problem) = (
                .walletNotFound,
                "Failed to open database path '\(path)'. The wallet appears to be a Legacy wallet, please use the "
                    + "wallet migration tool (migratewallet RPC or the GUI option)."
            )
        }
        throw RPCError(code, "Wallet file verification failed. \(problem)")
    }

    /// Takes in a wallet process that was started by hand.
    ///
    /// - Returns: Ends the attachment when dropped or disconnected.
    /// - Throws: `RPCError` when a wallet of that name is there already.
    package func attach(_ client: any ChainClient, info: ChainClientInfo) async throws(RPCError) -> any Handler {
        let name = info.walletName
        // What is listed for everybody, and written into the log, is not of any length or number that a peer likes.
        guard name.utf8.count <= Self.textLimit, info.address.utf8.count <= Self.textLimit else {
            throw RPCError(.invalidParameter, "Name or address of more than \(Self.textLimit) bytes")
        }
        guard entries.count < Self.walletLimit else {
            throw RPCError(.walletError, "More than \(Self.walletLimit) wallets")
        }
        guard !isClosing else { throw RPCError(.walletError, "Shutting down") }
        try checkIsFree(name)
        let mine = begin(name, origin: .attached)
        update(name, mine) { $0.client = client }
        _ = try finish(name, mine, info: info)
        return AttachedWallet { [weak self] in
            await self?.detach(name, mine, reason: "its process \(info.process.processID) went away")
        }
    }

    private func checkIsFree(_ name: String) throws(RPCError) {
        // A path ends at a NUL: such a name would mean another folder.
        guard !name.utf8.contains(0) else { throw RPCError(.invalidParameter, "A wallet name cannot contain NUL") }
        switch entries[name]?.listing.state {
        case .attached: throw RPCError(.walletAlreadyLoaded, "Wallet \"\(name)\" is already loaded.")
        case .loading: throw RPCError(.walletError, "Wallet already loading.")
        case .failed, .detached, nil: break
        }
    }

    private func begin(_ name: String, origin: WalletOrigin) -> Int {
        generation += 1
        if entries[name] == nil { order.append(name) }
        entries[name] = Entry(
            listing: WalletListing(
                name: name, state: .loading, origin: origin, processID: 0, memory: 0, address: "", error: ""),
            generation: generation)
        return generation
    }

    private func update(_ name: String, _ mine: Int, _ change: (inout Entry) -> Void) {
        guard var entry = entries[name], entry.generation == mine else { return }
        change(&entry)
        entries[name] = entry
    }

    private func finish(_ name: String, _ mine: Int, info: ChainClientInfo) throws(RPCError) -> WalletListing {
        update(name, mine) { entry in
            guard entry.listing.state == .loading else { return }
            entry.listing.state = .attached
            entry.listing.processID = info.process.processID
            entry.listing.address = info.address
        }
        guard let listing = entries[name]?.listing, listing.state == .attached else {
            throw RPCError(.walletError, entries[name]?.listing.error ?? "The wallet process ended")
        }
        log.write("[\(name.isEmpty ? "default wallet" : name)] wallet attached, process \(listing.processID)")
        hub.publish(.walletLoaded(listing))
        return listing
    }

    // MARK: Unloading

    /// Detaches a wallet; a spawned process ends.
    ///
    /// - Throws: `RPCError` -18 when there is no such wallet.
    package func unload(_ name: String) async throws(RPCError) {
        guard let entry = entries[name], entry.listing.state == .attached || entry.listing.state == .failed else {
            throw RPCError(.walletNotFound, "Requested wallet does not exist or is not loaded")
        }
        await detach(name, entry.generation, reason: "unloaded")
    }

    /// Detaches all wallets, before the node ends.
    package func close() async {
        isClosing = true
        await withTaskGroup(of: Void.self) { group in
            for name in order {
                guard let entry = entries[name] else { continue }
                // A wallet started by hand outlives the node and attaches again to the next one.
                group.addTask {
                    await self.detach(
                        name, entry.generation, reason: "the node shuts down",
                        stops: entry.listing.origin == .spawned)
                }
            }
        }
    }

    private func detach(_ name: String, _ mine: Int, reason: String, stops: Bool = true) async {
        guard let entry = entries[name], entry.generation == mine else { return }
        entries[name] = nil
        order.removeAll { $0 == name }
        var listing = entry.listing
        listing.state = .detached
        log.write("[\(name.isEmpty ? "default wallet" : name)] wallet detached: \(reason)")
        hub.publish(.walletUnloaded(listing, reason: reason))
        var isStuck = false
        if stops, let client = entry.client {
            // A process that is gone cannot stop any more; that is what was wanted.
            isStuck = await withTimeLimit(configuration.stopTimeLimit) { try? await client.stop() } == nil
        }
        guard let process = entry.process else {
            if isStuck { write(name, "the wallet does not stop, let go") }
            return
        }
        // One that has not taken up its wallet yet has nothing to write, and may never answer.
        await end(process, of: name, isStuck: isStuck || entry.client == nil)
    }

    /// Lets go of a process, and sees to it that it ends.
    private func end(_ process: SpawnedWallet, of name: String, isStuck: Bool) async {
        await process.release()
        var isStuck = isStuck
        if !isStuck {
            isStuck = await withTimeLimit(configuration.stopTimeLimit) { _ = await process.ended() } == nil
        }
        guard isStuck else { return }
        write(name, "process \(process.processID) of the wallet does not answer, killed")
        process.kill()
    }

    /// Writes a warning about a wallet to the log.
    private func write(_ name: String, _ text: String) {
        log.write("[\(name.isEmpty ? "default wallet" : name)] \(text)", level: .warning)
    }

    private func processEnded(_ name: String, _ mine: Int, how: String) async {
        guard let entry = entries[name], entry.generation == mine, entry.listing.state != .failed else { return }
        await fail(
            name, mine,
            message: "its process \(entry.listing.processID) ended (\(how)); nothing of the chain is lost, "
                + "attach it again with loadwallet")
    }

    private func fail(_ name: String, _ mine: Int, message: String) async {
        guard var entry = entries[name], entry.generation == mine, entry.listing.state != .failed else { return }
        let process = entry.process
        entry.listing.state = .failed
        entry.listing.error = message
        entry.listing.processID = 0
        entry.listing.address = ""
        entry.client = nil
        entry.process = nil
        entries[name] = entry
        write(name, "wallet failed: \(message)")
        hub.publish(.walletFailed(entry.listing))
        if let process { await end(process, of: name, isStuck: false) }
    }

    // MARK: Calls

    /// The client for an RPC to a wallet, chosen as Core does.
    ///
    /// - Parameter name: From the request's address; nil when it names none.
    /// - Throws: `RPCError` -18 or -19 with Core's texts.
    package func client(named name: String?) throws(RPCError) -> any ChainClient {
        if let name {
            guard let client = entries[name]?.client, entries[name]?.listing.state == .attached else {
                throw RPCError(.walletNotFound, "Requested wallet does not exist or is not loaded")
            }
            return client
        }
        let names = attachedNames
        guard let only = names.first, let client = entries[only]?.client else {
            throw RPCError(
                .walletNotFound,
                "No wallet is loaded. Load a wallet using loadwallet or create a new one with createwallet. "
                    + "(Note: A default wallet is no longer automatically created)")
        }
        guard names.count == 1 else {
            throw RPCError(
                .walletNotSpecified,
                "Multiple wallets are loaded. Please select which wallet to use by requesting the RPC through the "
                    + "/wallet/<walletname> URI path.")
        }
        return client
    }

    /// Resident memory of a process in bytes, from `/proc`; 0 if unknown.
    private static func residentBytes(of processID: Int32) -> UInt64 {
        guard processID > 0, let text = try? String(contentsOfFile: "/proc/\(processID)/statm", encoding: .utf8) else {
            return 0
        }
        let fields = text.split(separator: " ")
        return fields.count > 1 ? (UInt64(fields[1]) ?? 0) &* 4096 : 0
    }
}

/// The attachment of a wallet that was started by hand.
private final class AttachedWallet: Handler {
    private let end: @Sendable () async -> Void

    init(end: @escaping @Sendable () async -> Void) { self.end = end }

    deinit {
        let end = self.end
        // The last reference went with the connection; what remains to be done needs no caller.
        Task { await end() }
    }

    func disconnect() async throws { await end() }
}
