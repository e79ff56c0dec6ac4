import BitcoinConsensus
import BitcoinCrypto
package import BitcoinInterfaces
import BitcoinPrimitives
import BitcoinRPC
package import Logging

/// One wallet at work: it follows the chain, answers RPCs, serves rows and tells events.
///
/// The node holds it as `ChainClient`, terminals as `Wallet`. Everything that changes the wallet happens on this actor:
/// an engine's operation is never interrupted, but a scan is, between two blocks, so that questions are answered in the
/// meantime.
package actor WalletService {
    /// What the node, or the command line, said.
    let settings: WalletProcessSettings
    /// The network.
    let network: Network
    /// Who this process is.
    let process: ProcessInfo
    /// Address of the wallet's own socket, empty if none.
    let socketAddress: String
    /// Where the log goes. Nothing of keys or passphrases is ever written there.
    let logger: Logger

    /// The chain; another one after the node came back.
    var chain: any Chain
    /// The wallet, once it is open.
    private(set) var engine: WalletEngine?
    /// Messages of the chain.
    private var inbox: NotificationInbox?
    private var registration: (any Handler)?
    /// Works through the messages; ends with the inbox.
    private var follower: Task<Void, Never>?
    /// The scan that runs, if one does.
    var runningScan: RunningScan?
    /// Locks the wallet when its time is over.
    var relock: Task<Void, Never>?
    private var outlets: [EventOutlet] = []
    /// Rows of history, newest first; nil when they must be made anew.
    var historyCache: [WalletEngine.HistoryEntry]?
    private var isStopped = false

    /// A scan as `getwalletinfo` tells of it.
    struct RunningScan {
        /// When it began.
        let start: ContinuousClock.Instant
        /// 0 to 1.
        var progress: Double
    }

    /// Makes a service that is not open yet.
    ///
    /// - Parameters:
    ///   - settings: The wallet and its surroundings. `settings.chain` must be a name of Core's.
    ///   - address: Of the wallet's own socket, empty if it has none.
    /// - Throws: `WalletFileError.invalidPath` when the network is not known.
    package init(
        chain: any Chain, settings: WalletProcessSettings, process: ProcessInfo, address: String, logger: Logger
    ) throws(WalletFileError) {
        guard let network = Network(chainName: settings.chain) else {
            throw .invalidPath("Unknown chain \(settings.chain).")
        }
        self.chain = chain
        self.settings = settings
        self.network = network
        self.process = process
        socketAddress = address
        self.logger = logger
    }

    /// Name of the wallet; empty for the default one.
    package nonisolated var name: String { settings.walletName }

    /// The four bytes that mark files of this network.
    var messageStart: [UInt8] {
        settings.messageStart.isEmpty ? ChainParameters.parameters(for: network).messageStart : settings.messageStart
    }

    /// The wallet, for those that need one.
    ///
    /// - Throws: -18 when it is not open, or no longer.
    func requireEngine() throws(RPCError) -> WalletEngine {
        guard let engine else {
            throw RPCError(.walletNotFound, "Requested wallet does not exist or is not loaded")
        }
        return engine
    }

    /// Opens the file, making it first if it is to be made.
    ///
    /// - Throws: `WalletFileError`, `DatabaseError`.
    private func open() throws {
        let location = try WalletLocation(name: settings.walletName, in: settings.walletDirectory)
        if let options = settings.create {
            try location.makeDirectory()
            try WalletFactory.create(
                at: location.file, options: options, network: network, messageStart: messageStart,
                creationTime: settings.mockTime == 0 ? nil : settings.mockTime,
                keyPoolSize: Int32(clamping: settings.keyPoolSize))
        }
        let database = try WalletDatabase(path: location.file, mode: .existing, messageStart: messageStart)
        let engine = try WalletEngine(
            opening: database, name: settings.walletName, network: network,
            keyPoolSize: Int32(clamping: settings.keyPoolSize))
        self.engine = engine
        for problem in engine.problems { log("\(problem)", level: .warning) }
        log(
            "Wallet opened: \(engine.managers.count) descriptors, \(engine.transactions.count) transactions, "
                + "\(engine.addressBook.entries.count) addresses")
    }

    /// Writes a line to the log as Core does, the wallet's name in front.
    func log(_ text: String, level: Logger.Level = .info) {
        logger.log(level: level, "[\(settings.walletName.isEmpty ? "default wallet" : settings.walletName)] \(text)")
    }

    /// The node's time, seconds since 1970.
    func now() async -> Int64 {
        if settings.mockTime != 0 { return settings.mockTime }
        return (try? await chain.getTime()) ?? SystemClock.now
    }

    // MARK: Following

    private func attach() async throws {
        let engine = try requireEngine()
        try await checkChain(engine)
        let inbox = NotificationInbox()
        self.inbox = inbox
        // From here on nothing is missed: what comes while the wallet catches up waits in the inbox.
        registration = try await chain.handleNotifications(notifications: inbox)
        try await resolveBlocks(engine)
        try engine.upgradeCaches()
        try engine.topUpKeyPool(slack: 1)
        try await catchUp()
        // Another node may have another mempool.
        try engine.forgetMempool()
        try await chain.requestMempoolTransactions(notifications: inbox)
        follower = Task { [weak self] in
            for await message in inbox.messages { await self?.handle(message) }
        }
        await inbox.drain()
        publish()
    }

    /// A wallet that followed another chain must not be followed here.
    private func checkChain(_ engine: WalletEngine) async throws {
        guard let oldest = engine.storedLocator.hashes.last else { return }
        guard let genesis = try await chain.getBlockHash(height: 0) else { return }
        guard oldest == genesis else { throw WalletFileError.otherChain }
    }

    /// Places the transactions of the file in the chain.
    func resolveBlocks(_ engine: WalletEngine) async throws {
        var found: [BlockHash: FoundBlock] = [:]
        for hash in engine.unresolvedBlocks { found[hash] = try await chain.findBlock(hash: hash) }
        try engine.resolve(found)
    }

    private func handle(_ message: NotificationInbox.Message) async {
        do {
            try await follow(message)
        } catch {
            // The node may be gone, or the disk full. What was missed is caught up with at the next block.
            log("Could not follow the chain: \(error)", level: .error)
        }
        publish()
    }

    private func follow(_ message: NotificationInbox.Message) async throws {
        let engine = try requireEngine()
        switch message {
        case .marker(let waiter): waiter.resume()
        case .flushed: break
        case .removed(let id): try engine.removedFromMempool(id)
        case .added(let transaction):
            guard engine.touches(transaction) else { return }
            try engine.addedToMempool(transaction, context: SyncContext(now: await now()))
        case .connected(let block):
            guard engine.lastBlock?.hash == block.previous else {
                return try await catchUpUnlessKnown(block.block)
            }
            let now = await now()
            let isFound = try engine.connected(block, now: now)
            if isFound || block.block.height % 144 == 0 { try await writeLocator(engine) }
        case .disconnected(let block):
            guard engine.lastBlock?.hash == block.block.hash else { return }
            try engine.disconnected(block, now: await now())
            try await writeLocator(engine)
        }
    }

    /// A block that does not follow the last one was scanned already, or something was missed.
    private func catchUpUnlessKnown(_ block: BlockRef) async throws {
        let engine = try requireEngine()
        if let last = engine.lastBlock, block.height <= last.height,
            try await chain.findBlock(hash: last.hash)?.inActiveChain == true
        {
            return
        }
        try await catchUp()
    }

    /// Has the node tell its mempool again, and waits until all of it was handled.
    func replayMempool() async throws {
        guard let inbox else { return }
        try await chain.requestMempoolTransactions(notifications: inbox)
        await inbox.drain()
    }

    /// Writes where the wallet stands, so that Core, or this program, goes on from there.
    func writeLocator(_ engine: WalletEngine) async throws {
        guard let last = engine.lastBlock else { return }
        try engine.write(locator: try await chain.getLocator(hash: last.hash))
    }

    // MARK: Events

    /// Tells what changed.
    func publish() {
        guard let engine else { return }
        let changes = engine.takeChanges()
        if !changes.transactions.isEmpty || !changes.labels.isEmpty { historyCache = nil }
        guard !changes.isEmpty, !outlets.isEmpty else { return }
        var events: [EventOutlet.Event] = changes.transactions.map { .transaction($0) }
        events += changes.labels.map { .label(address: $0.address, label: $0.label) }
        if changes.balances { events.append(.balances(engine.balances().amounts)) }
        if changes.status { events.append(.status(info(of: engine))) }
        outlets.removeAll { outlet in !events.allSatisfy { outlet.send($0) } }
    }

    /// Waits until the wallet has seen the tip that the node has now (Core's `BlockUntilSyncedToCurrentChain`).
    ///
    /// Gives up after a while: the answer is then right for the last block that it names.
    func syncWithChain() async {
        guard let inbox, let tip = try? await chain.getTip() else { return }
        let deadline = ContinuousClock.now + .seconds(10)
        while !isStopped, !Task.isCancelled, runningScan == nil, let last = engine?.lastBlock, last.hash != tip.hash,
            last.height <= tip.height, ContinuousClock.now < deadline
        {
            await inbox.drain()
            guard engine?.lastBlock?.hash != tip.hash else { return }
            // The node may tell its tip before it tells the block.
            try? await Task.sleep(for: .milliseconds(20))
        }
    }
}

extension WalletService: ChainClient {
    /// Who it is.
    package func getInfo() async throws -> ChainClientInfo {
        ChainClientInfo(process: process, walletName: settings.walletName, address: socketAddress)
    }

    /// Opens or creates the wallet, catches up with the chain and begins to follow it.
    ///
    /// - Throws: `WalletFileError` with Core's text.
    package func start() async throws {
        guard inbox == nil else { return }
        if engine == nil { try open() }
        do {
            try await attach()
        } catch {
            await detach()
            throw error
        }
    }

    /// Follows another node: the one that was followed before is gone.
    ///
    /// - Throws: As `start()`.
    package func reattach(to chain: any Chain) async throws {
        await detach()
        self.chain = chain
        try await start()
    }

    private func detach() async {
        let inbox = inbox
        self.inbox = nil
        inbox?.close()
        let registration = registration
        self.registration = nil
        // The node may be gone; then there is nothing to end.
        try? await registration?.disconnect()
        if let follower {
            await follower.value
        } else if let inbox {
            // Nobody worked through the messages yet, but somebody may wait for it.
            for await message in inbox.messages {
                if case .marker(let waiter) = message { waiter.resume() }
            }
        }
        follower = nil
    }

    /// Writes everything and closes the wallet.
    package func stop() async throws {
        guard !isStopped else { return }
        isStopped = true
        await detach()
        relock?.cancel()
        if let engine {
            engine.lock()
            try? await writeLocator(engine)
        }
        publish()
        for outlet in outlets { outlet.close() }
        outlets = []
        engine = nil
        log("Wallet closed")
    }

    /// Runs a wallet RPC.
    package func executeRpc(request: String, uri: String, user: String) async throws -> String {
        let response = await RPCResponse.respond(to: request, uri: uri, user: user) { request in
            try await WalletRPC.table.execute(request, context: self)
        }
        publish()
        return response
    }
}

extension WalletService {
    /// Listeners that there may be at a time; each may be behind by many events.
    package static let listenerLimit = 256

    /// Registers for events until the handler is dropped or disconnected.
    ///
    /// - Throws: `InterfaceError.overloaded`.
    package func handleEvents(events: any WalletEvents) async throws -> any Handler {
        outlets.removeAll(where: \.isEnded)
        guard outlets.count < Self.listenerLimit else {
            throw InterfaceError.overloaded("Too many registrations for events; close some terminals")
        }
        let outlet = EventOutlet(listener: events)
        outlets.append(outlet)
        return EventRegistration(outlet: outlet)
    }
}
