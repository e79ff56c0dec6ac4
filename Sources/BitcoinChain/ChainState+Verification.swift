internal import BitcoinConsensus
package import BitcoinPrimitives

/// What of the last blocks is checked again (`-checkblocks`, `-checklevel`, and the RPC `verifychain`).
package struct VerificationScope: Equatable, Sendable {
    /// Blocks from the tip backwards; 0 for all.
    package var blockCount: Int
    /// 0: they can be read. 1: they are right by themselves. 2: their undo data can be read. 3: disconnecting them in
    /// memory gives back coins that fit. 4: connecting them again is right too.
    package var level: Int

    /// Core's defaults at start-up: six blocks, up to disconnecting them in memory.
    package init(blockCount: Int = 6, level: Int = 3) {
        self.blockCount = blockCount
        self.level = level
    }
}

/// What is wrong with a block that was checked again.
package struct VerificationProblem: Equatable, Sendable {
    /// The block.
    package var block: BlockHash
    /// What is wrong with it.
    package var reason: String
}

/// What came of checking blocks again.
package enum VerificationOutcome: Equatable, Sendable {
    /// All is well.
    case passed
    /// The first thing found wrong.
    case failed(VerificationProblem)
    /// Nothing is wrong, but coins were not checked as far back as asked: they need more memory than `-dbcache` allows.
    case lackedMemory
    /// Nothing is wrong, but blocks were not checked as far back as asked: old ones were deleted.
    case lackedBlocks
    /// It was stopped before the end.
    case interrupted
}

extension ChainState {
    /// Checks the last blocks of the active chain again, without changing anything (Core's `VerifyDB`).
    ///
    /// - Parameter progress: told how far it is, now and then; returns false to stop.
    /// - Returns: what came of it.
    /// - Throws: `StorageError` when coins cannot be read.
    package func verify(
        _ scope: VerificationScope, progress: @escaping (LoadProgress) -> Bool
    ) throws(StorageError) -> VerificationOutcome {
        watch(progress)
        defer { reportProgress = nil }
        return try verify(scope)
    }

    func verify(_ scope: VerificationScope) throws(StorageError) -> VerificationOutcome {
        let count = min(scope.blockCount <= 0 ? .max : scope.blockCount, activeChain.height)
        let lowest = activeChain.height - count
        var layer = CoinsLayer(over: coins)
        var disconnected: [BlockIndex] = []
        var isWhole = true
        var isPruned = false
        for height in stride(from: activeChain.height, to: lowest, by: -1) {
            let done = UInt64(activeChain.height - height)
            let state = LoadProgress(phase: .verifyingBlocks, done: done, total: UInt64(count))
            guard reportProgress?(state) ?? true else { return .interrupted }
            guard let index = activeChain[height], let parent = index.parent else { break }
            // What was pruned cannot be checked.
            guard index.hasData else {
                isPruned = true
                break
            }
            do {
                let block = try self.block(index)
                if scope.level >= 1 {
                    try BlockRules.check(block, parameters: parameters)
                    try BlockRules.check(block, after: parent, parameters: parameters)
                }
                guard scope.level >= 2 else { continue }
                guard let undo = try undo(of: index) else {
                    if hasPruned {
                        // Its data came back alone.
                        isPruned = true
                        break
                    }
                    return .failed(.init(block: index.hash, reason: "its undo data is missing"))
                }
                // Coins that were changed must all stay in memory.
                if scope.level >= 3, coins.memoryUse + layer.memoryUse > coinsCacheLimit { isWhole = false }
                guard scope.level >= 3, isWhole else { continue }
                try layer.fetch(Self.touched(by: block))
                try DisconnectRules.disconnect(block, undo: undo, height: height, coins: &layer)
                disconnected.append(index)
            } catch {
                return .failed(.init(block: index.hash, reason: "\(error)"))
            }
        }
        guard isWhole else { return .lackedMemory }
        let passed = isPruned ? VerificationOutcome.lackedBlocks : .passed
        guard scope.level >= 4 else { return passed }
        for (done, index) in disconnected.reversed().enumerated() {
            let state = LoadProgress(phase: .verifyingBlocks, done: UInt64(done), total: UInt64(disconnected.count))
            guard reportProgress?(state) ?? true else { return .interrupted }
            guard let parent = index.parent else { continue }
            do {
                let block = try self.block(index)
                try layer.fetch(outPointsToConnect(block, after: parent))
                _ = try connect(block, index, after: parent, coins: &layer)
            } catch {
                return .failed(.init(block: index.hash, reason: "\(error)"))
            }
        }
        return passed
    }

    /// The coins that disconnecting a block looks at.
    static func touched(by block: Block) -> [OutPoint] {
        block.transactions.flatMap { transaction in
            transaction.outputs.indices.map { OutPoint(transactionID: transaction.id, index: UInt32($0)) }
                + (transaction.isCoinbase ? [] : transaction.inputs.map(\.previousOutput))
        }
    }
}

/// Coins changed by several blocks over a set that stays as it is.
private struct CoinsLayer: BlockCoins {
    private let view: any CoinsView
    private var known: [OutPoint: Coin?] = [:]

    init(over view: any CoinsView) { self.view = view }

    /// Bytes of memory in use, roughly.
    var memoryUse: Int { known.count * 256 }

    mutating func fetch(_ outPoints: [OutPoint]) throws(StorageError) {
        for outPoint in outPoints where known[outPoint] == nil {
            known.updateValue(try view.coin(at: outPoint), forKey: outPoint)
        }
    }

    func coin(at outPoint: OutPoint) -> Coin? { known[outPoint] ?? nil }

    mutating func spend(_ outPoint: OutPoint) -> Coin? {
        known.updateValue(nil, forKey: outPoint) ?? nil
    }

    mutating func add(_ coin: Coin, at outPoint: OutPoint) {
        known.updateValue(coin, forKey: outPoint)
    }
}
