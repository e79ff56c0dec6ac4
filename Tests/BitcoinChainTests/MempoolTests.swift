import BitcoinChain
import BitcoinConsensus
import BitcoinPrimitives
import ByteCoding
import Testing

/// Transactions that wait.
struct MempoolTests {
    private func child(of parent: Transaction, fee: Amount, output: Int = 0, padding: Int = 10) -> Transaction {
        Transaction(
            inputs: [
                TransactionInput(
                    previousOutput: OutPoint(transactionID: parent.id, index: UInt32(output)),
                    scriptSig: TestChain.push(count: padding))
            ],
            outputs: [
                TransactionOutput(value: parent.outputs[output].value - fee, scriptPubKey: TestChain.script)
            ])
    }

    private func rejection(_ test: TestChain, _ transaction: Transaction) -> String? {
        do {
            try test.chain.acceptTransaction(transaction, time: test.clock.time)
            return nil
        } catch {
            return error.description
        }
    }

    @Test func refusalsHaveCoresReasons() throws {
        let test = try TestChain()
        try test.mine(105)
        let spend = try test.spend(coinbaseAt: 1)
        let next = UInt32(test.chain.activeChain.height + 1)
        #expect(rejection(test, try test.block().transactions[0]) == "coinbase")
        #expect(rejection(test, try test.spend(coinbaseAt: 7)) == "bad-txns-premature-spend-of-coinbase")
        #expect(rejection(test, try test.spend(coinbaseAt: 1, sequence: 0, lockTime: next)) == "non-final")
        #expect(rejection(test, try test.spend(coinbaseAt: 1, sequence: 200)) == "non-BIP68-final")
        #expect(rejection(test, try test.spend(coinbaseAt: 1, fee: -1)) == "bad-txns-in-belowout")
        #expect(rejection(test, child(of: spend, fee: 1)) == "bad-txns-inputs-missingorspent")
        #expect(rejection(test, child(of: spend, fee: 1, padding: 0)) == "tx-size-small")
        #expect(rejection(test, Transaction(inputs: [], outputs: [])) == "bad-txns-vin-empty")
        #expect(rejection(test, spend) == nil)
        #expect(rejection(test, spend) == "txn-already-in-mempool")
        var input = spend.inputs[0]
        input.witness = [[1]]
        let other = Transaction(inputs: [input], outputs: spend.outputs)
        #expect(rejection(test, other) == "txn-same-nonwitness-data-in-mempool")
        #expect(rejection(test, try test.spend(coinbaseAt: 1, fee: 5000)) == "bip125-replacement-disallowed")
        try test.mine()
        #expect(rejection(test, spend) == "txn-already-known")
    }

    @Test func childThatPaysBringsItsParentIn() throws {
        let test = try TestChain()
        try test.mine(103)
        let poor = try test.spend(coinbaseAt: 1, fee: 10)
        let rich = child(of: poor, fee: 10_000)
        let middle = try test.spend(coinbaseAt: 2, fee: 1000)
        for transaction in [poor, middle, rich] { #expect(rejection(test, transaction) == nil) }
        let chunks = test.chain.mempool.chunksByFeeRate()
        #expect(chunks.map(\.transactionIDs) == [[poor.id, rich.id], [middle.id]])
        #expect(chunks[0].fee == 10_010)
        let template = try BlockAssembler.assemble(payingTo: TestChain.script, on: test.chain)
        #expect(template.block.transactions.dropFirst().map(\.id) == [poor.id, rich.id, middle.id])
        #expect(template.fees == 11_010)
        // A poor child does not drag a rich parent down.
        let late = child(of: middle, fee: 1)
        #expect(rejection(test, late) == nil)
        #expect(
            test.chain.mempool.chunks(ofClusterWith: late.id).map(\.transactionIDs) == [[middle.id], [late.id]])
        #expect(test.chain.mempool.descendants(of: middle.id) == [middle.id, late.id])
        #expect(test.chain.mempool.spender(of: OutPoint(transactionID: middle.id, index: 0)) == late.id)
    }

    @Test func additionsToFeesDecideTheOrderAndNeverOverflow() throws {
        let test = try TestChain()
        try test.mine(103)
        let first = try test.spend(coinbaseAt: 1, fee: 1000)
        let second = try test.spend(coinbaseAt: 2, fee: 2000)
        test.chain.prioritise(first.id, by: .max)
        test.chain.prioritise(first.id, by: .max)
        for transaction in [first, second] { #expect(rejection(test, transaction) == nil) }
        #expect(test.chain.mempool[first.id]?.modifiedFee == .max)
        let template = try BlockAssembler.assemble(payingTo: TestChain.script, on: test.chain)
        #expect(template.block.transactions.dropFirst().map(\.id) == [first.id, second.id])
        #expect(template.fees == 3000)
        test.chain.prioritise(second.id, by: .min)
        #expect(
            try BlockAssembler.assemble(payingTo: TestChain.script, on: test.chain).block.transactions.count == 2)
    }

    @Test func blockRemovesConflictsWithTheirDescendants() throws {
        let test = try TestChain()
        try test.mine(103)
        let spend = try test.spend(coinbaseAt: 1, fee: 1000)
        for transaction in [spend, child(of: spend, fee: 5)] { #expect(rejection(test, transaction) == nil) }
        test.forgetEvents()
        try test.chain.acceptBlock(try test.block([test.spend(coinbaseAt: 1, fee: 7)]))
        #expect(test.chain.mempool.count == 0)
        #expect(test.events.filter { $0 == "removed conflict" }.count == 2)
    }

    @Test func onlyALiveReorganisationPutsTransactionsBack() throws {
        let test = try TestChain()
        try test.mine(103)
        let fork = test.chain.tip
        try test.chain.acceptBlock(try test.block([test.spend(coinbaseAt: 1)]))
        let first = try test.block(on: fork) { $0.time += 7 }
        try test.chain.acceptBlock(first)
        #expect(test.chain.mempool.count == 0)
        let parent: BlockIndex = try #require(test.chain.tree[first.header.hash])
        try test.chain.acceptBlock(try test.block(on: parent))
        #expect(test.chain.tip.height == 105)
        #expect(test.chain.mempool.count == 1)
        // What is in the mempool after a start is what was saved.
        let tip = test.chain.tip.hash
        let again = try test.restarted()
        #expect(again.chain.tip.hash == tip)
        #expect(again.chain.mempool.count == 0)
    }

    @Test func oldTransactionsExpire() throws {
        let test = try TestChain()
        try test.mine(103)
        #expect(rejection(test, try test.spend(coinbaseAt: 1)) == nil)
        test.chain.expireMempool()
        #expect(test.chain.mempool.count == 1)
        test.clock.time += 336 * 60 * 60 + 1
        test.chain.expireMempool()
        #expect(test.chain.mempool.count == 0)
    }

    @Test(arguments: [1, 2] as [UInt64])
    func savedMempoolIsRead(version: UInt64) throws {
        let test = try TestChain()
        try test.mine(104)
        let good = try test.spend(coinbaseAt: 1)
        let old = try test.spend(coinbaseAt: 2)
        let bad = try test.spend(coinbaseAt: 104)
        var writer = ByteWriter()
        writer.writeUInt64(3)
        for (transaction, time) in [
            (good, test.clock.time - 5), (old, test.clock.time - 336 * 60 * 60), (bad, test.clock.time),
        ] {
            transaction.encode(to: &writer)
            writer.writeInt64(time)
            writer.writeInt64(transaction == good ? 77 : 0)
        }
        writer.writeCompactSize(1)
        writer.writeHash256(old.id.rawValue)
        writer.writeInt64(-5)
        writer.writeCompactSize(1)
        writer.writeHash256(good.id.rawValue)

        var file = ByteWriter()
        file.writeUInt64(version)
        var content = writer.bytes
        if version == 2 {
            let key: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]
            file.writeSizedBytes(key)
            for index in content.indices { content[index] ^= key[(index + 17) % 8] }
        }
        file.writeBytes(content)

        let saved = try MempoolFile(decoding: file.bytes, path: "mempool.dat")
        let result = test.chain.loadMempool(saved)
        #expect(result.accepted == 1)
        #expect(result.expired == 1)
        #expect(result.refused.map(\.0) == [bad.id])
        #expect(result.unbroadcast == 1)
        #expect(test.chain.mempool[good.id]?.modifiedFee == 1077)
        #expect(test.chain.mempool[good.id]?.time == test.clock.time - 5)
        #expect(test.chain.mempool.unbroadcast == [good.id])
        #expect(test.chain.mempool.feeDeltas[old.id] == -5)
        #expect(test.chain.loadMempool(saved).alreadyThere == 1)
        for length in 0..<file.count {
            #expect(throws: StorageError.self) {
                try MempoolFile(decoding: Array(file.bytes.prefix(length)), path: "mempool.dat")
            }
        }
    }

    @Test func unknownVersionsAreRefused() {
        for version: UInt64 in [0, 3, .max] {
            var file = ByteWriter()
            file.writeUInt64(version)
            #expect(throws: StorageError.self) { try MempoolFile(decoding: file.bytes, path: "mempool.dat") }
        }
    }
}
