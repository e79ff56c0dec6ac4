import BitcoinChain
import BitcoinPrimitives
import BitcoinRPC

extension Mempool {
    /// The mempool as `getrawmempool` shows it.
    func json(isVerbose: Bool) -> JSONValue {
        guard isVerbose else { return .array(entriesInOrder.map { .string($0.transaction.id.description) }) }
        var object = JSONObject()
        for entry in entriesInOrder { object.append(entry.transaction.id.description, .object(entryJSON(entry))) }
        return .object(object)
    }

    private func entryJSON(_ entry: MempoolEntry) -> JSONObject {
        let transaction = entry.transaction
        let chunk = self.chunk(with: transaction.id)
        let ancestry = self.ancestry(of: transaction.id)
        var object = JSONObject()
        object.append("vsize", .int(entry.virtualSize))
        object.append("vsize_adjusted", .int(entry.virtualSize))
        object.append("vsize_bip141", .int(transaction.virtualSize))
        object.append("weight", .int(transaction.weight))
        object.append("chunkweight", .int(chunk?.weight ?? entry.adjustedWeight))
        object.append("time", .int(entry.time))
        object.append("height", .int(entry.height))
        object.append("descendantcount", .int(ancestry?.descendantCount ?? 1))
        object.append("descendantsize", .int(ancestry?.descendantSize ?? entry.virtualSize))
        object.append("ancestorcount", .int(ancestry?.ancestorCount ?? 1))
        object.append("ancestorsize", .int(ancestry?.ancestorSize ?? entry.virtualSize))
        object.append("wtxid", .string(transaction.witnessID.description))
        object.append(
            "fees",
            [
                "base": .amount(entry.fee), "modified": .amount(entry.modifiedFee),
                "ancestor": .amount(ancestry?.ancestorFees ?? entry.modifiedFee),
                "descendant": .amount(ancestry?.descendantFees ?? entry.modifiedFee),
                "chunk": .amount(chunk?.fee ?? entry.modifiedFee),
            ])
        object.append("depends", .array(parents(of: transaction.id).sorted().map { .string($0.description) }))
        object.append("spentby", .array(children(of: transaction.id).sorted().map { .string($0.description) }))
        object.append("unbroadcast", .bool(unbroadcast.contains(transaction.id)))
        return object
    }
}
