import BitcoinChain
import BitcoinConsensus
import BitcoinCrypto
import BitcoinPrimitives
import ByteCoding
import Foundation
import Testing

/// The chain that Core wrote, loaded from a copy of its data folder.
struct FixtureTests {
    /// Loads a fresh copy; nil when there is no fixture.
    private func loaded(_ folder: TemporaryFolder) throws -> (chain: ChainState, report: LoadReport, facts: Facts)? {
        guard let facts = Fixture.facts, Fixture.unpack(into: folder) else { return nil }
        let chain = try ChainState(configuration(folder))
        return (chain, try chain.load(), facts)
    }

    private func configuration(_ folder: TemporaryFolder) -> ChainState.Configuration {
        let network = folder.path + "/datadir/regtest"
        return ChainState.Configuration(parameters: .regtest, directory: network, now: { Fixture.mocktime })
    }

    @Test func chainEqualsWhatCoreSaw() throws {
        let folder = try TemporaryFolder()
        guard let (chain, report, facts) = try loaded(folder) else { return }
        #expect(report.problems == [])
        #expect(report.blockCount == 211)
        #expect(chain.activeChain.height == 208)
        #expect(chain.tip.hash.description == facts.getblockchaininfo.bestblockhash)
        #expect(chain.tip.chainWork.hex == facts.getblockchaininfo.chainwork)
        #expect(chain.tip.medianTimePast == facts.getblockchaininfo.mediantime)
        #expect(chain.tree.bestHeader === chain.tip)
        #expect(!chain.isInitialBlockDownload())
        #expect(chain.sizeOnDisk == facts.getblockchaininfo.size_on_disk)
        #expect(chain.guessVerificationProgress(of: chain.tip) == 1)
        let tips = chain.chainTips().map {
            Facts.Tip(
                height: $0.block.height, hash: $0.block.hash.description, branchlen: $0.branchLength,
                status: $0.status.rawValue)
        }
        #expect(tips == facts.getchaintips)
    }

    @Test func everyBlockEqualsCores() throws {
        let folder = try TemporaryFolder()
        guard let (chain, _, facts) = try loaded(folder) else { return }
        #expect(facts.blocks.count == 209)
        for (height, expected) in facts.blocks.enumerated() {
            let index = try #require(chain.activeChain[height])
            #expect(Hex.encode(index.header.encoded) == expected.header)
            #expect(index.hash.description == expected.hash)
            guard let stats = expected.stats else { continue }
            let block = try chain.block(index)
            #expect(index.medianTimePast == stats.mediantime)
            #expect(index.transactionCount == stats.txs)
            #expect(block.transactions.dropFirst().reduce(0) { $0 + $1.inputs.count } == stats.ins)
            #expect(block.transactions.reduce(0) { $0 + $1.outputs.count } == stats.outs)
            #expect(block.transactions.dropFirst().reduce(0) { $0 + $1.weight } == stats.total_weight)
            #expect(block.transactions.dropFirst().reduce(0) { $0 + $1.totalSize } == stats.total_size)
            #expect(Subsidy.at(height: height, parameters: .regtest) == stats.subsidy)
            let spent = try #require(try chain.undo(of: index)).spentCoins.joined().reduce(0) { $0 + $1.output.value }
            let made = block.transactions.dropFirst().flatMap(\.outputs).reduce(0) { $0 + $1.value }
            #expect(spent - made == stats.totalfee)
        }
    }

    @Test func coinsEqualCores() throws {
        let folder = try TemporaryFolder()
        guard let (chain, _, facts) = try loaded(folder) else { return }
        let statistics = try CoinsStatistics(of: chain.coins)
        #expect(statistics.outputCount == facts.gettxoutsetinfo_none.txouts)
        #expect(statistics.bogoSize == facts.gettxoutsetinfo_none.bogosize)
        #expect(statistics.totalAmount.bitcoinText == "8925.00000000")
        #expect(statistics.transactionCount == facts.gettxoutsetinfo_hash_serialized_3.transactions)
        #expect(
            statistics.serializedHash.description == facts.gettxoutsetinfo_hash_serialized_3.hash_serialized_3)
        #expect(chain.coins.bestBlock == chain.tip.hash)
    }

    @Test func mempoolEqualsCores() throws {
        let folder = try TemporaryFolder()
        guard let (chain, _, facts) = try loaded(folder) else { return }
        let result = chain.loadMempool(try MempoolFile(path: folder.path + "/datadir/regtest/mempool.dat"))
        #expect(result.accepted == 6)
        #expect(result.refused.isEmpty)
        let expected = facts.getrawmempool_verbose
        #expect(Set(chain.mempool.transactionIDs.map(\.description)) == Set(expected.keys))
        #expect(chain.mempool.totalVirtualSize == 4607)
        #expect(chain.mempool.totalFee.bitcoinText == "0.00023129")
        for entry in chain.mempool.entriesInOrder {
            let facts = try #require(expected[entry.id.description])
            let ancestors = chain.mempool.ancestors(of: entry.id).compactMap { chain.mempool[$0] }
            let descendants = chain.mempool.descendants(of: entry.id).compactMap { chain.mempool[$0] }
            let chunk = try #require(chain.mempool.chunk(with: entry.id))
            #expect(entry.fee.bitcoinText == facts.fees.base)
            #expect(entry.modifiedFee.bitcoinText == facts.fees.modified)
            #expect(ancestors.reduce(0) { $0 + $1.modifiedFee }.bitcoinText == facts.fees.ancestor)
            #expect(descendants.reduce(0) { $0 + $1.modifiedFee }.bitcoinText == facts.fees.descendant)
            #expect(chunk.fee.bitcoinText == facts.fees.chunk)
            #expect(chunk.weight == facts.chunkweight)
            #expect(entry.virtualSize == facts.vsize)
            #expect(entry.transaction.weight == facts.weight)
            #expect(entry.transaction.witnessID.description == facts.wtxid)
            #expect(entry.time == facts.time)
            #expect(entry.height == facts.height)
            #expect(ancestors.count == facts.ancestorcount)
            #expect(descendants.count == facts.descendantcount)
            #expect(chain.mempool.parents(of: entry.id).map(\.description).sorted() == facts.depends.sorted())
            #expect(chain.mempool.children(of: entry.id).map(\.description).sorted() == facts.spentby.sorted())
            #expect(chain.mempool.unbroadcast.contains(entry.id) == facts.unbroadcast)
        }
    }

    @Test func goesOnWhereCoreStopped() throws {
        let folder = try TemporaryFolder()
        guard Fixture.facts != nil, Fixture.unpack(into: folder) else { return }
        let tip: BlockHash
        do {
            let chain = try ChainState(configuration(folder))
            _ = try chain.load(checks: .init(blockCount: 0, level: 4))
            _ = chain.loadMempool(try MempoolFile(path: folder.path + "/datadir/regtest/mempool.dat"))
            let template = try BlockAssembler.assemble(payingTo: Script([0x51]), on: chain)
            #expect(template.block.transactions.count == 7)
            #expect(template.fees == 23129)
            // The deployment that Core tests with is locked in by now, or started: the fixture's blocks signal it.
            #expect(template.block.header.version == chain.tip.header.version)
            var tries: UInt64 = 1_000_000
            let block = try #require(
                BlockAssembler.solve(template.block, parameters: chain.parameters, tries: &tries))
            #expect(try chain.acceptBlock(block) == .new)
            #expect(chain.activeChain.height == 209)
            #expect(chain.mempool.count == 0)
            tip = chain.tip.hash
            try chain.flush()
        }
        do {
            let again = try ChainState(configuration(folder))
            let report = try again.load()
            #expect(report.problems.isEmpty)
            #expect(again.tip.hash == tip)
            #expect(again.chainTips().map(\.status) == [.active, .validFork])
        }
    }

    @Test(arguments: [.coins, .everything] as [ChainState.Configuration.Rebuild])
    func buildsCoresChainAnew(rebuild: ChainState.Configuration.Rebuild) throws {
        let folder = try TemporaryFolder()
        guard let facts = Fixture.facts, Fixture.unpack(into: folder) else { return }
        var configuration = configuration(folder)
        configuration.rebuild = rebuild
        let chain = try ChainState(configuration)
        let report = try chain.load(checks: .init(blockCount: 0, level: 4))
        #expect(report.problems == [])
        #expect(chain.tip.hash.description == facts.getblockchaininfo.bestblockhash)
        let statistics = try CoinsStatistics(of: chain.coins)
        #expect(
            statistics.serializedHash.description == facts.gettxoutsetinfo_hash_serialized_3.hash_serialized_3)
    }
}
