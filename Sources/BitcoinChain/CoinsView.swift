package import BitcoinConsensus
package import BitcoinPrimitives

/// The set of unspent coins after some block.
///
/// Lookups may fail, and a failure must never be taken for a missing coin.
package protocol CoinsView: AnyObject {
    /// The block after which these coins are unspent.
    var bestBlock: BlockHash { get }

    /// The coin at `outPoint`; `nil` when it was never made, or is spent.
    func coin(at outPoint: OutPoint) throws(StorageError) -> Coin?

    /// The coins at many outpoints, in their order; `nil` as above.
    func coins(at outPoints: [OutPoint]) throws(StorageError) -> [Coin?]

    /// Changes the set to what it is after `bestBlock`, as one step.
    ///
    /// - Parameter changes: what is at each outpoint from now on; `nil` for nothing.
    func apply(_ changes: [OutPoint: Coin?], bestBlock: BlockHash) throws(StorageError)

    /// Calls `body` for every coin in the order of Core's database: by the bytes of the transaction id, then by index.
    func forEachCoin(_ body: (OutPoint, Coin) -> Void) throws(StorageError)
}

extension CoinsView {
    package func coins(at outPoints: [OutPoint]) throws(StorageError) -> [Coin?] {
        var found: [Coin?] = []
        found.reserveCapacity(outPoints.count)
        for outPoint in outPoints { found.append(try coin(at: outPoint)) }
        return found
    }
}

/// The coins that one block touches, over a set that stays as it is until the changes are applied.
package struct CoinsOverlay: BlockCoins {
    private var fetched: [OutPoint: Coin] = [:]
    /// What the block changed: the coin that is there now, or `nil` for a spent one.
    package private(set) var changes: [OutPoint: Coin?] = [:]

    /// Fetches the coins at `outPoints`; others count as missing unless they are added.
    ///
    /// - Parameter pending: changes that the set does not have yet but will have before those made here.
    /// - Throws: `StorageError` when the set cannot be read.
    package init(
        over view: any CoinsView, pending: [OutPoint: Coin?] = [:], fetching outPoints: some Collection<OutPoint>
    ) throws(StorageError) {
        fetched.reserveCapacity(outPoints.count)
        changes.reserveCapacity(2 * outPoints.count)
        var asked: [OutPoint] = []
        asked.reserveCapacity(outPoints.count)
        for outPoint in outPoints {
            if let change = pending[outPoint] {
                if let coin = change { fetched[outPoint] = coin }
            } else {
                asked.append(outPoint)
            }
        }
        for (outPoint, coin) in zip(asked, try view.coins(at: asked)) where coin != nil { fetched[outPoint] = coin }
    }

    package func coin(at outPoint: OutPoint) -> Coin? {
        if let change = changes[outPoint] { return change }
        return fetched[outPoint]
    }

    package mutating func spend(_ outPoint: OutPoint) -> Coin? {
        guard let coin = coin(at: outPoint) else { return nil }
        if fetched[outPoint] == nil {
            // Made by the same block: nobody else ever sees it.
            changes.removeValue(forKey: outPoint)
        } else {
            changes.updateValue(nil, forKey: outPoint)
        }
        return coin
    }

    package mutating func add(_ coin: Coin, at outPoint: OutPoint) {
        changes.updateValue(coin, forKey: outPoint)
    }
}
