package import BitcoinConsensus
package import BitcoinPrimitives
internal import ByteCoding

/// A coin as Core's chainstate holds it (coins.h, txdb.cpp): at the key `C`, transaction id, VARINT of the index, lies
/// VARINT of twice the height plus one for a coinbase, then amount and script in their short forms.
package enum CoinRecord {
    /// The first byte of every coin's key.
    package static let keyPrefix = UInt8(ascii: "C")

    /// The key of the coin at `outPoint`.
    package static func key(of outPoint: OutPoint) -> [UInt8] {
        var writer = ByteWriter(capacity: 40)
        writer.writeUInt8(keyPrefix)
        writer.writeBytes(outPoint.transactionID.bytes)
        writer.writeVarInt(UInt64(outPoint.index))
        return writer.bytes
    }

    /// The outpoint that a key names; `nil` when it is no coin's key.
    package static func outPoint(ofKey key: [UInt8]) -> OutPoint? {
        var reader = ByteReader(key)
        guard (try? reader.readUInt8()) == keyPrefix, let id = try? reader.readHash256(),
            let index = try? reader.readVarInt(), reader.isAtEnd, let index = UInt32(exactly: index)
        else { return nil }
        return OutPoint(transactionID: TransactionID(rawValue: id), index: index)
    }

    /// The record of a coin.
    package static func encode(_ coin: Coin) -> [UInt8] {
        var writer = ByteWriter(capacity: 40)
        writer.writeVarInt(UInt64(coin.height) << 1 | (coin.isCoinbase ? 1 : 0))
        encode(coin.output, to: &writer)
        return writer.bytes
    }

    /// Reads a coin's record; `nil` when the bytes are none.
    package static func decode(_ bytes: ArraySlice<UInt8>) -> Coin? {
        var reader = ByteReader(bytes)
        guard let code = try? reader.readVarInt(), let height = Int(exactly: code >> 1), height <= Int(Int32.max),
            let output = try? decodeOutput(from: &reader), reader.isAtEnd
        else { return nil }
        return Coin(output: output, height: height, isCoinbase: code & 1 == 1)
    }

    /// Reads a coin's record; `nil` when the bytes are none.
    package static func decode(_ bytes: [UInt8]) -> Coin? { decode(bytes[...]) }

    /// Reads a coin's record and goes on behind it; `nil` for values that no coin has.
    ///
    /// - Throws: `endOfData`, `sizeTooLarge`.
    static func decode(from reader: inout ByteReader) throws(ByteCodingError) -> Coin? {
        let code = try reader.readVarInt()
        guard let height = Int(exactly: code >> 1), height <= Int(Int32.max),
            let output = try decodeOutput(from: &reader)
        else { return nil }
        return Coin(output: output, height: height, isCoinbase: code & 1 == 1)
    }

    /// Appends amount and script in their short forms (Core's `TxOutCompression`).
    static func encode(_ output: TransactionOutput, to writer: inout ByteWriter) {
        writer.writeVarInt(CompressedAmount.compress(output.value))
        CompressedScript.encode(output.scriptPubKey, to: &writer)
    }

    /// Reads amount and script from their short forms; `nil` for values that no output has.
    ///
    /// - Throws: `endOfData`, `sizeTooLarge`.
    static func decodeOutput(from reader: inout ByteReader) throws(ByteCodingError) -> TransactionOutput? {
        let value = CompressedAmount.decompress(try reader.readVarInt())
        guard let value, let script = try CompressedScript.decode(from: &reader) else { return nil }
        return TransactionOutput(value: value, scriptPubKey: script)
    }
}
