package import BitcoinInterfaces
import BitcoinPrimitives
import BitcoinRPC

// Addresses and coins: Core has no windows on them, so its answer is cut here.
extension RPCWallet {
    /// A window on the receiving addresses; Core lists neither change nor other people's.
    package func getAddresses(filter: String, offset: UInt64, count: UInt32) async throws -> AddressWindow {
        let filter = RowFilter(filter)
        var rows = try await caller.call("listreceivedbyaddress", [0, true]).elements().map { entry in
            AddressRow(
                address: try entry["address"].text(), label: try entry["label"].text(), purpose: "receive",
                received: try entry["amount"].amount(),
                transactions: UInt32(clamping: try entry["txids"].elements().count), path: "")
        }
        rows = rows.filter { row in
            filter.matches(
                texts: [row.address, row.label, row.purpose], label: row.label, amount: row.received, depth: nil)
        }
        rows.sort { ($0.label, $0.address) < ($1.label, $1.address) }
        var shown = window(rows, offset: offset, count: count)
        let details = try await caller.run(shown.map { .init("getaddressinfo", [.string($0.address)]) })
        for (index, answer) in details.enumerated() {
            shown[index].path = (try? answer.get()["hdkeypath"].text()) ?? ""
        }
        return AddressWindow(total: UInt64(rows.count), rows: shown)
    }

    /// A window on the unspent outputs, largest first, locked ones among them.
    package func getCoins(filter: String, offset: UInt64, count: UInt32) async throws -> CoinWindow {
        let filter = RowFilter(filter)
        // Unsafe ones too; locked ones come by another method.
        let answers = try await caller.run([
            .init("listunspent", [0, 9_999_999, [], true]), .init("listlockunspent"),
        ])
        var rows = try answers[0].get().elements().map { entry in
            CoinRow(
                transactionID: try entry["txid"].hash(), output: try entry["vout"].integer(),
                amount: try entry["amount"].amount(), confirmations: try entry["confirmations"].integer(),
                address: entry["address"].json.stringValue ?? "", label: entry["label"].json.stringValue ?? "",
                locked: false, safe: try entry["safe"].flag(), solvable: try entry["solvable"].flag())
        }
        rows += try await lockedCoins(try answers[1].get().elements())
        rows = rows.filter { row in
            filter.matches(
                texts: [row.label, row.address, "\(row.transactionID)"], label: row.label, amount: row.amount,
                depth: row.confirmations)
        }
        rows.sort { ($1.amount, $0.transactionID, $0.output) < ($0.amount, $1.transactionID, $1.output) }
        return CoinWindow(total: UInt64(rows.count), rows: window(rows, offset: offset, count: count))
    }

    /// Locked outputs with what the chain knows of them; those that are spent are left out.
    private func lockedCoins(_ entries: [RPCResult]) async throws -> [CoinRow] {
        let answers = try await caller.run(
            entries.map { .init("gettxout", [$0["txid"].json, $0["vout"].json]) })
        var rows: [CoinRow] = []
        for (entry, answer) in zip(entries, answers) {
            guard let coin = try? answer.get(), !coin.isNull else { continue }
            let address = coin["scriptPubKey"]["address"].json.stringValue ?? ""
            let info = try? await caller.call("getaddressinfo", [.string(address)])
            rows.append(
                CoinRow(
                    transactionID: try entry["txid"].hash(), output: try entry["vout"].integer(),
                    amount: try coin["value"].amount(), confirmations: try coin["confirmations"].integer(),
                    address: address, label: info?["labels"].json[0].stringValue ?? "", locked: true, safe: true,
                    solvable: info?["solvable"].json.boolValue ?? false))
        }
        return rows
    }
}
