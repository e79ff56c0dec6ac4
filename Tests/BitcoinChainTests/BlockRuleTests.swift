import BitcoinChain
import BitcoinConsensus
import BitcoinCrypto
import BitcoinPrimitives
import Testing

/// One test for each rule of headers and blocks, with a block just inside and one just outside.
struct BlockRuleTests {
    @Test func proofOfWorkIsNeeded() throws {
        let test = try TestChain()
        let good = try test.block()
        // About half of all hashes meet regtest's target, so some nonce does not.
        var bad = good
        while UInt256(bad.hash.rawValue) <= ChainParameters.regtest.powLimit {
            let header = bad.header
            bad = Block(
                header: BlockHeader(
                    version: header.version, previousBlockHash: header.previousBlockHash,
                    merkleRoot: header.merkleRoot, time: header.time, bits: header.bits, nonce: header.nonce + 1),
                transactions: bad.transactions)
        }
        test.expectRejected(bad, .highHash)
        try test.chain.acceptBlock(good)
    }

    @Test func bitsMustBeTheRequiredOnes() throws {
        let test = try TestChain()
        test.expectRejected(try test.block(seal: { $0.bits = 0x207f_fffe }), .badDifficultyBits)
        test.expectRejected(try test.block(seal: { $0.bits = 0x1f7f_ffff }), .badDifficultyBits)
        try test.chain.acceptBlock(try test.block())
    }

    @Test func timeMustBeAfterTheMedian() throws {
        let test = try TestChain()
        try test.mine(12)
        let median = test.chain.tip.medianTimePast
        test.expectRejected(try test.block(seal: { $0.time = UInt32(median) }), .timeTooOld)
        try test.chain.acceptBlock(try test.block(seal: { $0.time = UInt32(median + 1) }))
    }

    @Test func timeMustNotBeFarInTheFuture() throws {
        let test = try TestChain()
        let latest = UInt32(test.clock.time + 7200)
        let late = try test.block(seal: { $0.time = latest + 1 })
        test.expectRejected(late, .timeTooNew)
        try test.chain.acceptBlock(try test.block(seal: { $0.time = latest }))
        // Nothing was marked: later it is good.
        test.clock.time += 1
        try test.chain.acceptBlock(late)
    }

    @Test func newPeriodMustNotStartFarBeforeTheOldEnd() throws {
        var parameters = ChainParameters.regtest
        parameters.enforcesBIP94 = true
        let test = try TestChain(parameters: parameters)
        try test.mine(141)
        test.clock.time += 3000
        try test.mine(2)
        let last = test.chain.tip.header.time
        #expect(Int64(last) - 601 > test.chain.tip.medianTimePast)
        test.expectRejected(try test.block(seal: { $0.time = last - 601 }), .timewarpAttack)
        try test.chain.acceptBlock(try test.block(seal: { $0.time = last - 600 }))
    }

    @Test func versionMustBeCurrent() throws {
        let test = try TestChain()
        for version: Int32 in [-1, 1, 2, 3] {
            let block = try test.block(seal: { $0.version = version })
            test.expectRejected(block, .badVersion)
        }
        let failure = #expect(throws: BlockAcceptanceError.self) {
            try test.chain.acceptBlock(try test.block(seal: { $0.version = 1 }))
        }
        #expect(failure?.description == "bad-version(0x00000001), rejected nVersion=0x00000001 block")
        try test.chain.acceptBlock(try test.block(seal: { $0.version = 4 }))
    }

    @Test func previousBlockMustBeKnown() throws {
        let test = try TestChain()
        let unknown = try #require(
            BlockHash(hex: "00000000000000000000000000000000000000000000000000000000000000aa"))
        test.expectRejected(try test.block(seal: { $0.previous = unknown }), .previousBlockNotFound)
    }

    @Test func merkleRootMustMatch() throws {
        let test = try TestChain()
        let wrong = try #require(Hash256(hex: "00000000000000000000000000000000000000000000000000000000000000aa"))
        test.expectRejected(try test.block(seal: { $0.merkleRoot = wrong }), .badMerkleRoot)
    }

    @Test func repeatedTransactionsMustNotPassForOthers() throws {
        let test = try TestChain()
        try test.mine(103)
        let spends = try [1, 2].map { try test.spend(coinbaseAt: $0) }
        let good = try test.block(spends)
        // The same root comes from the last one twice (CVE-2012-2459); the block without it must stay acceptable.
        let mutated = Block(header: good.header, transactions: good.transactions + [good.transactions[2]])
        test.expectRejected(mutated, .duplicateTransactions)
        try test.chain.acceptBlock(good)
    }

    @Test func blockMustNotBeTooLong() throws {
        let test = try TestChain()
        func block(_ length: Int) throws -> Block {
            try test.block {
                $0.outputs.append(
                    TransactionOutput(
                        value: 0, scriptPubKey: Script([0x6a] + [UInt8](repeating: 0, count: length - 1))))
            }
        }
        let overhead = try block(100_000).strippedSize - 100_000
        let longest = 1_000_000 - overhead
        test.expectRejected(try block(longest + 1), .badBlockLength)
        // The stripped size is at the limit; the coinbase's witness makes it too heavy.
        test.expectRejected(try block(longest), .badBlockWeight)
        // The witness adds marker, flag and 34 bytes of reserved value.
        try test.chain.acceptBlock(try block(longest - 9))
    }

    @Test func firstTransactionMustBeTheOnlyCoinbase() throws {
        let test = try TestChain()
        try test.mine(101)
        let spend = try test.spend(coinbaseAt: 1)
        let missing = try test.block(seal: {
            $0.all = [spend]
            $0.merkleRoot = spend.id.rawValue
        })
        test.expectRejected(missing, .coinbaseMissing)
        let other = try test.block().transactions[0]
        test.expectRejected(try test.block([other]), .coinbaseMultiple)
        let empty = try test.block(seal: {
            $0.all = []
            $0.merkleRoot = .zero
        })
        test.expectRejected(empty, .badBlockLength)
    }

    @Test func sigopsMustNotExceedTheLimit() throws {
        let test = try TestChain()
        func block(_ sigops: Int) throws -> Block {
            try test.block {
                $0.outputs.append(
                    TransactionOutput(value: 0, scriptPubKey: Script([UInt8](repeating: 0xac, count: sigops))))
            }
        }
        test.expectRejected(try block(20_001), .badBlockSigops)
        try test.chain.acceptBlock(try block(20_000))
    }

    @Test func witnessSigopsCountOneAndRedeemScriptsFour() {
        let redeem: [UInt8] = [0x52, 0xae]
        let p2sh = Script([0xa9, 0x14] + HASH160.hash(redeem) + [0x87])
        let witnessScript = [UInt8](repeating: 0xac, count: 7)
        let p2wsh = Script([0x00, 0x20] + SHA256.hash(witnessScript))
        func cost(_ script: Script, scriptSig: [UInt8], witness: [[UInt8]], countsP2SH: Bool = true) -> Int {
            let transaction = Transaction(
                inputs: [
                    TransactionInput(previousOutput: .null, scriptSig: Script(scriptSig), witness: witness),
                    TransactionInput(previousOutput: .null),
                ], outputs: [TransactionOutput(value: 0, scriptPubKey: Script([0xae]))])
            let coins = [script, TestChain.script].map {
                Coin(output: TransactionOutput(value: 0, scriptPubKey: $0), height: 1, isCoinbase: false)
            }
            return Sigops.cost(of: transaction, spending: coins, countsP2SH: countsP2SH)
        }
        #expect(cost(TestChain.script, scriptSig: [], witness: []) == 80)
        #expect(cost(p2sh, scriptSig: [2] + redeem, witness: []) == 88)
        #expect(cost(p2sh, scriptSig: [2] + redeem, witness: [], countsP2SH: false) == 80)
        #expect(cost(p2wsh, scriptSig: [], witness: [witnessScript]) == 87)
        #expect(cost(p2sh, scriptSig: [34] + p2wsh.bytes, witness: [witnessScript]) == 87)
        #expect(cost(Script([0x00, 0x14] + HASH160.hash([])), scriptSig: [], witness: [[], []]) == 81)
    }

    @Test func transactionsMustBeFinal() throws {
        let test = try TestChain()
        try test.mine(101)
        let next = UInt32(test.chain.activeChain.height + 1)
        func block(_ lockTime: UInt32, _ sequence: UInt32 = 0) throws -> Block {
            try test.block([test.spend(coinbaseAt: 1, sequence: sequence, lockTime: lockTime, version: 1)])
        }
        test.expectRejected(try block(next), .nonFinalTransaction)
        let median = UInt32(test.chain.tip.medianTimePast)
        test.expectRejected(try block(median), .nonFinalTransaction)
        // The last sequence number switches lock times off.
        try test.chain.testValidity(of: try block(next, 0xffff_ffff))
        try test.chain.testValidity(of: try block(median - 1))
        try test.chain.acceptBlock(try block(next - 1))
    }

    @Test func relativeLockTimesMustHavePassed() throws {
        let test = try TestChain()
        try test.mine(103)
        // The coin of height 2 has 102 blocks on top in the next block.
        func block(_ sequence: UInt32, _ version: UInt32 = 2) throws -> Block {
            try test.block([test.spend(coinbaseAt: 2, sequence: sequence, version: version)])
        }
        test.expectRejected(try block(103), .nonFinalTransaction)
        try test.chain.testValidity(of: try block(102))
        try test.chain.testValidity(of: try block(103, 1))
        try test.chain.testValidity(of: try block(1 << 31 | 103))
        // A version with the top bit set is a large number, not a negative one.
        test.expectRejected(try block(103, 0xffff_ffff), .nonFinalTransaction)

        // In time: from the median time before the coin's block, in units of 512 seconds.
        let start = try #require(test.chain.activeChain[1]).medianTimePast
        let passed = test.chain.tip.medianTimePast - start
        let units = UInt32(passed / 512)
        test.expectRejected(try block(1 << 22 | (units + 1)), .nonFinalTransaction)
        try test.chain.acceptBlock(try block(1 << 22 | units))
    }

    @Test func coinbaseMustStartWithTheHeight() throws {
        let test = try TestChain()
        test.expectRejected(try test.block(change: { $0.scriptSig = [0x52, 0x00] }), .badCoinbaseHeight)
        // The height as a push of one byte is another script than the opcode.
        test.expectRejected(try test.block(change: { $0.scriptSig = [0x01, 0x01] }), .badCoinbaseHeight)
        try test.chain.acceptBlock(try test.block(change: { $0.scriptSig = [0x51, 0xff, 0xff] }))
    }

    @Test(arguments: [
        (0, [0x00] as [UInt8]), (1, [0x51]), (16, [0x60]), (17, [0x01, 0x11]), (127, [0x01, 0x7f]),
        (128, [0x02, 0x80, 0x00]), (255, [0x02, 0xff, 0x00]), (256, [0x02, 0x00, 0x01]),
        (32767, [0x02, 0xff, 0x7f]), (32768, [0x03, 0x00, 0x80, 0x00]), (227_931, [0x03, 0x5b, 0x7a, 0x03]),
    ])
    func heightIsPushedAsCoreDoes(height: Int, push: [UInt8]) {
        #expect(CoinbaseHeight.push(height) == push)
    }

    @Test func witnessCommitmentMustMatch() throws {
        let test = try TestChain()
        try test.mine(101)
        let plain = try test.spendWithAnyWitness()
        var input = plain.inputs[0]
        input.witness = [[1, 2, 3]]
        let spend = Transaction(inputs: [input], outputs: plain.outputs)
        test.expectRejected(
            try test.block([spend], change: { $0.witness = [[0]] }), .badWitnessNonceSize)
        test.expectRejected(
            try test.block([spend], change: { $0.witness = [[], []] }), .badWitnessNonceSize)
        test.expectRejected(
            try test.block([spend], change: { $0.commits = false }), .unexpectedWitness)
        let good = try test.block([spend])
        // Another witness for the same header: refused, but the header stays good.
        input.witness = [[1, 2, 4]]
        let other = Block(
            header: good.header,
            transactions: [good.transactions[0], Transaction(inputs: [input], outputs: plain.outputs)])
        test.expectRejected(other, .badWitnessMerkleMatch)
        try test.chain.acceptBlock(good)
    }

    @Test func lastCommitmentOfTheCoinbaseCounts() throws {
        let test = try TestChain()
        let wrong = Script(Block.witnessCommitmentPrefix + [UInt8](repeating: 7, count: 32))
        // A wrong one before the right one does not matter; after it, it does.
        try test.chain.acceptBlock(
            try test.block { $0.outputs.append(TransactionOutput(value: 0, scriptPubKey: wrong)) })
        let block = try test.block {
            $0.commits = false
            $0.outputs.append(TransactionOutput(value: 0, scriptPubKey: wrong))
        }
        test.expectRejected(block, .badWitnessNonceSize)
    }

    @Test func weightMustNotExceedTheLimit() throws {
        let test = try TestChain()
        try test.mine(101)
        let plain = try test.spendWithAnyWitness()
        func block(_ length: Int) throws -> Block {
            var input = plain.inputs[0]
            input.witness = [[UInt8](repeating: 0, count: length)]
            return try test.block([Transaction(inputs: [input], outputs: plain.outputs)])
        }
        let overhead = try block(100_000).weight - 100_000
        let heaviest = try block(4_000_000 - overhead)
        #expect(heaviest.weight == 4_000_000)
        test.expectRejected(try block(4_000_001 - overhead), .badBlockWeight)
        try test.chain.acceptBlock(heaviest)
    }
}
