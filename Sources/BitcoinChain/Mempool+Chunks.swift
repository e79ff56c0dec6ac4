package import BitcoinPrimitives

/// Transactions that are mined together since each pays for the one before.
package struct MempoolChunk: Sendable {
    /// The transactions, parents before children.
    package var transactionIDs: [TransactionID]
    /// Sum of their fees with additions.
    package var fee: Amount
    /// Sum of their adjusted weights.
    package var weight: Int
    /// Sum of the costs of their signature operations.
    package var sigopsCost: Int

    /// Whether this chunk pays more for its weight than `other`.
    func paysMore(than other: MempoolChunk) -> Bool {
        let left = fee.multipliedFullWidth(by: Amount(other.weight))
        let right = other.fee.multipliedFullWidth(by: Amount(weight))
        return left.high != right.high ? left.high > right.high : left.low > right.low
    }

    fileprivate func joined(with other: MempoolChunk) -> MempoolChunk {
        MempoolChunk(
            transactionIDs: transactionIDs + other.transactionIDs, fee: fee.saturatingAdd(other.fee),
            weight: weight + other.weight,
            sigopsCost: sigopsCost + other.sigopsCost)
    }
}

extension Mempool {
    /// The chunks of the cluster that `id` belongs to, the best paying first.
    ///
    /// The order is found by taking the best paying set of ancestors again and again: good, not always the best there
    /// is.
    package func chunks(ofClusterWith id: TransactionID) -> [MempoolChunk] {
        var left = cluster(of: id)
        var chunks: [MempoolChunk] = []
        while !left.isEmpty {
            var best: MempoolChunk?
            for id in left.sorted(by: { $0.rawValue < $1.rawValue }) {
                let package = chunk(of: ancestors(of: id).intersection(left))
                if best.map({ package.paysMore(than: $0) }) ?? true { best = package }
            }
            guard let best else { break }
            left.subtract(best.transactionIDs)
            chunks.append(best)
            // A set that pays more than the one before it belongs to it: nobody would mine the first alone.
            while chunks.count > 1, chunks[chunks.count - 1].paysMore(than: chunks[chunks.count - 2]) {
                let last = chunks.removeLast()
                chunks[chunks.count - 1] = chunks[chunks.count - 1].joined(with: last)
            }
        }
        return chunks
    }

    /// The chunks of all clusters, the best paying first; those of one cluster keep their order.
    package func chunksByFeeRate() -> [MempoolChunk] {
        var seen: Set<TransactionID> = []
        var all: [(order: Int, chunk: MempoolChunk)] = []
        for entry in entriesInOrder where !seen.contains(entry.id) {
            for chunk in chunks(ofClusterWith: entry.id) {
                seen.formUnion(chunk.transactionIDs)
                all.append((all.count, chunk))
            }
        }
        return all.sorted { left, right in
            if left.chunk.paysMore(than: right.chunk) { return true }
            return !right.chunk.paysMore(than: left.chunk) && left.order < right.order
        }
        .map(\.chunk)
    }

    /// The chunk that holds a transaction.
    package func chunk(with id: TransactionID) -> MempoolChunk? {
        chunks(ofClusterWith: id).first { $0.transactionIDs.contains(id) }
    }

    private func chunk(of ids: Set<TransactionID>) -> MempoolChunk {
        let members = ids.compactMap { self[$0] }
        // A transaction has more ancestors than any of them has.
        let order = members.map { ($0, ancestors(of: $0.id).count) }
            .sorted { $0.1 != $1.1 ? $0.1 < $1.1 : $0.0.sequence < $1.0.sequence }
        return MempoolChunk(
            transactionIDs: order.map(\.0.id), fee: members.reduce(0) { $0.saturatingAdd($1.modifiedFee) },
            weight: members.reduce(0) { $0 + $1.adjustedWeight },
            sigopsCost: members.reduce(0) { $0 + $1.sigopsCost })
    }
}
