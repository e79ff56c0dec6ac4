import BitcoinChain
import BitcoinConsensus
import BitcoinPrimitives
import ByteCoding

/// Undo data, read and written again.
enum UndoTarget {
    static func run(_ bytes: [UInt8]) {
        guard let undo = UndoRecord.decode(bytes) else { return }
        let written = UndoRecord.encode(undo)
        precondition(UndoRecord.decode(written)?.spentCoins == undo.spentCoins, "undo data comes back changed")
    }
}

/// Coins in their short form.
enum CoinTarget {
    static func run(_ bytes: [UInt8]) {
        if let coin = CoinRecord.decode(bytes) {
            precondition(CoinRecord.decode(CoinRecord.encode(coin)) == coin, "a coin comes back changed")
        }
        var reader = ByteReader(bytes)
        if let number = try? reader.readUInt64(), let amount = CompressedAmount.decompress(number) {
            precondition(CompressedAmount.compress(amount) == number, "an amount has two short forms")
        }
        var scripts = ByteReader(bytes)
        if let script = try? CompressedScript.decode(from: &scripts) {
            var writer = ByteWriter()
            CompressedScript.encode(script, to: &writer)
            var again = ByteReader(writer.bytes)
            precondition((try? CompressedScript.decode(from: &again)) == script, "a script comes back changed")
        }
    }
}

/// Keys and values of the databases, and the saved mempool.
enum RecordTarget {
    static func run(_ bytes: [UInt8]) {
        guard let kind = bytes.first else { return }
        let rest = Array(bytes.dropFirst())
        switch kind % 4 {
        case 0:
            guard let record = BlockIndexRecord(bytes: rest) else { return }
            precondition(BlockIndexRecord(bytes: record.encoded) == record, "a block's record comes back changed")
        case 1:
            guard let record = BlockFileRecord(bytes: rest) else { return }
            precondition(BlockFileRecord(bytes: record.encoded) == record, "a file's record comes back changed")
        case 2:
            guard let outPoint = CoinRecord.outPoint(ofKey: rest) else { return }
            precondition(CoinRecord.outPoint(ofKey: CoinRecord.key(of: outPoint)) == outPoint)
        default:
            _ = try? MempoolFile(decoding: rest, path: "mempool.dat")
        }
    }
}
