package import BitcoinPrimitives

/// The coins that a block may create.
package enum Subsidy {
    /// The subsidy of a block at `height`: 50 coins, halved at every interval (Core's `GetBlockSubsidy`).
    package static func at(height: Int, parameters: ChainParameters) -> Amount {
        let halvings = height / parameters.subsidyHalvingInterval
        // Shifting by 64 and more is not defined in the original, hence its early zero.
        guard halvings >= 0, halvings < 64 else { return 0 }
        return (50 * Amount.coin) >> Amount(halvings)
    }
}
