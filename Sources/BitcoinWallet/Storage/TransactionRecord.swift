import BitcoinCrypto
package import BitcoinPrimitives
import ByteCoding

/// A `tx` record: a transaction with what the wallet knows of it (Core's `CWalletTx`).
package struct TransactionRecord: Sendable, Equatable {
    /// The transaction, the variant that counts when there are several witnesses.
    package var transaction: Transaction
    /// Hash of the block, or one of the two marks of transactions outside blocks.
    package var blockHash: BlockHash
    /// Place in the block; -1 with a block hash means in conflict with that block.
    package var blockIndex: Int32
    /// When it reached this wallet, seconds since 1970.
    package var timeReceived: UInt32 = 0
    /// Place in the order of the wallet, -1 if it never got one.
    package var orderPosition: Int64 = -1
    /// The time that is shown, 0 if none was computed.
    package var timeSmart: UInt32 = 0
    /// The user's remark.
    package var comment: String?
    /// The user's remark on the payee.
    package var commentTo: String?
    /// The transaction that this one replaces.
    package var replaces: TransactionID?
    /// The transaction that replaces this one.
    package var replacedBy: TransactionID?
    /// Of versions before 2011.
    package var from: String?
    /// Of versions before 2011.
    package var message: String?
    /// Messages and payment requests with their kinds, of payment addresses.
    package var messages: [(kind: String, text: String)] = []

    /// Makes a record of a transaction outside blocks.
    package init(transaction: Transaction, blockHash: BlockHash = .zero, blockIndex: Int32 = 0) {
        self.transaction = transaction
        self.blockHash = blockHash
        self.blockIndex = blockIndex
    }

    /// The "block hash" of abandoned transactions: the number 1.
    package static let abandonedMark = BlockHash(rawValue: Hash256(words: 1, 0, 0, 0))

    /// Reads a record's value.
    ///
    /// - Throws: `WalletRecordError`.
    package init(decoding bytes: [UInt8]) throws(WalletRecordError) {
        var reader = ByteReader(bytes)
        do {
            transaction = try Transaction(from: &reader)
            blockHash = BlockHash(rawValue: try reader.readHash256())
            try reader.skip(try reader.readCompactSize(max: reader.remaining / 32) * 32)
            blockIndex = try reader.readInt32()
            // Transactions that earlier versions kept to link this one to the chain: read past.
            for _ in 0..<(try reader.readCompactSize(max: reader.remaining)) {
                _ = try Transaction(from: &reader)
                try reader.skip(32)
                try reader.skip(try reader.readCompactSize(max: reader.remaining / 32) * 32)
                try reader.skip(4)
            }
            for _ in 0..<(try reader.readCompactSize(max: reader.remaining)) {
                let key = try reader.readText()
                try set(key, to: try reader.readText())
            }
            for _ in 0..<(try reader.readCompactSize(max: reader.remaining)) {
                let kind = try reader.readText()
                guard kind == "Message" || kind == "PaymentRequest" else {
                    throw WalletRecordError.invalid("Unknown type in CWalletTx messages and requests vector")
                }
                messages.append((kind, try reader.readText()))
            }
            try reader.skip(4)
            timeReceived = try reader.readUInt32()
            try reader.skip(2)
        } catch let error as WalletRecordError {
            throw error
        } catch {
            throw .truncated
        }
    }

    private mutating func set(_ key: String, to value: String) throws(WalletRecordError) {
        switch key {
        case "n": orderPosition = Int64(value) ?? -1
        case "timesmart": timeSmart = UInt32(value) ?? 0
        case "comment": comment = value
        case "to": commentTo = value
        case "replaces_txid": replaces = TransactionID(hex: value)
        case "replaced_by_txid": replacedBy = TransactionID(hex: value)
        case "from": from = value
        case "message": message = value
        case "fromaccount", "spent": break
        default: throw .invalid("Unexpected value in CWalletTx strings value map")
        }
    }

    /// The record's value.
    package var encoded: [UInt8] {
        var values: [String: String] = ["fromaccount": ""]
        values["from"] = from
        values["message"] = message
        values["comment"] = comment
        values["to"] = commentTo
        values["replaces_txid"] = replaces?.description
        values["replaced_by_txid"] = replacedBy?.description
        if orderPosition != -1 { values["n"] = String(orderPosition) }
        if timeSmart != 0 { values["timesmart"] = String(timeSmart) }
        var writer = ByteWriter()
        transaction.encode(to: &writer)
        writer.writeHash256(blockHash.rawValue)
        writer.writeCompactSize(0)
        writer.writeInt32(blockIndex)
        writer.writeCompactSize(0)
        writer.writeCompactSize(values.count)
        // A std::map on the other side: in the order of the keys.
        for (key, value) in values.sorted(by: { $0.key < $1.key }) {
            writer.writeText(key)
            writer.writeText(value)
        }
        writer.writeCompactSize(messages.count)
        for (kind, text) in messages {
            writer.writeText(kind)
            writer.writeText(text)
        }
        writer.writeUInt32(0)
        writer.writeUInt32(timeReceived)
        writer.writeRepeating(0, count: 2)
        return writer.bytes
    }

    /// Whether both hold the same.
    package static func == (left: TransactionRecord, right: TransactionRecord) -> Bool { left.encoded == right.encoded }
}
