package import BitcoinPrimitives
internal import ByteCoding
internal import Foundation

/// The content of `mempool.dat` (Core's node/mempool_persist.cpp, versions 1 and 2).
package struct MempoolFile: Sendable {
    /// Transactions in the order in which they were saved, parents first.
    package var transactions: [Saved] = []
    /// Additions to the fees of transactions that were not in the mempool.
    package var feeDeltas: [TransactionID: Amount] = [:]
    /// Transactions that no peer had asked for.
    package var unbroadcast: [TransactionID] = []

    /// A saved transaction.
    package struct Saved: Sendable {
        /// The transaction.
        package var transaction: Transaction
        /// When it came, in Unix seconds.
        package var time: Int64
        /// The addition to its fee.
        package var feeDelta: Amount
    }

    /// Larger files are refused: the mempool is held to 300 MB, and this is read as a whole.
    private static let maximumSize: UInt64 = 1 << 30

    /// Reads a file.
    ///
    /// - Throws: `system` when it cannot be read, `unknownFormat` when it is too large or not of these versions,
    ///   `damaged` when its content does not decode.
    package init(path: String) throws(StorageError) {
        let file = try ReadOnlyFile(path: path)
        guard file.size <= Self.maximumSize else { throw .unknownFormat(path: path, reason: "file too large") }
        try self.init(decoding: try file.read(at: 0, count: Int(file.size)), path: path)
    }

    /// Decodes the content of a file.
    ///
    /// - Parameter path: its name, for errors.
    /// - Throws: as `init(path:)`.
    package init(decoding bytes: [UInt8], path: String) throws(StorageError) {
        var reader = ByteReader(bytes)
        do {
            let version = try reader.readUInt64()
            switch version {
            case 1:
                try decode(&reader)
            case 2:
                guard let obfuscation = Obfuscation(bytes: try reader.readSizedSlice(max: 8)) else {
                    throw StorageError.unknownFormat(path: path, reason: "a key of 8 bytes is expected")
                }
                let offset = reader.position
                var rest = reader.readRemaining()
                obfuscation.apply(to: &rest, offset: UInt64(offset))
                reader = ByteReader(rest)
                try decode(&reader)
            default:
                throw StorageError.unknownFormat(path: path, reason: "unknown version \(version)")
            }
        } catch let error as StorageError {
            throw error
        } catch {
            throw .damaged(path: path, offset: UInt64(reader.position), reason: "\(error)")
        }
    }

    private mutating func decode(_ reader: inout ByteReader) throws {
        let count = try reader.readUInt64()
        for _ in 0..<count {
            transactions.append(
                Saved(
                    transaction: try Transaction(from: &reader), time: try reader.readInt64(),
                    feeDelta: try reader.readInt64()))
        }
        for _ in 0..<(try reader.readCompactSize()) {
            let id = TransactionID(rawValue: try reader.readHash256())
            feeDeltas[id] = try reader.readInt64()
        }
        for _ in 0..<(try reader.readCompactSize()) {
            unbroadcast.append(TransactionID(rawValue: try reader.readHash256()))
        }
    }
}
