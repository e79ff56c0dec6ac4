package import BitcoinConsensus
internal import BitcoinCrypto
package import BitcoinPrimitives
internal import ByteCoding

/// What a block spent, as Core's `revNNNNN.dat` files hold it (undo.h): for every transaction but the coinbase, for
/// every input, VARINT of twice the height plus one for a coinbase, a zero byte above height 0, amount and script in
/// their short forms. The double hash of the previous block's hash and these bytes follows the record.
package enum UndoRecord {
    /// The record's bytes, without message start, size and checksum.
    package static func encode(_ undo: BlockUndo) -> [UInt8] {
        var writer = ByteWriter()
        writer.writeCompactSize(undo.spentCoins.count)
        for coins in undo.spentCoins {
            writer.writeCompactSize(coins.count)
            for coin in coins {
                writer.writeVarInt(UInt64(coin.height) << 1 | (coin.isCoinbase ? 1 : 0))
                // Once the version of the transaction stood here.
                if coin.height > 0 { writer.writeUInt8(0) }
                CoinRecord.encode(coin.output, to: &writer)
            }
        }
        return writer.bytes
    }

    /// Reads a record; `nil` when the bytes are none. Memory in use is bounded by a multiple of the record's size.
    package static func decode(_ bytes: [UInt8]) -> BlockUndo? {
        var reader = ByteReader(bytes)
        guard let undo = try? decode(from: &reader), reader.isAtEnd else { return nil }
        return undo
    }

    /// The 32 bytes that follow the record of the block after `previous`.
    package static func checksum(of record: [UInt8], previous: BlockHash) -> [UInt8] {
        var hasher = SHA256Hasher()
        hasher.update(previous.bytes)
        hasher.update(record)
        return hasher.finalizeDouble().bytes
    }

    private static func decode(from reader: inout ByteReader) throws(ByteCodingError) -> BlockUndo? {
        var spent: [[Coin]] = []
        let transactionCount = try reader.readCompactSize()
        // No count is believed: every transaction takes at least one byte, every coin three.
        spent.reserveCapacity(min(transactionCount, reader.remaining))
        for _ in 0..<transactionCount {
            let inputCount = try reader.readCompactSize()
            var coins: [Coin] = []
            coins.reserveCapacity(min(inputCount, reader.remaining / 3))
            for _ in 0..<inputCount {
                let code = try reader.readVarInt()
                guard let height = Int(exactly: code >> 1), height <= Int(Int32.max) else { return nil }
                if height > 0 { _ = try reader.readVarInt() }
                guard let output = try CoinRecord.decodeOutput(from: &reader) else { return nil }
                coins.append(Coin(output: output, height: height, isCoinbase: code & 1 == 1))
            }
            spent.append(coins)
        }
        return BlockUndo(spentCoins: spent)
    }
}
