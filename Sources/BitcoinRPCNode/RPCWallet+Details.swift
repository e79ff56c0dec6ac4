package import BitcoinInterfaces
package import BitcoinPrimitives
import BitcoinRPC
import ByteCoding

// One transaction in full.
extension RPCWallet {
    /// An input or output as the node tells it, before the wallet was asked whose it is.
    private struct End {
        var address: String
        var type: String
        var amount: Int64

        init(address: String = "", type: String, amount: Int64 = -1) {
            self.address = address
            self.type = type
            self.amount = amount
        }

        init(output: RPCResult) throws {
            address = output["scriptPubKey"]["address"].json.stringValue ?? ""
            type = output["scriptPubKey"]["type"].json.stringValue ?? ""
            amount = try output["value"].amount()
        }
    }

    /// The most inputs and outputs of which the wallet is asked whose they are.
    private static let maxLookups = 200

    /// One transaction in full, nil if it is not the wallet's.
    package func getTransactionDetails(transactionID: TransactionID) async throws -> TransactionDetails? {
        let id = JSONValue.string("\(transactionID)")
        let found = try await caller.find("gettransaction", [id, true, true], absent: [.invalidAddressOrKey])
        guard let answer = found else { return nil }
        let decoded = answer["decoded"]
        let block = answer["blockhash"]
        let inputs = try await inputs(of: decoded, id: id, block: block.json)
        let outputs = try decoded["vout"].elements().map(End.init(output:))
        let owners = try await owners(of: inputs + outputs)
        guard let raw = try? Hex.decode(try answer["hex"].text()) else {
            throw RPCNodeError.unreadable(method: answer.method)
        }
        return TransactionDetails(
            transactionID: transactionID, time: try answer["time"].integer(),
            confirmations: try answer["confirmations"].integer(),
            block: try block.isNull
                ? nil : BlockRef(hash: block.hash(), height: answer["blockheight"].integer()),
            fee: fee(try answer["fee"].isNull ? nil : answer["fee"].amount(), inputs, outputs),
            virtualSize: try decoded["vsize"].integer(), inputs: inputs.map { end($0, owners) },
            outputs: outputs.map { end($0, owners) }, raw: raw,
            replacedBy: answer["replaced_by_txid"].json.stringValue ?? "")
    }

    /// Positive; -1 if unknown.
    private func fee(_ told: Int64?, _ inputs: [End], _ outputs: [End]) -> Int64 {
        if let told { return 0 &- told }
        guard inputs.allSatisfy({ $0.amount >= 0 }) else { return -1 }
        return max(-1, inputs.reduce(0) { $0 &+ $1.amount } &- outputs.reduce(0) { $0 &+ $1.amount })
    }

    /// What the inputs spend: from the block's undo data where there is a block, else from the wallet's own
    /// transactions.
    private func inputs(of decoded: RPCResult, id: JSONValue, block: JSONValue) async throws -> [End] {
        var inputs = try decoded["vin"].elements()
        if !block.isNull, let full = try? await caller.call("getrawtransaction", [id, 2, block]),
            let found = try? full["vin"].elements(), found.count == inputs.count
        {
            inputs = found
        }
        var parents: [String: [RPCResult]] = [:]
        let missing = Set(inputs.filter { $0["prevout"].isNull }.compactMap { $0["txid"].json.stringValue })
        if missing.count <= Self.maxLookups {
            let ids = missing.sorted()
            let answers = try await caller.run(ids.map { .init("gettransaction", [.string($0), true, true]) })
            for (id, answer) in zip(ids, answers) {
                parents[id] = try? answer.get()["decoded"]["vout"].elements()
            }
        }
        return try inputs.map { input in
            if !input["coinbase"].isNull { return End(type: "coinbase") }
            if !input["prevout"].isNull { return try End(output: input["prevout"]) }
            let outputs = parents[input["txid"].json.stringValue ?? ""] ?? []
            guard let index = input["vout"].json.intValue, outputs.indices.contains(Int(clamping: index)) else {
                return End(type: "")
            }
            return try End(output: outputs[Int(clamping: index)])
        }
    }

    /// What the wallet knows of addresses.
    private func owners(of ends: [End]) async throws -> [String: RPCResult] {
        let addresses = Set(ends.map(\.address)).subtracting([""]).sorted().prefix(Self.maxLookups)
        let answers = try await caller.run(addresses.map { .init("getaddressinfo", [.string($0)]) })
        var owners: [String: RPCResult] = [:]
        for (address, answer) in zip(addresses, answers) { owners[address] = try? answer.get() }
        return owners
    }

    private func end(_ end: End, _ owners: [String: RPCResult]) -> TransactionEnd {
        let owner = owners[end.address]
        return TransactionEnd(
            address: end.address.isEmpty ? end.type : end.address, amount: end.amount,
            label: owner?["labels"].json[0].stringValue ?? "", isMine: owner?["ismine"].json.boolValue ?? false,
            isChange: owner?["ischange"].json.boolValue ?? false)
    }
}
