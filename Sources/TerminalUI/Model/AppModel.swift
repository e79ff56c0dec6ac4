import BitcoinInterfaces

/// Performs effects: keeps the connection to the node and those to the wallets, asks, and posts what comes back.
///
/// Everything it starts runs as child tasks of `run` and ends with it. The connections are the actor's state; calls
/// are made outside of it, so a wallet that does not answer holds up nobody else.
package actor AppModel {
    private let connector: any NodeConnector
    private let queue: EventQueue
    private let effects: AsyncStream<Effect>
    private let effectSource: AsyncStream<Effect>.Continuation
    private let pauses: [Duration]

    private var connection: NodeConnection?
    private var wallets: [String: (number: Int, made: WalletConnection)] = [:]
    private var walletCount = 0
    private var handlers: [any Handler] = []
    private var walletHandlers: [String: any Handler] = [:]
    /// Ends the pause between two attempts to connect.
    private var retry: CheckedContinuation<Void, Never>?
    /// Attempts to connect that failed since the last that did not, or since a node was started.
    private var failures = 0

    /// A model that posts to a queue.
    ///
    /// - Parameter pauses: The pauses after failed attempts to connect; the last one is repeated.
    package init(
        connector: any NodeConnector, queue: EventQueue,
        pauses: [Duration] = [.milliseconds(250), .milliseconds(500), .seconds(1), .seconds(2), .seconds(5)]
    ) {
        self.connector = connector
        self.queue = queue
        self.pauses = pauses
        (effects, effectSource) = AsyncStream.makeStream()
    }

    /// Starts an effect. From any thread; never waits.
    package nonisolated func perform(_ effect: Effect) { effectSource.yield(effect) }

    /// Runs until the task is cancelled.
    package func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.keepConnected() }
            for await effect in effects { group.addTask { await self.handle(effect) } }
            group.cancelAll()
            endPause()
            // What waits for the end of a connection ends with it.
            await closeAll()
        }
    }

    /// Ends `run`.
    package nonisolated func stop() { effectSource.finish() }

    // MARK: The connection to the node

    private func keepConnected() async {
        while !Task.isCancelled {
            if let made = await connector.connect(failed: { [queue] in queue.post(.attemptFailed($0)) }) {
                failures = 0
                let reason = await use(made)
                if Task.isCancelled { break }
                queue.post(.disconnected(reason: reason))
            }
            if Task.isCancelled { break }
            await pause(pauses[min(failures, pauses.count - 1)])
            failures += 1
        }
    }

    /// Registers for events, says that a node is there, and returns why it is gone.
    private func use(_ made: NodeConnection) async -> String {
        connection = made
        do {
            handlers = [try await made.node.handleEvents(events: NodeEventReceiver(queue: queue))]
            if let wallets = made.wallets {
                handlers.append(try await wallets.handleEvents(events: WalletLoaderEventReceiver(queue: queue)))
            }
        } catch {
            let reason = connector.describe(error)
            await drop(made)
            queue.post(.attemptFailed(ConnectionAttempt(address: made.address, reason: reason, remedy: "")))
            return reason
        }
        queue.post(
            .connected(
                NodeIdentity(
                    address: made.address, hasWallets: made.wallets != nil, hasRpc: made.rpc != nil,
                    limits: made.limits)))
        let reason = await made.waitUntilClosed()
        await drop(made)
        return reason
    }

    private func drop(_ made: NodeConnection) async {
        connection = nil
        handlers = []
        let open = wallets
        wallets = [:]
        walletHandlers = [:]
        for wallet in open.values { await wallet.made.close() }
        await made.close()
    }

    private func closeAll() async { if let connection { await drop(connection) } }

    private func pause(_ duration: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await Task.sleep(for: duration) }
            group.addTask { await self.waitForRetry() }
            await group.next()
            endPause()
            group.cancelAll()
        }
    }

    private func waitForRetry() async {
        await withCheckedContinuation { continuation in
            if Task.isCancelled { continuation.resume() } else { retry = continuation }
        }
    }

    private func endPause() {
        retry?.resume()
        retry = nil
    }

    // MARK: Effects

    private func handle(_ effect: Effect) async {
        switch effect {
        case .fetch(let query, let generation):
            let answer = await answer(to: query)
            queue.post(.answer(query, generation: generation, answer))
        case .run(let action, let job):
            let result = await run(action)
            queue.post(.finished(job: job, result))
        case .connectWallet(let name, let address): await useWallet(name, address: address)
        case .connect: endPause()
        case .startNode:
            do {
                try await connector.startNode()
                failures = 0
                queue.post(.nodeStarted(failure: nil))
                endPause()
            } catch {
                queue.post(.nodeStarted(failure: connector.describe(error)))
            }
        case .redraw, .suspend, .save: break
        }
    }

    private func useWallet(_ name: String, address: String) async {
        do {
            guard let connection else { throw ModelError.notConnected }
            let made = try await connection.connectWallet(name, address)
            // The node may be gone by now, or another terminal's command may have replaced the process.
            guard self.connection != nil else { return await made.close() }
            let old = wallets[name]
            walletCount += 1
            let number = walletCount
            wallets[name] = (number, made)
            await old?.made.close()
            let handler = try await made.wallet.handleEvents(events: WalletEventReceiver(wallet: name, queue: queue))
            guard wallets[name]?.number == number else { return await made.close() }
            walletHandlers[name] = handler
            queue.post(.walletConnected(name))
            let reason = await made.waitUntilClosed()
            // A newer connection to the same wallet may have taken this one's place.
            guard wallets[name]?.number == number else { return }
            wallets[name] = nil
            walletHandlers[name] = nil
            queue.post(.walletDisconnected(name, reason: reason))
        } catch {
            queue.post(.walletDisconnected(name, reason: connector.describe(error)))
        }
    }

    private func run(_ action: Action) async -> ActionResult {
        do {
            return try await perform(action)
        } catch {
            return .failed(connector.describe(error))
        }
    }

    private func perform(_ action: Action) async throws -> ActionResult {
        switch action {
        case .attach(let name): _ = try await loader().loadWallet(name: name)
        case .detach(let name): try await loader().unloadWallet(name: name)
        case .create(let name, let options): _ = try await loader().createWallet(name: name, options: options)
        case .restart(let name):
            let loader = try loader()
            if try await loader.listWallets().contains(where: { $0.name == name && $0.state == .attached }) {
                try await loader.unloadWallet(name: name)
            }
            _ = try await loader.loadWallet(name: name)
        case .unlock(let name, let secret, let seconds):
            let wallet = try wallet(name)
            let isRight = try await secret.consume { bytes in
                try await wallet.unlock(passphrase: bytes, seconds: seconds)
            }
            return isRight ? .done : .failed("the passphrase is wrong")
        case .lock(let name): try await wallet(name).lock()
        case .rpc(let request, let uri):
            guard let rpc = connection?.rpc else { throw ModelError.notServed }
            return .response(try await rpc.executeRpc(request: request, uri: uri, user: ""))
        case .stopNode:
            guard let node = connection?.node else { throw ModelError.notConnected }
            try await node.shutdown()
        }
        return .done
    }

    private func loader() throws -> any WalletLoader {
        guard let connection else { throw ModelError.notConnected }
        guard let wallets = connection.wallets else { throw ModelError.notServed }
        return wallets
    }

    private func wallet(_ name: String) throws -> any Wallet {
        guard let entry = wallets[name] else { throw ModelError.walletNotConnected }
        return entry.made.wallet
    }

    // MARK: Questions

    private func answer(to query: Query) async -> Answer {
        do {
            return try await fetch(query)
        } catch {
            return .failed(connector.describe(error))
        }
    }

    private func fetch(_ query: Query) async throws -> Answer {
        guard let node = connection?.node else { throw ModelError.notConnected }
        switch query {
        case .nodeInfo: return .nodeInfo(try await node.getInfo())
        case .walletListings: return .walletListings(try await loader().listWallets())
        case .walletDirectory: return .walletDirectory(try await loader().listWalletDirectory())
        case .mempool(let count): return .mempool(try await node.getMempool(offset: 0, count: count))
        case .blocks(let height, let count), .latestBlocks(let height, let count):
            return .blocks(try await node.getBlocks(height: height, count: count))
        case .block(let hash): return .block(try await node.getBlock(hash: hash))
        case .log(let first, let count): return .log(try await node.getLog(first: first, count: count))
        case .walletInfo(let name): return .walletInfo(try await wallet(name).getInfo())
        case .balances(let name): return .balances(try await wallet(name).getBalances())
        case .latestTransactions(let name, let count):
            return .transactions(try await wallet(name).getTransactions(filter: "", offset: 0, count: count))
        case .transactions(let name, let filter, let offset, let count):
            return .transactions(
                try await wallet(name).getTransactions(filter: filter, offset: offset, count: count))
        case .addresses(let name, let filter, let offset, let count):
            return .addresses(try await wallet(name).getAddresses(filter: filter, offset: offset, count: count))
        case .coins(let name, let filter, let offset, let count):
            return .coins(try await wallet(name).getCoins(filter: filter, offset: offset, count: count))
        case .details(let name, let id):
            return .details(try await wallet(name).getTransactionDetails(transactionID: id))
        }
    }
}

/// Why something cannot be asked.
package enum ModelError: Error, CustomStringConvertible {
    /// No node answers.
    case notConnected
    /// The node does not serve this.
    case notServed
    /// The wallet's own socket is not connected.
    case walletNotConnected

    /// The text for people.
    package var description: String {
        switch self {
        case .notConnected: "no node answers"
        case .notServed: "this node does not serve that"
        case .walletNotConnected: "the wallet is not connected"
        }
    }
}
