import BitcoinChain
import BitcoinConsensus
import BitcoinCrypto
import BitcoinPrimitives
import ByteCoding
import Foundation
import Testing

/// The indexes that Core wrote, opened here, and the same ones built here.
struct FixtureIndexTests {
    /// What Core's RPC said about filters and coins.
    private struct IndexFacts: Decodable {
        struct Filter: Decodable {
            var filter: String
            var header: String
        }

        struct BlockFacts: Decodable {
            var hash: String
            var filter: Filter
        }

        struct Coins: Decodable {
            var muhash: String
            var bogosize: UInt64
            var txouts: UInt64
            var total_amount: String
            var total_unspendable_amount: String
        }

        var blocks: [BlockFacts]
        var gettxoutsetinfo_muhash: Coins
    }

    private func withChain(_ body: (ChainState, String, IndexFacts) throws -> Void) throws {
        let folder = try TemporaryFolder()
        guard let facts: IndexFacts = Fixture.decodeFacts(), Fixture.unpack(into: folder) else { return }
        let directory = folder.path + "/datadir/regtest"
        let configuration = ChainState.Configuration(
            parameters: .regtest, directory: directory, now: { Fixture.mocktime })
        let chain = try ChainState(configuration)
        _ = try chain.load()
        try body(chain, directory, facts)
    }

    private func expectFilters(_ index: BlockFilterIndex, _ chain: ChainState, _ facts: IndexFacts) throws {
        #expect(facts.blocks.count == 209)
        for (height, expected) in facts.blocks.enumerated() {
            let block = try #require(chain.activeChain[height]).indexed
            #expect(block.hash.description == expected.hash)
            #expect(try index.filter(of: block).map { Hex.encode($0.encoded) } == expected.filter.filter)
            #expect(try index.header(of: block)?.description == expected.filter.header)
        }
    }

    private func expectCoins(_ index: CoinStatisticsIndex, _ chain: ChainState, _ facts: IndexFacts) throws {
        let totals = try #require(try index.totals(after: chain.tip.indexed))
        let expected = facts.gettxoutsetinfo_muhash
        #expect(totals.setHash.description == expected.muhash)
        #expect(totals.bogoSize == expected.bogosize)
        #expect(totals.outputCount == expected.txouts)
        #expect(totals.amount.bitcoinText == expected.total_amount)
        #expect(totals.unspendable.bitcoinText == expected.total_unspendable_amount)
        let coins = try CoinsStatistics(of: chain.coins, hashing: .set)
        #expect(coins.setHash == totals.setHash)
    }

    private func expectTransactions(_ index: TransactionIndex, _ chain: ChainState) throws {
        for height in 1...chain.activeChain.height {
            let block = try #require(chain.activeChain[height])
            for transaction in try chain.block(block).transactions {
                let found = try chain.findTransaction(transaction.id, in: index)
                #expect(found?.transaction == transaction)
                #expect(found?.block == block.hash)
            }
        }
        #expect(try chain.findTransaction(.zero, in: index) == nil)
    }

    @Test func coresIndexesAreInStepAndAnswerAsCore() throws {
        try withChain { chain, directory, facts in
            let transactions = try TransactionIndex(directory: directory)
            let filters = try BlockFilterIndex(directory: directory)
            let coins = try CoinStatisticsIndex(directory: directory, parameters: .regtest)
            for index in [transactions, filters, coins] as [any ChainIndex] {
                let follower = try chain.attach(index)
                #expect(follower.summary.isSynchronized)
                #expect(follower.summary.height == 208)
            }
            #expect(!transactions.hasLegacyEntries)
            try expectFilters(filters, chain, facts)
            try expectCoins(coins, chain, facts)
            try expectTransactions(transactions, chain)
        }
    }

    @Test func indexesBuiltHereAnswerAsCore() throws {
        try withChain { chain, directory, facts in
            let filters = try BlockFilterIndex(directory: directory, isRebuilt: true)
            let coins = try CoinStatisticsIndex(directory: directory, parameters: .regtest, isRebuilt: true)
            let transactions = try TransactionIndex(directory: directory, isRebuilt: true)
            let spenders = try SpenderIndex(directory: directory, isRebuilt: true)
            for index in [transactions, filters, coins, spenders] as [any ChainIndex] {
                let follower = try chain.attach(index)
                #expect(!follower.isSynchronized)
                try chain.catchUp(follower)
                #expect(follower.summary.height == 208)
            }
            try expectFilters(filters, chain, facts)
            try expectCoins(coins, chain, facts)
            try expectTransactions(transactions, chain)
        }
    }
}
