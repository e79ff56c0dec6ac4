import BitcoinChain
import BitcoinConsensus
import BitcoinCrypto
import BitcoinPrimitives
import Testing

/// One test for each rule that needs coins.
struct ConnectRuleTests {
    @Test func inputsMustBeThereAndUnspent() throws {
        let test = try TestChain()
        try test.mine(102)
        let spend = try test.spend(coinbaseAt: 1)
        test.expectRejected(
            try test.block([spend, test.spend(coinbaseAt: 1, fee: 5)]), .inputsMissingOrSpent)
        // A transaction may spend what one before it in the block makes, but not the other way round.
        let child = Transaction(
            inputs: [
                TransactionInput(
                    previousOutput: OutPoint(transactionID: spend.id, index: 0), scriptSig: TestChain.scriptSig)
            ],
            outputs: [TransactionOutput(value: 1, scriptPubKey: TestChain.script)])
        test.expectRejected(try test.block([child, spend]), .inputsMissingOrSpent)
        try test.chain.acceptBlock(try test.block([spend, child]))
        test.expectRejected(try test.block([try test.spend(coinbaseAt: 1)]), .inputsMissingOrSpent)
    }

    @Test func outputThatCanNeverBeSpentIsNoCoin() throws {
        let test = try TestChain()
        try test.mine(102)
        // Pushes of 520 bytes that are dropped again, and a true item: 10 000 bytes.
        var longest: [UInt8] = []
        for _ in 0..<19 { longest += [0x4d, 0x08, 0x02] + [UInt8](repeating: 7, count: 520) + [0x75] }
        longest += [41] + [UInt8](repeating: 7, count: 41) + [0x75, 0x51]
        #expect(longest.count == 10_000)
        for (height, bytes, rule) in [
            (1, [0x6a] as [UInt8], ConsensusRule.inputsMissingOrSpent),
            (2, [UInt8](repeating: 0x51, count: 10_001), .inputsMissingOrSpent),
            (2, longest, nil),
        ] as [(Int, [UInt8], ConsensusRule?)] {
            let spend = try test.spend(coinbaseAt: height, script: Script(bytes))
            let child = Transaction(
                inputs: [TransactionInput(previousOutput: OutPoint(transactionID: spend.id, index: 0))],
                outputs: [TransactionOutput(value: 1, scriptPubKey: TestChain.script)])
            let block = try test.block([spend, child])
            if let rule { test.expectRejected(block, rule) } else { try test.chain.acceptBlock(block) }
        }
    }

    @Test func coinbaseMustMature() throws {
        let test = try TestChain()
        try test.mine(100)
        // Block 101 may spend the coinbase of block 1, not that of block 2.
        test.expectRejected(try test.block([test.spend(coinbaseAt: 2)]), .prematureCoinbaseSpend)
        try test.chain.acceptBlock(try test.block([test.spend(coinbaseAt: 1)]))
    }

    @Test func transactionMustNotPayMoreThanItSpends() throws {
        let test = try TestChain()
        try test.mine(101)
        let failure = #expect(throws: BlockAcceptanceError.self) {
            try test.chain.acceptBlock(try test.block([test.spend(coinbaseAt: 1, fee: -1)]))
        }
        #expect(
            failure?.description.hasPrefix(
                "bad-txns-in-belowout, value in (50.00) < value out (50.00000001) in transaction ") == true)
        try test.chain.acceptBlock(try test.block([test.spend(coinbaseAt: 1, fee: 0)]))
    }

    @Test func coinbaseMustNotPayMoreThanSubsidyAndFees() throws {
        let test = try TestChain()
        try test.mine(101)
        let spend = try test.spend(coinbaseAt: 1, fee: 1000)
        test.expectRejected(try test.block([spend], change: { $0.outputs[0].value += 1001 }), .badCoinbaseAmount)
        try test.chain.acceptBlock(try test.block([spend], change: { $0.outputs[0].value += 1000 }))
        // Less is allowed; what is not claimed is gone.
        try test.chain.acceptBlock(try test.block(change: { $0.outputs[0].value = 1 }))
    }

    @Test func coinbaseMustNotOverwriteAnUnspentOne() throws {
        var parameters = ChainParameters.regtest
        // Without heights in coinbases two of them can be the same, as on mainnet in 2010.
        parameters.bip34Height = 1_000_000
        let test = try TestChain(parameters: parameters)
        let first = try test.block { $0.scriptSig = [1, 1] }
        try test.chain.acceptBlock(first)
        test.expectRejected(try test.block { $0.scriptSig = [1, 1] }, .overwritesTransaction)
        try test.chain.acceptBlock(try test.block { $0.scriptSig = [1, 2] })
    }

    @Test func subsidyHalvesUntilNothingIsLeft() {
        let main = ChainParameters.main
        #expect(Subsidy.at(height: 0, parameters: main) == 5_000_000_000)
        #expect(Subsidy.at(height: 209_999, parameters: main) == 5_000_000_000)
        #expect(Subsidy.at(height: 210_000, parameters: main) == 2_500_000_000)
        #expect(Subsidy.at(height: 210_000 * 33 - 1, parameters: main) == 1)
        #expect(Subsidy.at(height: 210_000 * 33, parameters: main) == 0)
        #expect(Subsidy.at(height: 210_000 * 64, parameters: main) == 0)
        let all = (0..<34).reduce(Amount(0)) { $0 + 210_000 * Subsidy.at(height: $1 * 210_000, parameters: main) }
        #expect(all == 2_099_999_997_690_000)
        #expect(Subsidy.at(height: 150, parameters: .regtest) == 2_500_000_000)
    }
}

/// The rules of single transactions.
struct TransactionRuleTests {
    private static let somewhere = OutPoint(
        transactionID: TransactionID(rawValue: SHA256d.hash([1])), index: 0)

    private func transaction(
        _ inputs: [OutPoint] = [somewhere], values: [Amount] = [1], scriptSig: [UInt8] = []
    ) -> Transaction {
        Transaction(
            inputs: inputs.map { TransactionInput(previousOutput: $0, scriptSig: Script(scriptSig)) },
            outputs: values.map { TransactionOutput(value: $0, scriptPubKey: TestChain.script) })
    }

    private func failure(_ transaction: Transaction) -> ConsensusRule? {
        do {
            try TransactionRules.check(transaction)
            return nil
        } catch {
            return error.rule
        }
    }

    @Test func brokenRulesHaveCoresNames() {
        let max = Amount.maxMoney
        #expect(failure(transaction()) == nil)
        #expect(failure(transaction([])) == .noInputs)
        #expect(failure(transaction(values: [])) == .noOutputs)
        #expect(failure(transaction(values: [0, max])) == nil)
        #expect(failure(transaction(values: [-1])) == .outputNegative)
        #expect(failure(transaction(values: [.min])) == .outputNegative)
        #expect(failure(transaction(values: [max + 1])) == .outputTooLarge)
        #expect(failure(transaction(values: [max, 1])) == .outputTotalTooLarge)
        #expect(failure(transaction([Self.somewhere, Self.somewhere])) == .duplicateInputs)
        #expect(failure(transaction([Self.somewhere, .null])) == .nullPreviousOutput)
        #expect(failure(transaction([.null], scriptSig: [1])) == .badCoinbaseLength)
        #expect(failure(transaction([.null], scriptSig: [1, 1])) == nil)
        #expect(failure(transaction([.null], scriptSig: [UInt8](repeating: 0, count: 100))) == nil)
        #expect(failure(transaction([.null], scriptSig: [UInt8](repeating: 0, count: 101))) == .badCoinbaseLength)
        #expect(failure(transaction(scriptSig: [UInt8](repeating: 0, count: 1_000_000))) == .transactionOversize)
    }

    @Test func inputValuesMustBeInRange() throws {
        func fee(_ values: [Amount]) throws(ConsensusFailure) -> Amount {
            let inputs = values.indices.map {
                OutPoint(transactionID: Self.somewhere.transactionID, index: UInt32($0))
            }
            let coins = values.map {
                Coin(
                    output: TransactionOutput(value: $0, scriptPubKey: TestChain.script), height: 1, isCoinbase: false)
            }
            return try TransactionRules.fee(of: transaction(inputs), spending: coins, height: 5)
        }
        #expect(try fee([5, 6]) == 10)
        #expect(try fee([.maxMoney]) == .maxMoney - 1)
        #expect(throws: ConsensusFailure(.inputValuesOutOfRange)) { try fee([.maxMoney, 1]) }
        #expect(throws: ConsensusFailure(.inputValuesOutOfRange)) { try fee([.maxMoney + 1]) }
        #expect(throws: ConsensusFailure(.inputValuesOutOfRange)) { try fee([-1]) }
    }

    @Test func rejectStringsAreDistinct() {
        #expect(Set(ConsensusRule.allCases.map(\.rawValue)).count == ConsensusRule.allCases.count)
        #expect(ConsensusFailure(.highHash, "proof of work failed").description == "high-hash, proof of work failed")
    }
}
