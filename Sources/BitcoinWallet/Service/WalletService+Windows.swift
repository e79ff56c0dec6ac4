import BitcoinCrypto
import BitcoinDescriptors
package import BitcoinInterfaces
package import BitcoinPrimitives
import BitcoinScript
import Glibc

// Windows of rows for terminals.
extension WalletService: Wallet {
    /// The most rows that one call returns.
    package static let maxRows: UInt32 = 1_000

    /// The state of the wallet now.
    package func getInfo() async throws -> WalletInfo { info(of: try requireEngine()) }

    /// The balances now.
    package func getBalances() async throws -> WalletBalances { try requireEngine().balances().amounts }

    func info(of engine: WalletEngine) -> WalletInfo {
        WalletInfo(
            name: engine.name, processID: getpid(), encrypted: engine.isEncrypted, locked: engine.isLocked,
            unlockedUntil: engine.unlockedUntil, privateKeysEnabled: !engine.flags.contains(.disablePrivateKeys),
            blank: engine.flags.contains(.blank), descriptors: UInt32(engine.managers.count),
            transactions: UInt64(engine.transactions.count),
            birthTime: engine.birthTime == .max ? 0 : engine.birthTime,
            lastBlock: engine.lastBlock ?? BlockRef(hash: .zero, height: -1),
            scanProgress: runningScan?.progress ?? -1, warnings: engine.problems.map(\.description))
    }

    private func window<Row>(_ rows: [Row], offset: UInt64, count: UInt32) -> [Row] {
        let start = Int(clamping: offset)
        guard start < rows.count else { return [] }
        return Array(rows[start..<min(rows.count, start + Int(min(count, Self.maxRows)))])
    }

    private func addressText(_ destination: Destination?) -> String {
        destination?.address(on: network) ?? ""
    }

    // MARK: History

    private func historyEntries(_ engine: WalletEngine) -> [WalletEngine.HistoryEntry] {
        if let historyCache { return historyCache }
        var entries: [WalletEngine.HistoryEntry] = []
        // Newest first; the rows of one transaction in reverse, as in Core's lists read from the end.
        for transaction in engine.ordered.reversed() { entries += engine.history(of: transaction) }
        historyCache = entries
        return entries
    }

    /// A window on the history, newest first.
    package func getTransactions(filter: String, offset: UInt64, count: UInt32) async throws -> TransactionWindow {
        let engine = try requireEngine()
        let entries = historyEntries(engine)
        let filter = RowFilter(filter)
        let matching = filter.isEmpty ? entries : entries.filter { matches($0, filter, engine) }
        return TransactionWindow(
            total: UInt64(matching.count), unfiltered: UInt64(entries.count),
            rows: window(matching, offset: offset, count: count).map { row($0, engine) })
    }

    private func category(_ entry: WalletEngine.HistoryEntry, _ engine: WalletEngine) -> String {
        entry.category == .send ? entry.category.rawValue : engine.category(of: entry.transaction).rawValue
    }

    private func matches(
        _ entry: WalletEngine.HistoryEntry, _ filter: RowFilter, _ engine: WalletEngine
    ) -> Bool {
        let label = engine.label(of: entry) ?? ""
        let texts = [
            label, addressText(entry.destination), entry.transaction.id.description, category(entry, engine),
        ]
        return filter.matches(
            texts: texts, label: label, amount: entry.amount, depth: engine.depth(of: entry.transaction))
    }

    private func row(_ entry: WalletEngine.HistoryEntry, _ engine: WalletEngine) -> TransactionRow {
        var height: Int32 = -1
        if case .confirmed(let block, _, _) = entry.transaction.state { height = block.height }
        return TransactionRow(
            transactionID: entry.transaction.id, output: UInt32(entry.output), time: entry.transaction.time,
            category: category(entry, engine), amount: entry.amount, fee: entry.fee ?? 0,
            confirmations: engine.depth(of: entry.transaction), height: height,
            address: addressText(entry.destination), label: engine.label(of: entry) ?? "",
            abandoned: entry.transaction.state.isAbandoned,
            replaced: entry.transaction.details.replacedBy != nil)
    }

    /// One transaction in full, nil if it is not the wallet's.
    package func getTransactionDetails(transactionID: TransactionID) async throws -> TransactionDetails? {
        let engine = try requireEngine()
        guard let entry = engine.transactions[transactionID] else { return nil }
        let transaction = entry.transaction
        let inputs = transaction.inputs.map { input -> TransactionEnd in
            let parent = engine.transactions[input.previousOutput.transactionID]?.transaction
            let index = Int(input.previousOutput.index)
            guard let parent, parent.outputs.indices.contains(index) else {
                return TransactionEnd(
                    address: entry.isCoinbase ? "coinbase" : "", amount: -1, label: "", isMine: false, isChange: false)
            }
            return end(parent.outputs[index], engine)
        }
        let isKnown = inputs.allSatisfy { $0.amount >= 0 }
        let spent = inputs.reduce(0) { $0 + $1.amount }
        let paid = transaction.outputs.reduce(0) { $0 + $1.value }
        var block: BlockRef?
        if case .confirmed(let reference, _, _) = entry.state { block = reference }
        return TransactionDetails(
            transactionID: transactionID, time: entry.time, confirmations: engine.depth(of: entry), block: block,
            fee: isKnown ? spent - paid : -1, virtualSize: UInt32(transaction.virtualSize), inputs: inputs,
            outputs: transaction.outputs.map { end($0, engine) }, raw: transaction.encoded(),
            replacedBy: entry.details.replacedBy?.description ?? "")
    }

    private func end(_ output: TransactionOutput, _ engine: WalletEngine) -> TransactionEnd {
        let destination = Destination(scriptPubKey: output.scriptPubKey)
        return TransactionEnd(
            address: destination?.address(on: network) ?? output.scriptPubKey.template.typeName, amount: output.value,
            label: destination.flatMap { engine.addressBook.label(of: $0) } ?? "",
            isMine: engine.isMine(output.scriptPubKey), isChange: engine.isChange(output.scriptPubKey))
    }

    // MARK: Addresses

    /// A window on the addresses that have a label or were paid.
    package func getAddresses(filter: String, offset: UInt64, count: UInt32) async throws -> AddressWindow {
        let engine = try requireEngine()
        let filter = RowFilter(filter)
        var rows = addressRows(engine)
        if !filter.isEmpty {
            rows = rows.filter { row in
                filter.matches(
                    texts: [row.address, row.label, row.purpose, row.path], label: row.label, amount: row.received,
                    depth: nil)
            }
        }
        return AddressWindow(total: UInt64(rows.count), rows: window(rows, offset: offset, count: count))
    }

    private func addressRows(_ engine: WalletEngine) -> [AddressRow] {
        var totals: [Destination: (amount: Int64, transactions: Set<TransactionID>)] = [:]
        for (outPoint, output) in engine.ownOutputs {
            guard let transaction = engine.transactions[outPoint.transactionID],
                transaction.state.isConfirmed || transaction.state == .inMempool,
                let destination = Destination(scriptPubKey: output.scriptPubKey)
            else { continue }
            totals[destination, default: (0, [])].amount += output.value
            totals[destination]?.transactions.insert(outPoint.transactionID)
        }
        let labelled = engine.addressBook.entries.filter { !$0.value.isChange }.map(\.key)
        let rows = Set(labelled).union(totals.keys).compactMap { destination -> AddressRow? in
            guard let address = destination.address(on: network) else { return nil }
            let entry = engine.addressBook.labelled(destination)
            let script = destination.scriptPubKey
            return AddressRow(
                address: address, label: entry?.label ?? "",
                purpose: entry?.purpose?.rawValue ?? (entry == nil ? "change" : ""),
                received: totals[destination]?.amount ?? 0,
                transactions: UInt32(totals[destination]?.transactions.count ?? 0),
                path: engine.keyOrigin(of: script)?.pathText ?? "")
        }
        // Receiving addresses, then those of others, then change; by label and address within.
        func rank(_ row: AddressRow) -> Int { ["receive": 0, "send": 1, "refund": 2, "": 3][row.purpose] ?? 4 }
        return rows.sorted { (rank($0), $0.label, $0.address) < (rank($1), $1.label, $1.address) }
    }

    // MARK: Coins

    /// A window on the unspent outputs, largest first.
    package func getCoins(filter: String, offset: UInt64, count: UInt32) async throws -> CoinWindow {
        let engine = try requireEngine()
        var wanted = WalletEngine.CoinFilter()
        wanted.includesLocked = true
        let filter = RowFilter(filter)
        let coins = engine.availableCoins(wanted)
            .filter { coin in
                let destination = Destination(scriptPubKey: coin.output.scriptPubKey)
                let label = destination.flatMap { engine.addressBook.label(of: $0) } ?? ""
                let texts = [label, addressText(destination), coin.outPoint.transactionID.description]
                return filter.isEmpty
                    || filter.matches(texts: texts, label: label, amount: coin.output.value, depth: coin.depth)
            }
            .sorted { ($1.output.value, $0.outPoint) < ($0.output.value, $1.outPoint) }
        let rows = window(coins, offset: offset, count: count).map { coin -> CoinRow in
            let destination = Destination(scriptPubKey: coin.output.scriptPubKey)
            return CoinRow(
                transactionID: coin.outPoint.transactionID, output: coin.outPoint.index, amount: coin.output.value,
                confirmations: coin.depth, address: addressText(destination),
                label: destination.flatMap { engine.addressBook.label(of: $0) } ?? "",
                locked: engine.lockedCoins[coin.outPoint] != nil, safe: coin.isSafe,
                solvable: engine.solvingDescriptor(of: coin.output.scriptPubKey) != nil)
        }
        return CoinWindow(total: UInt64(coins.count), rows: rows)
    }

    // MARK: Keys

    /// Unlocks the keys for a time. False when the passphrase is wrong.
    ///
    /// - Throws: `RPCError` when the wallet is not encrypted or its keys are damaged.
    package func unlock(passphrase: [UInt8], seconds: Int64) async throws -> Bool {
        var bytes = passphrase
        return try await unlock(passphrase: SecretBytes(consuming: &bytes), seconds: seconds) == .unlocked
    }

    /// Locks the keys at once.
    package func lock() async throws {
        relock?.cancel()
        try requireEngine().lock()
        publish()
    }
}
