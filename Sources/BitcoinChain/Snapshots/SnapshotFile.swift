package import BitcoinConsensus
package import BitcoinPrimitives
internal import ByteCoding
internal import Foundation

/// A set of coins in one file (Core's node/utxo_snapshot.h): a header, and for each transaction with coins its id,
/// their number, and index and record of each.
package enum SnapshotFile {
    static let magic: [UInt8] = Array("utxo".utf8) + [0xff]
    static let version: UInt16 = 2
    /// Magic, version, message start, hash, count.
    static let headerSize = 5 + 2 + 4 + 32 + 8

    /// What stands at the beginning.
    struct Header: Equatable, Sendable {
        /// The block after which the coins are unspent.
        var block: BlockHash
        /// How many there are.
        var coinCount: UInt64

        func encoded(messageStart: [UInt8]) -> [UInt8] {
            var writer = ByteWriter(capacity: headerSize)
            writer.writeBytes(magic)
            writer.writeUInt16(version)
            writer.writeBytes(messageStart)
            writer.writeHash256(block.rawValue)
            writer.writeUInt64(coinCount)
            return writer.bytes
        }

        /// - Throws: `malformed` with Core's text.
        init(_ bytes: [UInt8], messageStart: [UInt8], network: Network) throws(SnapshotError) {
            var reader = ByteReader(bytes)
            guard let start = try? reader.readBytes(magic.count) else { throw Self.endOfFile }
            guard start == magic else {
                throw .malformed(
                    "Invalid UTXO set snapshot magic bytes. Please check if this is indeed a snapshot file or if you "
                        + "are using an outdated snapshot format.")
            }
            guard let version = try? reader.readUInt16() else { throw Self.endOfFile }
            guard version == SnapshotFile.version else {
                throw .malformed("Version of snapshot \(version) does not match any of the supported versions.")
            }
            guard let start = try? reader.readBytes(4) else { throw Self.endOfFile }
            guard start == messageStart else {
                let other = Network.allCases.first { ChainParameters.parameters(for: $0).messageStart == start }
                throw .malformed(
                    other.map {
                        "The network of the snapshot (\($0.chainName)) does not match the network of this node "
                            + "(\(network.chainName))."
                    }
                        ?? "This snapshot has been created for an unrecognized network. This could be a custom signet, "
                        + "a new testnet or possibly caused by data corruption.")
            }
            guard let hash = try? reader.readHash256(), let count = try? reader.readUInt64() else {
                throw Self.endOfFile
            }
            (block, coinCount) = (BlockHash(rawValue: hash), count)
        }

        private static let endOfFile = SnapshotError.malformed("AutoFile::read: end of file: iostream error")

        init(block: BlockHash, coinCount: UInt64) { (self.block, self.coinCount) = (block, coinCount) }
    }

    /// Appends to a new file.
    final class Writer {
        private let path: String
        private let handle: FileHandle
        private let header: Header
        private let messageStart: [UInt8]
        private var buffer = ByteWriter(capacity: bufferSize + 4096)
        private var pending: (id: TransactionID, coins: [(UInt32, Coin)])?
        private(set) var coinCount: UInt64 = 0

        /// Begins a file.
        init(path: String, block: BlockHash, messageStart: [UInt8]) throws(StorageError) {
            self.path = path
            self.messageStart = messageStart
            header = Header(block: block, coinCount: 0)
            guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]),
                let handle = FileHandle(forWritingAtPath: path)
            else { throw .system(path: path, reason: "it cannot be written") }
            self.handle = handle
            buffer.writeBytes(header.encoded(messageStart: messageStart))
        }

        /// Adds a coin; those of one transaction one after the other, by index.
        func add(_ outPoint: OutPoint, _ coin: Coin) throws(StorageError) {
            if pending?.id != outPoint.transactionID {
                try flushPending()
                pending = (outPoint.transactionID, [])
            }
            pending?.coins.append((outPoint.index, coin))
            coinCount += 1
        }

        /// Writes what is left, and how many coins there are.
        func finish() throws(StorageError) {
            try flushPending()
            try flush()
            var header = header
            header.coinCount = coinCount
            do {
                try handle.seek(toOffset: 0)
                try handle.write(contentsOf: Data(header.encoded(messageStart: messageStart)))
                try handle.synchronize()
                try handle.close()
            } catch {
                throw .system(path: path, error)
            }
        }

        private func flushPending() throws(StorageError) {
            guard var pending else { return }
            // Core writes them as they come from its database: from this index on keys are not in the order of indexes.
            // Who compares files is to find no difference.
            if let last = pending.coins.last, last.0 >= 16_512 {
                let id = pending.id
                func key(_ index: UInt32) -> [UInt8] { CoinRecord.key(of: OutPoint(transactionID: id, index: index)) }
                pending.coins.sort { key($0.0).lexicographicallyPrecedes(key($1.0)) }
            }
            buffer.writeHash256(pending.id.rawValue)
            buffer.writeCompactSize(pending.coins.count)
            for (index, coin) in pending.coins {
                buffer.writeCompactSize(UInt64(index))
                buffer.writeBytes(CoinRecord.encode(coin))
            }
            self.pending = nil
            if buffer.count >= bufferSize { try flush() }
        }

        private func flush() throws(StorageError) {
            do {
                try handle.write(contentsOf: Data(buffer.bytes))
            } catch {
                throw .system(path: path, error)
            }
            buffer = ByteWriter(capacity: bufferSize + 4096)
        }
    }

    /// Reads a file from its beginning.
    package final class Reader {
        private let file: ReadOnlyFile
        private var offset: UInt64
        private var reader = ByteReader([])
        private var pending: (id: TransactionID, left: Int) = (.zero, 0)

        /// The header.
        let header: Header
        private(set) var coinsRead: UInt64 = 0

        /// Opens a file and reads its header.
        ///
        /// - Throws: `unreadable`, `malformed`.
        package init(path: String, messageStart: [UInt8], network: Network) throws(SnapshotError) {
            let head: [UInt8]
            do {
                file = try ReadOnlyFile(path: path)
                head = try file.read(at: 0, count: headerSize)
            } catch {
                throw .unreadable(path)
            }
            header = try Header(head, messageStart: messageStart, network: network)
            offset = UInt64(headerSize)
        }

        /// The next coin; `nil` behind the last one that the header announces.
        ///
        /// - Throws: `population` when there is none, or one that cannot be at `height`; `storage`.
        package func next(atMost height: Int) throws(SnapshotError) -> (OutPoint, Coin)? {
            guard coinsRead < header.coinCount else { return nil }
            do {
                // A transaction may be there without coins; so may any number of them.
                while pending.left == 0 {
                    try fill()
                    let id = TransactionID(rawValue: try reader.readHash256())
                    pending = (id, try reader.readCompactSize())
                    guard UInt64(pending.left) <= header.coinCount - coinsRead else {
                        throw SnapshotError.population(
                            "Mismatch in coins count in snapshot metadata and actual snapshot data")
                    }
                }
                try fill()
                return try readCoin(atMost: height)
            } catch let error as SnapshotError {
                throw error
            } catch {
                throw .population("Bad snapshot format or truncated snapshot after deserializing \(coinsRead) coins")
            }
        }

        /// Whether nothing follows the last coin.
        ///
        /// - Throws: `storage`.
        package func isAtEnd() throws(SnapshotError) -> Bool {
            try fill()
            return reader.isAtEnd
        }

        private func readCoin(atMost height: Int) throws -> (OutPoint, Coin) {
            let index = try reader.readCompactSize(max: Int(UInt32.max))
            var ahead = reader
            guard let coin = try CoinRecord.decode(from: &ahead) else {
                throw SnapshotError.population("Bad snapshot data after deserializing \(coinsRead) coins")
            }
            reader = ahead
            guard coin.height <= height, index < Int(UInt32.max) else {
                throw SnapshotError.population("Bad snapshot data after deserializing \(coinsRead) coins")
            }
            guard coin.output.value.isInMoneyRange else {
                throw SnapshotError.population(
                    "Bad snapshot data after deserializing \(coinsRead) coins - bad tx out value")
            }
            coinsRead += 1
            pending.left -= 1
            return (OutPoint(transactionID: pending.id, index: UInt32(index)), coin)
        }

        /// Sees to it that the whole of any coin is in memory.
        private func fill() throws(SnapshotError) {
            guard reader.remaining < lookAhead else { return }
            do throws(StorageError) {
                let more = try file.read(at: offset, count: bufferSize)
                guard !more.isEmpty else { return }
                offset += UInt64(more.count)
                reader = ByteReader(Array(reader.remainingBytes) + more)
            } catch {
                throw .storage(error)
            }
        }
    }

    private static let bufferSize = 1 << 20
    /// More than the largest coin that can be spent takes, with id and counts.
    private static let lookAhead = 1 << 16
}

/// Why a snapshot was not written or not loaded.
package enum SnapshotError: Error, Equatable, CustomStringConvertible {
    /// The file is not there or cannot be read.
    case unreadable(String)
    /// The file does not begin as a snapshot of this network does.
    case malformed(String)
    /// The chain is not in a state to take it.
    case refused(String)
    /// What is in it is not what it should be.
    case population(String)
    /// Whoever watches asked to stop.
    case interrupted
    /// Something else could not be read or written.
    case storage(StorageError)

    package var description: String {
        switch self {
        case .unreadable(let path): "Couldn't open file \(path) for reading."
        case .malformed(let reason): "Unable to parse metadata: \(reason)"
        case .refused(let reason): reason
        case .population(let reason): "Population failed: \(reason)"
        case .interrupted: "Population failed: Aborting after an interrupt was requested"
        case .storage(let error): error.description
        }
    }
}
