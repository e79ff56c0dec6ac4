/// The fixed numbers of consensus (Core's consensus/consensus.h, consensus/amount.h, primitives/transaction.h).
package enum ConsensusLimits {
    /// Bytes of the largest block that any store or wire may carry.
    package static let maxBlockSerializedSize = 4_000_000

    /// Weight units of the heaviest block (BIP141).
    package static let maxBlockWeight = 4_000_000

    /// The highest cost of signature operations in a block (BIP141).
    package static let maxBlockSigopsCost = 80_000

    /// Blocks that must pass before a coinbase output can be spent.
    package static let coinbaseMaturity = 100

    /// Weight units of a byte that is no witness (BIP141).
    package static let witnessScaleFactor = 4

    /// Seconds by which a block's time may run ahead of the clock.
    package static let maxFutureBlockTime: Int64 = 2 * 60 * 60

    /// Seconds by which the first block of a difficulty period may lie before the last one (BIP94).
    package static let maxTimewarp: Int64 = 600

    /// Lock times below this number are heights, from it on they are times.
    package static let lockTimeThreshold: UInt32 = 500_000_000

    /// Blocks whose times make up a median time.
    package static let medianTimeSpan = 11
}
