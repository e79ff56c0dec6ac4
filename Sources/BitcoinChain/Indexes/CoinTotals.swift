package import BitcoinConsensus
package import BitcoinCrypto
package import BitcoinPrimitives
internal import ByteCoding

/// Sums over the set of coins after a block, and over all that happened up to it, as Core's coin statistics index keeps
/// them. Amounts are in satoshis.
package struct CoinTotals: Equatable, Sendable {
    /// The hash of the set.
    package var setHash = Hash256.zero
    /// Coins.
    package var outputCount: UInt64 = 0
    /// A size of the set that does not depend on the database.
    package var bogoSize: UInt64 = 0
    /// The coins' value.
    package var amount: Amount = 0
    /// What all blocks could create.
    package var subsidy: Amount = 0
    /// The value of all coins that were ever spent.
    package var spent = UInt256.zero
    /// The value of all coins that transactions ever made, coinbases left out.
    package var newOutputs = UInt256.zero
    /// The value of all coins that coinbases ever made.
    package var coinbase = UInt256.zero
    /// The subsidy of the first block, which nobody can spend.
    package var unspendableGenesis: Amount = 0
    /// Coinbases that equal ones have overwritten.
    package var unspendableBIP30: Amount = 0
    /// Outputs with scripts that nobody can fulfil.
    package var unspendableScripts: Amount = 0
    /// What miners could have created or collected and did not.
    package var unspendableUnclaimed: Amount = 0

    /// Bytes of the encoded sums.
    package static let encodedSize = 32 + 4 * 8 + 3 * 32 + 4 * 8

    /// Nothing.
    package init() {}

    /// All that can never be spent. Sums that were read from a damaged record may be any numbers, here and below.
    package var unspendable: Amount {
        unspendableGenesis &+ unspendableBIP30 &+ unspendableScripts &+ unspendableUnclaimed
    }

    /// Reads sums in Core's form; `nil` when the bytes are none.
    package init?(decoding bytes: [UInt8]) {
        guard bytes.count == Self.encodedSize else { return nil }
        var reader = ByteReader(bytes)
        do throws(ByteCodingError) {
            setHash = try reader.readHash256()
            outputCount = try reader.readUInt64()
            bogoSize = try reader.readUInt64()
            amount = try reader.readInt64()
            subsidy = try reader.readInt64()
            spent = UInt256(try reader.readHash256())
            newOutputs = UInt256(try reader.readHash256())
            coinbase = UInt256(try reader.readHash256())
            unspendableGenesis = try reader.readInt64()
            unspendableBIP30 = try reader.readInt64()
            unspendableScripts = try reader.readInt64()
            unspendableUnclaimed = try reader.readInt64()
        } catch {
            return nil
        }
    }

    /// The sums in Core's form.
    package var encoded: [UInt8] {
        var writer = ByteWriter(capacity: Self.encodedSize)
        writer.writeHash256(setHash)
        writer.writeUInt64(outputCount)
        writer.writeUInt64(bogoSize)
        writer.writeInt64(amount)
        writer.writeInt64(subsidy)
        for sum in [spent, newOutputs, coinbase] { writer.writeBytes(sum.littleEndianBytes) }
        for sum in [unspendableGenesis, unspendableBIP30, unspendableScripts, unspendableUnclaimed] {
            writer.writeInt64(sum)
        }
        return writer.bytes
    }

    /// Counts what the last block's miner left unclaimed: all that came in and did not come out.
    ///
    /// - Returns: false when more came out than in, so that something is damaged.
    package mutating func settleUnclaimed() -> Bool {
        let made = spent &+ UInt256(UInt64(bitPattern: subsidy))
        let used = newOutputs &+ coinbase &+ UInt256(UInt64(bitPattern: unspendable))
        guard made >= used, let unclaimed = Amount(exactly: (made &- used).low64) else { return false }
        unspendableUnclaimed &+= unclaimed
        return true
    }
}

extension UInt256 {
    /// The number when it fits 64 bits, else the largest such number.
    fileprivate var low64: UInt64 { word1 | word2 | word3 == 0 ? word0 : .max }
}
