import BitcoinChain
import BitcoinConsensus
import BitcoinPrimitives
import Testing

/// Connecting several blocks in a row, each made ready while the scripts of the one before are verified.
struct ActivationTests {
    /// What is wrong with a block.
    enum Defect: CaseIterable {
        case script
        case spentByParent
        case neverMade
        case subsidy

        var rule: ConsensusRule {
            switch self {
            case .script: .blockScript
            case .spentByParent, .neverMade: .inputsMissingOrSpent
            case .subsidy: .badCoinbaseAmount
            }
        }
    }

    private static let length = 6

    /// A chain of 110 blocks.
    private func prepared(threads: Int) throws -> TestChain {
        let test = try TestChain { $0.scriptThreads = threads }
        try test.mine(110)
        return test
    }

    /// Blocks on the one at height 105, one more than follow it already. Each spends what the one before has made.
    private func branch(_ test: TestChain, defect: Defect? = nil, at position: Int = 0) throws -> [Block] {
        var parent = try #require(test.chain.activeChain[105])
        var coin = try test.coinbase(at: 1)
        var before = coin.outPoint
        var blocks: [Block] = []
        for number in 1...Self.length {
            let isBad = number == position
            // What the next block spends can be spent by nobody if that one is to be wrong.
            let isTrap = number + 1 == position && defect == .script
            var spent = coin.outPoint
            if isBad, defect == .spentByParent { spent = before }
            if isBad, defect == .neverMade { spent.index = 7 }
            let payment = Transaction(
                inputs: [TransactionInput(previousOutput: spent, scriptSig: TestChain.scriptSig)],
                outputs: [
                    TransactionOutput(
                        value: coin.value - 1000, scriptPubKey: isTrap ? Script([0x75, 0x00]) : TestChain.script)
                ])
            let block = try test.block([payment], on: parent) { draft in
                draft.time += 1
                if isBad, defect == .subsidy { draft.outputs[0].value += 1001 }
            }
            blocks.append(block)
            (before, coin) = (coin.outPoint, (OutPoint(transactionID: payment.id, index: 0), coin.value - 1000))
            parent = try test.chain.acceptHeader(block.header)
        }
        return blocks
    }

    @Test(arguments: [1, 2, 4])
    func blocksThatSpendFromEachOtherAreConnectedInARow(threads: Int) throws {
        let test = try prepared(threads: threads)
        let blocks = try branch(test)
        for block in blocks { try test.chain.acceptBlock(block) }
        #expect(test.chain.tip.hash == blocks.last?.hash)
        #expect(test.chain.tip.height == 111)
        #expect(try test.chain.verify(VerificationScope(blockCount: 0, level: 4)) { _ in true } == .passed)
        // The same blocks one by one.
        let other = try TestChain()
        for height in 1...105 {
            try other.chain.acceptBlock(try test.chain.block(try #require(test.chain.activeChain[height])))
        }
        for block in blocks { try other.chain.acceptBlock(block) }
        #expect(other.chain.tip.hash == test.chain.tip.hash)
        let (one, two) = (try CoinsStatistics(of: test.chain.coins), try CoinsStatistics(of: other.chain.coins))
        #expect(one.serializedHash == two.serializedHash)
        #expect(one.outputCount == two.outputCount)
    }

    @Test(arguments: Defect.allCases, 2...5)
    func aBadBlockInARowIsFoundAndNothingOfItStays(defect: Defect, position: Int) throws {
        let test = try prepared(threads: 2)
        let (tip, before) = (test.chain.tip, try CoinsStatistics(of: test.chain.coins).serializedHash)
        let blocks = try branch(test, defect: defect, at: position)
        for block in blocks { try test.chain.acceptBlock(block) }
        #expect(test.chain.tip === tip)
        #expect(try CoinsStatistics(of: test.chain.coins).serializedHash == before)
        for (number, block) in zip(1..., blocks) {
            let failure = try #require(test.chain.tree[block.hash]).failure
            #expect((failure != nil) == (number >= position))
            if number == position { #expect(failure?.rule == defect.rule) }
        }
        // What is right of the branch can still be built on.
        try test.mine(2)
        #expect(try test.chain.verify(VerificationScope(blockCount: 0, level: 4)) { _ in true } == .passed)
    }
}
