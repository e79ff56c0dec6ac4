import BitcoinChain
import BitcoinConsensus
import BitcoinCrypto
import BitcoinPrimitives
import BitcoinScript
import Testing

/// Rules that only history explains, and what nodes have stumbled over.
struct HistoryRuleTests {
    /// Headers of a chain that has only the heights that matter.
    private struct Sketch: HeaderNode {
        var header: BlockHeader
        var height: Int
        var parent: Sketch? { nil }
        /// What stands at every lower height.
        var below: BlockHeader

        func ancestor(at height: Int) -> Sketch? {
            guard height <= self.height else { return nil }
            return Sketch(header: height == self.height ? header : below, height: height, below: below)
        }
    }

    @Test func genesisCoinbaseIsNoCoin() throws {
        let test = try TestChain()
        try test.mine(101)
        let genesis = ChainParameters.regtest.genesis.transactions[0]
        let outPoint = OutPoint(transactionID: genesis.id, index: 0)
        #expect(try test.chain.coins.coin(at: outPoint) == nil)
        let spend = Transaction(
            inputs: [TransactionInput(previousOutput: outPoint)],
            outputs: [TransactionOutput(value: 1, scriptPubKey: TestChain.script)])
        test.expectRejected(try test.block([spend]), .inputsMissingOrSpent)
    }

    @Test func transactionOf64BytesIsAllowed() throws {
        let test = try TestChain()
        try test.mine(101)
        let coin = try test.coinbase(at: 1)
        let small = Transaction(
            inputs: [TransactionInput(previousOutput: coin.outPoint, scriptSig: Script([0x51, 0x51, 0x51, 0x51]))],
            outputs: [TransactionOutput(value: 1, scriptPubKey: Script())])
        #expect(small.strippedSize == 64)
        try test.chain.acceptBlock(try test.block([small]))
    }

    @Test func lockTimesComparedWithTheBlockBeforeBIP113() throws {
        for csvHeight in [1, 1000] {
            var parameters = ChainParameters.regtest
            parameters.csvHeight = csvHeight
            let test = try TestChain(parameters: parameters)
            try test.mine(101)
            let time = UInt32(test.chain.tip.medianTimePast + 500)
            let spend = try test.spend(coinbaseAt: 1, sequence: 0, lockTime: time - 1, version: 1)
            let block = try test.block([spend], seal: { $0.time = time })
            if csvHeight == 1 {
                test.expectRejected(block, .nonFinalTransaction)
            } else {
                test.expectRejected(
                    try test.block([spend], seal: { $0.time = time - 1 }), .nonFinalTransaction)
                try test.chain.acceptBlock(block)
            }
        }
    }

    /// Nodes have fallen over 11 000 items, and over one of a megabyte.
    @Test func witnessesMayBeAsLargeAsBlocks() throws {
        let test = try TestChain()
        try test.mine(101)
        let plain = try test.spendWithAnyWitness()
        func block(_ witness: [[UInt8]]) throws -> Block {
            var input = plain.inputs[0]
            input.witness = witness
            return try test.block([Transaction(inputs: [input], outputs: plain.outputs)])
        }
        try test.chain.testValidity(of: try block([[UInt8]](repeating: [], count: 500_000)))
        try test.chain.testValidity(of: try block([[UInt8](repeating: 7, count: 2_000_000)]))
        // And a transaction of thousands of outputs and long scripts.
        let outputs = (0..<5000).map { _ in TransactionOutput(value: 0, scriptPubKey: Script([0x6a])) }
        let spend = try test.spend(coinbaseAt: 2).changing { _, all in all += outputs }
        try test.chain.acceptBlock(try test.block([spend]))
    }

    /// A transaction that was found valid under few rules is judged anew under more.
    @Test func whatWasValidUnderFewerRulesIsCheckedAgain() throws {
        let program = [0x51, 32] + [UInt8](repeating: 2, count: 32)
        let coin = Coin(
            output: TransactionOutput(value: 5, scriptPubKey: Script(program)), height: 1, isCoinbase: false)
        let spend = Transaction(
            inputs: [TransactionInput(previousOutput: OutPoint(transactionID: .zero, index: 0), witness: [[1]])],
            outputs: [TransactionOutput(value: 1, scriptPubKey: Script())])
        let test = try TestChain()
        let block = try test.block([spend])
        let checks = ScriptChecks(threadCount: 1, cacheSize: 1 << 16)
        let before = ScriptFlags.mandatory.subtracting(.taproot)
        for _ in 0..<2 {
            try checks.verify(block, spending: [[coin]], flags: before)
            #expect(throws: ConsensusFailure.self) {
                try checks.verify(block, spending: [[coin]], flags: .mandatory)
            }
        }
    }

    /// BIP30 costs a look at every output, and is left out where BIP34 has made all coinbases different.
    @Test func overwritingIsLookedAtWhereBIP34DoesNotExcludeIt() {
        func header(_ nonce: UInt32) -> BlockHeader {
            BlockHeader(version: 1, previousBlockHash: .zero, merkleRoot: .zero, time: 1, bits: 1, nonce: nonce)
        }
        let bip34 = header(34)
        var main = ChainParameters.main
        main.bip34Hash = bip34.hash
        func checks(_ height: Int, bip34 known: Bool, parameters: ChainParameters) -> Bool {
            let block = Block(header: header(1), transactions: [])
            let parent = Sketch(
                header: known ? bip34 : block.header, height: height - 1, below: known ? bip34 : block.header)
            return ConnectRules.checksOverwriting(block, after: parent, parameters: parameters)
        }
        // Other blocks at the heights of the exceptions are none.
        for height in [1, 91_722, 91_842, 91_880, 227_931] { #expect(checks(height, bip34: false, parameters: main)) }
        #expect(!checks(227_932, bip34: true, parameters: main))
        #expect(checks(227_932, bip34: false, parameters: main))
        #expect(!checks(1_983_701, bip34: true, parameters: main))
        #expect(checks(1_983_702, bip34: true, parameters: main))
        #expect(checks(5000, bip34: true, parameters: .regtest))
    }

    /// Of four blocks of 2010 two overwrote the coinbases of the two others. When all are taken back, those of the
    /// first two are gone already; anywhere else a missing coin means damage.
    @Test func coinbasesThatWereOverwrittenMayBeMissing() throws {
        let first = "00000000000271a2dc26e7667f8419f2e15416dc6955e5a6c6cdf3f2574dd08e"
        let second = "00000000000af0aed4792b1acee3d966af36cf5def14935db8de83d6f9306f2f"
        let overwriting = [
            (91_842, "00000000000a4d0a398161ffc163c503763b1f4360639393e0e4c8e300e0caec"),
            (91_880, "00000000000743f190a18c5577a3c2d2a1f610ae9601ac046a38084ccb7cd721"),
        ]
        func isOverwritten(_ height: Int, _ hash: String) throws -> Bool {
            DisconnectRules.isOverwritten(try #require(BlockHash(hex: hash)), height: height)
        }
        #expect(try isOverwritten(91_722, first))
        #expect(try isOverwritten(91_812, second))
        #expect(try !isOverwritten(91_812, first))
        #expect(try !isOverwritten(91_722, second))
        #expect(try !isOverwritten(91_723, first))
        for (height, hash) in overwriting { #expect(try !isOverwritten(height, hash)) }

        // The same block twice, on the coins that the second left behind when it was taken back: none.
        let test = try TestChain()
        let block = try test.block()
        var coins = try CoinsOverlay(over: test.chain.coins, fetching: [])
        #expect(throws: DisconnectRules.Failure.coinsMismatch) {
            try DisconnectRules.disconnect(block, undo: .init(spentCoins: []), height: 1, coins: &coins)
        }
        try DisconnectRules.disconnect(
            block, undo: .init(spentCoins: []), height: 1, isOverwritten: true, coins: &coins)
        #expect(coins.changes.isEmpty)
    }

    /// A coinbase that overwrites a coin in the database is not taken for one that the database does not have: when it
    /// is spent before the next flush, the old coin must not come to light again.
    @Test func anOverwrittenCoinStaysSpent() throws {
        let test = try TestChain()
        let outPoint = OutPoint(transactionID: try test.block().transactions[0].id, index: 0)
        let output = TransactionOutput(value: 50, scriptPubKey: TestChain.script)
        let coins = test.chain.coins
        let tip = test.chain.tip.hash
        try coins.apply([outPoint: Coin(output: output, height: 1, isCoinbase: true)], bestBlock: tip)
        try coins.flush(keepingCoins: false)
        // Nobody looks the coin up before it is overwritten, as nobody did in 2010.
        try coins.apply([outPoint: Coin(output: output, height: 2, isCoinbase: true)], bestBlock: tip)
        var changes: [OutPoint: Coin?] = [:]
        changes.updateValue(nil, forKey: outPoint)
        try coins.apply(changes, bestBlock: tip)
        #expect(try coins.coin(at: outPoint) == nil)
        try coins.flush(keepingCoins: false)
        #expect(try coins.coin(at: outPoint) == nil)
    }

    /// Scripts are taken for valid only under a block that the user names, and only deep enough.
    @Test(.timeLimit(.minutes(2)))
    func assumedScriptsAreDeepInTheBestChain() throws {
        let source = try TestChain()
        try source.mine(101)
        let good = try source.spend(coinbaseAt: 1)
        let bad = try source.block([good.changing { inputs, _ in inputs[0].scriptSig = Script() }])
        let blocks = try (1...101).map { try source.chain.block(#require(source.chain.activeChain[$0])) }
        let headers = try headers(after: bad.header, count: 2017)
        for (assumed, depth, isAccepted) in [
            (bad.hash, 2017, true), (bad.hash, 2016, false), (BlockHash.zero, 5, false),
        ] as [(BlockHash, Int, Bool)] {
            let test = try TestChain { $0.assumedValid = assumed }
            for block in blocks { try test.chain.acceptBlock(block) }
            _ = try test.chain.acceptHeader(bad.header)
            test.clock.time += 3_000_000
            for header in headers.prefix(depth) { _ = try test.chain.acceptHeader(header) }
            if isAccepted {
                try test.chain.acceptBlock(bad)
                #expect(test.chain.tip.hash == bad.hash)
            } else {
                test.expectRejected(bad, .blockScript)
            }
        }
    }

    private func headers(after first: BlockHeader, count: Int) throws -> [BlockHeader] {
        var headers: [BlockHeader] = []
        var previous = first
        for _ in 0..<count {
            let draft = Block(
                header: BlockHeader(
                    version: 0x2000_0000, previousBlockHash: previous.hash, merkleRoot: .zero, time: previous.time + 1,
                    bits: previous.bits, nonce: 0), transactions: [])
            var tries: UInt64 = 1000
            let solved = try #require(BlockAssembler.solve(draft, parameters: .regtest, tries: &tries))
            headers.append(solved.header)
            previous = solved.header
        }
        return headers
    }
}
