package import BitcoinPrimitives

/// An output that can be spent, with what a spender must know of it.
package struct Coin: Hashable, Sendable {
    /// The output: value and script.
    package var output: TransactionOutput
    /// The height of the block that made it.
    package var height: Int
    /// Whether a coinbase made it, so that it must mature.
    package var isCoinbase: Bool

    /// A coin made at `height`.
    package init(output: TransactionOutput, height: Int, isCoinbase: Bool) {
        self.output = output
        self.height = height
        self.isCoinbase = isCoinbase
    }
}

/// The coins that one block spends and makes.
///
/// Lookups here cannot fail: whoever offers the coins fetches what the block needs beforehand, so that an error of the
/// store never looks like a broken rule.
package protocol BlockCoins {
    /// The unspent coin at `outPoint`, if there is one.
    func coin(at outPoint: OutPoint) -> Coin?

    /// Takes the coin at `outPoint` away and returns it.
    mutating func spend(_ outPoint: OutPoint) -> Coin?

    /// Puts a coin at `outPoint`, over whatever was there.
    mutating func add(_ coin: Coin, at outPoint: OutPoint)
}

/// The coins that a block spent, to put them back when it is disconnected (Core's `CBlockUndo`).
package struct BlockUndo: Sendable {
    /// For every transaction but the coinbase, in order: the coin of each input.
    package var spentCoins: [[Coin]]

    /// The undo data of a block whose transactions spent these.
    package init(spentCoins: [[Coin]]) {
        self.spentCoins = spentCoins
    }
}
