package import BitcoinInterfaces
import BitcoinPrimitives
import BitcoinRPC

// The history: `listtransactions` with count and skip is a window already, only in the other order.
extension RPCWallet {
    /// Rows that one call asks for when all must be seen.
    private static let page: UInt64 = 1_000

    /// A window on the history, newest first.
    ///
    /// Core does not filter: with a filter all rows pass by here, page by page, and only those asked for are kept.
    package func getTransactions(filter: String, offset: UInt64, count: UInt32) async throws -> TransactionWindow {
        let filter = RowFilter(filter)
        let count = min(UInt64(count), Self.page)
        guard filter.isEmpty else { return try await filtered(filter, offset: offset, count: count) }
        let rows = try await rows(skip: offset, count: count)
        let total: UInt64
        if UInt64(rows.count) < count, !rows.isEmpty || offset == 0 {
            total = offset + UInt64(rows.count)
        } else {
            total = try await countRows()
        }
        return TransactionWindow(total: total, unfiltered: total, rows: rows)
    }

    private func filtered(_ filter: RowFilter, offset: UInt64, count: UInt64) async throws -> TransactionWindow {
        var window = TransactionWindow(total: 0, unfiltered: 0, rows: [])
        while true {
            let page = try await rows(skip: window.unfiltered, count: Self.page)
            window.unfiltered += UInt64(page.count)
            for row in page {
                let texts = [row.label, row.address, "\(row.transactionID)", row.category]
                guard
                    filter.matches(texts: texts, label: row.label, amount: row.amount, depth: row.confirmations)
                else { continue }
                if window.total >= offset, UInt64(window.rows.count) < count { window.rows.append(row) }
                window.total += 1
            }
            guard page.count == Self.page else { return window }
            try Task.checkCancellation()
        }
    }

    private func rows(skip: UInt64, count: UInt64) async throws -> [TransactionRow] {
        guard count > 0 else { return [] }
        // Core's arguments are 32-bit integers.
        guard skip <= UInt64(Int32.max) else { return [] }
        let answer = try await caller.call("listtransactions", ["*", .int(count), .int(skip)])
        return try answer.elements().reversed().map(row)
    }

    private func row(_ entry: RPCResult) throws -> TransactionRow {
        TransactionRow(
            transactionID: try entry["txid"].hash(), output: try entry["vout"].isNull ? 0 : entry["vout"].integer(),
            time: try entry["time"].integer(), category: try entry["category"].text(),
            amount: try entry["amount"].amount(), fee: try entry["fee"].isNull ? 0 : entry["fee"].amount(),
            confirmations: try entry["confirmations"].integer(),
            height: try entry["blockheight"].isNull ? -1 : entry["blockheight"].integer(),
            address: entry["address"].json.stringValue ?? "", label: entry["label"].json.stringValue ?? "",
            abandoned: entry["abandoned"].json.boolValue ?? false, replaced: !entry["replaced_by_txid"].isNull)
    }

    /// The number of rows, which Core does not tell: the first row that is not there is looked for, in some twenty steps,
    /// once for every number of transactions.
    private func countRows() async throws -> UInt64 {
        let transactions = try await caller.call("getwalletinfo")["txcount"].integer(as: Int64.self)
        if let known = historyRows, known.transactions == transactions { return known.rows }
        func exists(_ index: UInt64) async throws -> Bool { try await !rows(skip: index, count: 1).isEmpty }
        var low: UInt64 = 0
        var high = max(1, UInt64(clamping: transactions))
        while try await exists(high) { (low, high) = (high, high * 2) }
        // All below `low` exist, `high` does not.
        while low < high {
            let middle = (low + high) / 2
            if try await exists(middle) { low = middle + 1 } else { high = middle }
        }
        historyRows = (transactions, low)
        return low
    }
}
