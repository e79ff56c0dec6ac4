import BitcoinChain
import BitcoinConsensus
import BitcoinCrypto
import BitcoinPrimitives
import BitcoinScript
import ByteCoding
import Testing

/// Scripts of blocks and of the mempool.
struct ScriptCheckTests {
    /// A transaction of many inputs, each spending an output that anybody can spend who pushes `1`.
    private func block(inputs: Int, transactions: Int, wrong: Set<Int> = []) -> (block: Block, coins: [[Coin]]) {
        let coinbase = Transaction(
            inputs: [TransactionInput(previousOutput: .null, scriptSig: Script([0, 0]))],
            outputs: [TransactionOutput(value: 0, scriptPubKey: Script())])
        var all = [coinbase]
        var coins: [[Coin]] = []
        for number in 0..<transactions {
            let ins = (0..<inputs).map { input in
                let position = number * inputs + input
                return TransactionInput(
                    previousOutput: OutPoint(transactionID: coinbase.id, index: UInt32(position)),
                    scriptSig: Script(wrong.contains(position) ? [0x00] : [0x51]))
            }
            all.append(Transaction(inputs: ins, outputs: []))
            let output = TransactionOutput(value: 1, scriptPubKey: Script([0x76, 0x69]))
            coins.append(ins.map { _ in Coin(output: output, height: 1, isCoinbase: false) })
        }
        let header = BlockHeader(
            version: 1, previousBlockHash: .zero, merkleRoot: .zero, time: 0, bits: 0, nonce: 0)
        return (Block(header: header, transactions: all), coins)
    }

    private func failure(_ checks: ScriptChecks, _ made: (block: Block, coins: [[Coin]])) -> ConsensusFailure? {
        do {
            try checks.verify(made.block, spending: made.coins, flags: .mandatory)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [1, 2, 7])
    func firstFailureIsTheSameHoweverManyThreads(threads: Int) {
        let checks = ScriptChecks(threadCount: threads, cacheSize: 1 << 16)
        #expect(failure(checks, block(inputs: 3, transactions: 0)) == nil)
        for (inputs, transactions) in [(1, 1), (1, 40), (40, 1), (7, 33)] {
            let total = inputs * transactions
            #expect(failure(checks, block(inputs: inputs, transactions: transactions)) == nil)
            for wrong: Set<Int> in [[0], [total - 1], [total / 2, total - 1], Set(0..<total)] {
                let made = block(inputs: inputs, transactions: transactions, wrong: wrong)
                let first = wrong.min() ?? 0
                let transaction = made.block.transactions[1 + first / inputs]
                let found = failure(checks, made)
                #expect(found?.rule == .blockScript)
                #expect(
                    found?.rejectReason
                        == "block-script-verify-flag-failed (Script failed an OP_VERIFY operation)")
                #expect(
                    found?.detail
                        == "input \(first % inputs) of \(transaction.id) (wtxid \(transaction.witnessID)), "
                        + "spending \(transaction.inputs[first % inputs].previousOutput)")
            }
        }
    }

    @Test func flagsFollowHeightAndExceptions() throws {
        func flags(_ hash: String, _ height: Int, _ parameters: ChainParameters) throws -> [String] {
            ScriptFlags.forBlock(try #require(BlockHash(hex: hash)), height: height, parameters: parameters).names
        }
        let other = String(repeating: "1", count: 64)
        let first = ["P2SH", "TAPROOT", "WITNESS"]
        #expect(try flags(other, 0, .main) == first)
        #expect(try flags(other, 363_724, .main) == first)
        #expect(try flags(other, 363_725, .main) == ["DERSIG"] + first)
        #expect(try flags(other, 388_381, .main) == ["CHECKLOCKTIMEVERIFY", "DERSIG"] + first)
        let csv = ["CHECKLOCKTIMEVERIFY", "CHECKSEQUENCEVERIFY", "DERSIG"]
        #expect(try flags(other, 419_328, .main) == csv + first)
        #expect(try flags(other, 481_823, .main) == csv + first)
        #expect(try flags(other, 481_824, .main) == csv + ["NULLDUMMY"] + first)
        #expect(try flags(other, 481_824, .main) == ScriptFlags.mandatory.names)
        let bip16 = "00000000000002dc756eebf4f49723ed8d30cc28a5f108eb94b1ba88ac4f9c22"
        #expect(try flags(bip16, 170_060, .main) == [])
        let taproot = "0000000000000000000f14c35b2d841e986ab5441de8c585d5ffe55ea1e395ad"
        #expect(try flags(taproot, 692_261, .main) == csv + ["NULLDUMMY", "P2SH", "WITNESS"])
        let testnet = "00000000dd30457c001f4095d208cc1296b0eed002427aa599874af7a432b105"
        #expect(try flags(testnet, 394, .testnet) == [])
        #expect(try flags(bip16, 394, .testnet) == first)
        #expect(try flags(other, 1, .regtest) == ScriptFlags.mandatory.names)
    }

    @Test func blockWithABadScriptIsInvalidAndNothingElse() throws {
        let test = try TestChain()
        try test.mine(102)
        let good = try test.spend(coinbaseAt: 1)
        var input = good.inputs[0]
        input.scriptSig = Script()
        let bad = Transaction(inputs: [input], outputs: good.outputs)
        let block = try test.block([bad])
        test.expectRejected(block, .blockScript)
        #expect(test.chain.tip.height == 102)
        test.expectRejected(block, .duplicateInvalid)
        #expect(throws: BlockAcceptanceError.self) {
            try test.chain.acceptBlock(try test.block(on: test.chain.tree[block.header.hash]))
        }
        try test.chain.acceptBlock(try test.block([good]))
        #expect(test.chain.tip.height == 103)
    }

    @Test func mempoolObeysPolicyAndRemembersForTheBlock() throws {
        let test = try TestChain()
        try test.mine(103)
        let good = try test.spend(coinbaseAt: 1)
        var input = good.inputs[0]
        // Valid in a block, but a push too many by policy.
        input.scriptSig = Script([0x51] + TestChain.scriptSig.bytes)
        let untidy = Transaction(inputs: [input], outputs: good.outputs)
        func rejection(_ transaction: Transaction) -> String? {
            do {
                try test.chain.acceptTransaction(transaction, time: test.clock.time)
                return nil
            } catch {
                return error.description
            }
        }
        #expect(
            rejection(untidy)
                == "mempool-script-verify-flag-failed (Stack size must be exactly one after execution)")
        #expect(rejection(good) == nil)
        let block = try test.block([try #require(test.chain.mempool[good.id]).transaction])
        try test.chain.acceptBlock(block)
        #expect(test.chain.mempool.count == 0)
        // Gone from the chain, it must still be judged by its own scripts.
        try test.chain.acceptBlock(try test.block([try test.spend(coinbaseAt: 2)]))
        input.previousOutput = try test.coinbase(at: 3).outPoint
        try test.chain.acceptBlock(
            try test.block([Transaction(inputs: [input], outputs: good.outputs)]))
    }

    @Test func signaturesThatAreKnownAreNotKeyedByLessThanAll() throws {
        let key = try PrivateKey(bytes: [UInt8](repeating: 7, count: 32))
        let program = [0, 20] + key.publicKey.hash160
        let code = [0x76, 0xa9, 20] + program[2...] + [0x88, 0xac]
        func spend(value: Amount, signing: Amount) -> (Transaction, [Coin]) {
            let output = TransactionOutput(value: value, scriptPubKey: Script(program))
            var input = TransactionInput(previousOutput: OutPoint(transactionID: .zero, index: 0))
            let outputs = [TransactionOutput(value: 1, scriptPubKey: Script())]
            let signed = TransactionOutput(value: signing, scriptPubKey: Script(program))
            let data = PrecomputedTransactionData(
                Transaction(inputs: [input], outputs: outputs), spending: [signed])
            let hash = data.segwitSignatureHash(input: 0, scriptCode: code[...], type: .all)
            input.witness = [key.ecdsaSignature(of: hash) + [1], key.publicKey.bytes]
            return (
                Transaction(inputs: [input], outputs: outputs), [Coin(output: output, height: 1, isCoinbase: false)]
            )
        }
        let cache = SignatureCache(maximumBytes: 1 << 16)
        func error(_ made: (Transaction, [Coin])) -> ScriptError? {
            let data = PrecomputedTransactionData(made.0, spending: made.1.map(\.output))
            do {
                try ScriptVerifier(flags: .mandatory, cache: cache).verify(input: 0, of: data)
                return nil
            } catch {
                return error
            }
        }
        for _ in 0..<2 {
            #expect(error(spend(value: 5, signing: 5)) == nil)
            // The same witness with another amount is another hash.
            #expect(error(spend(value: 6, signing: 5)) == .evalFalse)
        }
    }
}
