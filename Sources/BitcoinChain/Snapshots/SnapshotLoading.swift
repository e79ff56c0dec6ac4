internal import BitcoinConsensus
internal import BitcoinPrimitives
internal import KeyValueStore

/// A snapshot that is being read into a database of its own. It leaves the chain's thread, so that the chain goes on
/// meanwhile.
package struct SnapshotLoading: Sendable {
    let path: String
    let folder: String
    let configuration: ChainState.Configuration
    let known: ChainParameters.AssumedSnapshot

    /// What is being done.
    package enum Step: Sendable {
        /// Reading coins from the file.
        case reading
        /// Computing the hash over all of them.
        case hashing
    }

    /// Coins that are what they should be, in a database.
    package struct Loaded: Sendable {
        /// How many there are.
        package let coinCount: UInt64
        let store: any KeyValueStore
        let folder: String
        let known: ChainParameters.AssumedSnapshot
    }

    /// Puts the coins into the database and compares them with what they should be.
    ///
    /// - Parameter progress: told how many of a hundred parts of a step are done, now and then; returns false to stop.
    /// - Throws: `SnapshotError`.
    package func read(progress: (Step, Int) -> Bool = { _, _ in true }) throws(SnapshotError) -> Loaded {
        guard progress(.reading, 0) else { throw .interrupted }
        let parameters = configuration.parameters
        let reader = try SnapshotFile.Reader(
            path: path, messageStart: parameters.messageStart, network: parameters.network)
        guard reader.header.block == known.block else {
            throw .population("The file was changed while it was looked at")
        }
        let (store, coins) = try fill(from: reader, progress)
        try compare(coins, progress)
        return Loaded(coinCount: reader.header.coinCount, store: store, folder: folder, known: known)
    }

    /// Reads the coins of a file.
    private func fill(
        from reader: SnapshotFile.Reader, _ progress: (Step, Int) -> Bool
    ) throws(SnapshotError) -> (any KeyValueStore, CoinsSnapshot) {
        var failure: SnapshotError?
        do throws(StorageError) {
            let store = try ChainState.openCoinsStore(configuration, folder: folder, isRebuilt: true)
            let database = try CoinsDatabase(store: store, path: folder, batchSize: configuration.batchSize)
            let total = max(1, reader.header.coinCount)
            try database.write(bestBlock: known.block) { put in
                do throws(SnapshotError) {
                    while let (outPoint, coin) = try reader.next(atMost: known.height) {
                        put(outPoint, CoinRecord.encode(coin)[...])
                        guard reader.coinsRead % 4096 == 0 else { continue }
                        guard progress(.reading, Int(100 * Double(reader.coinsRead) / Double(total))) else {
                            throw .interrupted
                        }
                    }
                    guard try reader.isAtEnd() else {
                        throw .population(
                            "Bad snapshot - coins left over after deserializing \(reader.header.coinCount) coins")
                    }
                } catch {
                    failure = error
                }
            }
            if failure == nil { return (store, database.snapshot()) }
        } catch {
            throw .storage(error)
        }
        throw failure ?? .interrupted
    }

    /// Compares the hash over all coins with the one that the network's parameters know.
    private func compare(_ coins: CoinsSnapshot, _ progress: (Step, Int) -> Bool) throws(SnapshotError) {
        guard progress(.hashing, 0) else { throw .interrupted }
        let statistics: CoinsStatistics?
        do throws(StorageError) {
            statistics = try CoinsStatistics(of: coins, hashing: .serialized) { progress(.hashing, $0 * 100 >> 16) }
        } catch {
            throw .storage(error)
        }
        guard let hash = statistics?.serializedHash else { throw .interrupted }
        guard hash == known.coinsHash else {
            throw .population("Bad snapshot content hash: expected \(known.coinsHash), got \(hash)")
        }
    }
}
