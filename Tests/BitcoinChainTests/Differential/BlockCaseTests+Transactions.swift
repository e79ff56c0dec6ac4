import BitcoinChain
import BitcoinConsensus
import BitcoinCrypto
import BitcoinPrimitives
import Testing

extension BlockCaseTests {
    // MARK: Transactions

    @Test func transactionsByThemselves() throws {
        let judged = try JudgedChain(height: 105)
        let funds = try judged.fund([Lock(.anything), Lock(.anything, number: 1)], from: 1)
        let good = try judged.transaction(funds)
        let script = TestChain.script
        func outputs(_ values: [Amount]) -> Transaction {
            good.changing { _, outputs in
                outputs = values.map { TransactionOutput(value: $0, scriptPubKey: script) }
            }
        }
        try judged.expect([outputs([])], "bad-txns-vout-empty")
        try judged.expect([outputs([-1])], "bad-txns-vout-negative")
        try judged.expect([outputs([.min])], "bad-txns-vout-negative")
        try judged.expect([outputs([.maxMoney + 1])], "bad-txns-vout-toolarge")
        try judged.expect([outputs([.max])], "bad-txns-vout-toolarge")
        try judged.expect([outputs([.maxMoney, 1])], "bad-txns-txouttotal-toolarge")
        try judged.expect([outputs([.maxMoney])], "bad-txns-in-belowout")
        try judged.expect([outputs([2_000_001])], "bad-txns-in-belowout")
        try judged.expect(
            [good.changing { inputs, _ in inputs.append(inputs[0]) }], "bad-txns-inputs-duplicate")
        try judged.expect(
            [good.changing { inputs, _ in inputs[1].previousOutput = .null }], "bad-txns-prevout-null")
        // No inputs at all are the mark of a witness.
        let empty = try judged.test.block([good.changing { inputs, _ in inputs = [] }])
        #expect(judged.submit(empty.encoded()) == "unreadable")
        try judged.expect([outputs([2_000_000, 0])], nil)
    }

    @Test func inputsMustBeThere() throws {
        let judged = try JudgedChain(height: 108)
        let test = judged.test
        // The coinbase of height 9 is 100 deep in block 109, the next one is not.
        try judged.expect([judged.transaction([judged.coinbase(10)])], "bad-txns-premature-spend-of-coinbase")
        try judged.expect([judged.transaction([judged.coinbase(9)])], nil)
        let parent = try judged.transaction([judged.coinbase(1)])
        let child = try judged.transaction(JudgedChain.outputs(of: parent, [Lock(.anything)]))
        let rival = try judged.transaction(
            [judged.coinbase(1)], to: [TransactionOutput(value: 1, scriptPubKey: TestChain.script)])
        try judged.expect([child, parent], "bad-txns-inputs-missingorspent")
        try judged.expect([child], "bad-txns-inputs-missingorspent")
        try judged.expect([parent, rival], "bad-txns-inputs-missingorspent")
        try judged.expect([parent, child, rival], "bad-txns-inputs-missingorspent")
        try judged.expect(
            [parent.changing { inputs, _ in inputs[0].previousOutput.index = 5 }], "bad-txns-inputs-missingorspent")
        try judged.expect([parent, child], nil)
        try judged.expect([parent], "bad-txns-inputs-missingorspent")
        // It would overwrite itself (BIP30), which is looked at first.
        try judged.expect([child], "bad-txns-BIP30")
        // A spend of the coinbase of the same block.
        let own = try test.block { $0.commits = false }
        let early = Transaction(
            inputs: [TransactionInput(previousOutput: OutPoint(transactionID: own.transactions[0].id, index: 0))],
            outputs: [TransactionOutput(value: 1, scriptPubKey: TestChain.script)])
        judged.expect(
            try test.block {
                $0.commits = false
            } seal: {
                $0.all = [own.transactions[0], early]
                $0.merkleRoot = MerkleTree.root(of: $0.all.map(\.id.rawValue)).root
            }, "bad-txns-premature-spend-of-coinbase")

        // What can never be spent is no coin.
        for (bytes, reason) in [
            ([0x6a], "bad-txns-inputs-missingorspent"), ([0x6a, 0x51], "bad-txns-inputs-missingorspent"),
            ([UInt8](repeating: 0x51, count: 10_001), "bad-txns-inputs-missingorspent"),
            ([UInt8](repeating: 0x51, count: 10_000), "block-script-verify-flag-failed (Stack size limit exceeded)"),
            ([0x51, 0x6a], "block-script-verify-flag-failed (OP_RETURN was encountered)"), ([0x51], nil),
        ] as [([UInt8], String?)] {
            let payment = try judged.transaction(
                [judged.coinbase(2)], to: [TransactionOutput(value: 5, scriptPubKey: Script(bytes))])
            let spend = Transaction(
                inputs: [TransactionInput(previousOutput: OutPoint(transactionID: payment.id, index: 0))],
                outputs: [TransactionOutput(value: 1, scriptPubKey: TestChain.script)])
            try judged.expect([payment, spend], reason)
        }
    }

    // MARK: Lock times

    @Test func lockTimes() throws {
        let judged = try JudgedChain(height: 110)
        let next = UInt32(judged.chain.tip.height + 1)
        let median = UInt32(judged.chain.tip.medianTimePast)
        let fund = try judged.coinbase(1)
        for (lockTime, sequence, reason) in [
            (next, 0, "bad-txns-nonfinal"), (next, 0xffff_fffe, "bad-txns-nonfinal"),
            (median, 0xffff_fffe, "bad-txns-nonfinal"), (499_999_999, 0xffff_fffe, "bad-txns-nonfinal"),
            (.max, 0xffff_fffe, "bad-txns-nonfinal"), (median - 1, 0xffff_fffe, nil),
        ] as [(UInt32, UInt32, String?)] {
            try judged.expect([judged.transaction([fund], version: 1, lockTime: lockTime, sequence: sequence)], reason)
        }
        try judged.expect([judged.transaction([judged.coinbase(2)], lockTime: .max)], nil)
        let height = UInt32(judged.chain.tip.height)
        try judged.expect(
            [judged.transaction([judged.coinbase(3)], version: 1, lockTime: height, sequence: 0)], nil)
    }

    @Test func relativeLockTimes() throws {
        let judged = try JudgedChain(height: 112)
        func deep(_ height: Int) -> UInt32 { UInt32(judged.chain.tip.height + 1 - height) }
        func attempt(_ height: Int, _ sequence: UInt32, _ version: UInt32, _ reason: String?) throws {
            try judged.expect(
                [judged.transaction([judged.coinbase(height)], version: version, sequence: sequence)], reason)
        }
        try attempt(1, deep(1) + 1, 2, "bad-txns-nonfinal")
        try attempt(1, deep(1) + 1, .max, "bad-txns-nonfinal")
        try attempt(1, deep(1) + 1, 0x8000_0000, "bad-txns-nonfinal")
        try attempt(1, 0xffff, 3, "bad-txns-nonfinal")
        try attempt(1, deep(1), 2, nil)
        try attempt(2, deep(2) + 1, 1, nil)
        try attempt(3, deep(3) + 1, 0, nil)
        try attempt(4, 1 << 31 | 0xffff, 2, nil)
        // Only 16 bits and the type are looked at.
        try attempt(5, 0x003f_0000 | deep(5), 2, nil)
        try attempt(6, 0x7f80_0000 | deep(6) + 1, 2, "bad-txns-nonfinal")

        // By time: from the median time before the coin's block.
        let start = try #require(judged.chain.activeChain[6]).medianTimePast
        let units = UInt32((judged.chain.tip.medianTimePast - start) / 512)
        try attempt(7, 1 << 22 | (units + 1), 2, "bad-txns-nonfinal")
        try attempt(7, 1 << 22 | units, 2, nil)

        // What was made in the same block is not one block deep.
        let parent = try judged.transaction([judged.coinbase(8)])
        let funds = JudgedChain.outputs(of: parent, [try Lock(.anything)])
        try judged.expect([parent, judged.transaction(funds, sequence: 1)], "bad-txns-nonfinal")
        try judged.expect([parent, judged.transaction(funds, sequence: 1 << 22 | 1)], "bad-txns-nonfinal")
        try judged.expect([parent, judged.transaction(funds, sequence: 0)], nil)
    }

    // MARK: Witness commitment

    @Test func witnessCommitment() throws {
        let judged = try JudgedChain(height: 110)
        let test = judged.test
        let fund = try judged.fund([Lock(.unknownProgram)], from: 1)
        let spend = try judged.transaction(fund)
        judged.expect(try test.block([spend]) { $0.commits = false }, "unexpected-witness")
        for (reserved, reason) in [
            ([], "bad-witness-nonce-size"), ([[]], "bad-witness-nonce-size"),
            ([[UInt8](repeating: 0, count: 31)], "bad-witness-nonce-size"),
            ([[UInt8](repeating: 0, count: 33)], "bad-witness-nonce-size"),
            ([[UInt8](repeating: 0, count: 32), []], "bad-witness-nonce-size"),
        ] as [([[UInt8]], String?)] {
            judged.expect(try test.block([spend]) { $0.witness = reserved }, reason)
        }
        let good = try test.block([spend])
        let other = Block(
            header: good.header,
            transactions: [good.transactions[0], good.transactions[1].changingWitness { $0 = [[9]] }])
        judged.expect(other, "bad-witness-merkle-match")
        let stripped = Block(
            header: good.header, transactions: good.transactions.map { $0.changingWitness { $0 = [] } })
        judged.expect(stripped, "bad-witness-nonce-size")
        let nonce = Block(
            header: good.header,
            transactions: [
                good.transactions[0].changingWitness { $0 = [[UInt8](repeating: 1, count: 32)] }, good.transactions[1],
            ])
        judged.expect(nonce, "bad-witness-merkle-match")
        judged.expect(good, nil)

        let prefix = Block.witnessCommitmentPrefix
        func extra(_ script: [UInt8], commits: Bool = true, first: Bool = false) throws -> Block {
            try test.block {
                let output = TransactionOutput(value: 0, scriptPubKey: Script(script))
                if first { $0.outputs.insert(output, at: 0) } else { $0.outputs.append(output) }
                $0.commits = commits
            }
        }
        let wrong = prefix + [UInt8](repeating: 7, count: 32)
        // What stands before the right one does not count; without the right one it does, longer ones as well.
        judged.expect(try extra(wrong, first: true), nil)
        judged.expect(try extra(wrong, commits: false), "bad-witness-nonce-size")
        judged.expect(try extra(wrong + [1, 2, 3], commits: false), "bad-witness-nonce-size")
        judged.expect(try extra(Array(wrong.dropLast()), commits: false), nil)
        judged.expect(try extra([0x6a, 0x25] + wrong.dropFirst(2) + [0], commits: false), nil)
        // A witness of the coinbase without a commitment.
        let plain = try test.block { $0.commits = false }
        judged.expect(
            Block(
                header: plain.header,
                transactions: [plain.transactions[0].changingWitness { $0 = [[UInt8](repeating: 0, count: 32)] }]),
            "unexpected-witness")
        judged.expect(plain, nil)
        // A block may commit though nothing in it has a witness; any reserved value will do.
        judged.expect(try test.block { $0.witness = [[UInt8](repeating: 5, count: 32)] }, nil)
    }

    // MARK: Scripts

    @Test func scriptsOfEveryKind() throws {
        let judged = try JudgedChain(height: 130)
        let kinds = Lock.Kind.allCases
        let funds = try judged.fund(try kinds.map { try Lock($0) }, from: 1)
        for fund in funds {
            let good = try judged.transaction([fund])
            guard fund.lock.kind != .anchor else {
                try judged.expect([good], nil)
                continue
            }
            var reasons: Set<String> = []
            for bad in Self.damaged(good) {
                let reason = judged.submit(try judged.test.block([bad]).encoded())
                if reason != "accepted" { reasons.insert(reason) }
            }
            // Whatever has no meaning yet can hardly be broken.
            if fund.lock.kind != .unknownProgram && fund.lock.kind != .anything && judged.chain.coins.has(fund.outPoint)
            {
                #expect(reasons.contains { $0.hasPrefix("block-script-verify-flag-failed") }, "\(fund.lock.kind)")
            }
            if judged.chain.coins.has(fund.outPoint) { try judged.expect([good], nil) }
        }
        // All at once, with each type of signature hash.
        for (number, type) in ([1, 2, 3, 0x81, 0x82, 0x83] as [UInt8]).enumerated() {
            let locks = try kinds.map { try Lock($0, number: number) }
            let funds = try judged.fund(locks, from: 2 + number)
            let outputs = (0..<kinds.count).map { TransactionOutput(value: Amount($0), scriptPubKey: TestChain.script) }
            try judged.expect([judged.transaction(funds, to: outputs, type: type)], nil)
        }
    }

    /// A transaction with one thing wrong in its first input.
    private static func damaged(_ good: Transaction) -> [Transaction] {
        var all: [Transaction] = []
        let witness = good.inputs[0].witness
        for item in witness.indices {
            all.append(good.changingWitness { $0.remove(at: item) })
            all.append(good.changingWitness { $0[item] = [] })
            guard !witness[item].isEmpty else {
                all.append(good.changingWitness { $0[item] = [1] })
                continue
            }
            for position in [0, witness[item].count / 2, witness[item].count - 1] {
                all.append(good.changingWitness { $0[item][position] ^= 1 })
            }
            all.append(good.changingWitness { $0[item].append(0) })
        }
        let script = good.inputs[0].scriptSig.bytes
        for position in Set([0, 1, 10, 40, script.count / 2, script.count - 1]) where script.indices.contains(position)
        {
            all.append(good.changing { inputs, _ in inputs[0].scriptSig.bytes[position] ^= 1 })
        }
        if !script.isEmpty { all.append(good.changing { inputs, _ in inputs[0].scriptSig = Script() }) }
        all.append(good.changing { inputs, _ in inputs[0].scriptSig.bytes.append(0x61) })
        all.append(good.changing { inputs, _ in inputs[0].scriptSig.bytes.insert(0x51, at: 0) })
        all.append(good.changing { _, outputs in outputs[0].value -= 1 })
        all.append(good.changingWitness { $0.append([0x50]) })
        return all
    }

    @Test func lockTimesInScripts() throws {
        let judged = try JudgedChain(height: 130)
        let wait: [UInt8] = [1, 120, 0xb1, 0x75]
        let deep: [UInt8] = [0x55, 0xb2, 0x75]
        let kinds: [Lock.Kind] = [.multisig, .scriptHash, .witnessScript, .wrappedWitnessScript, .taprootScript]
        for (number, kind) in kinds.enumerated() {
            let funds = try judged.fund(
                [Lock(kind, number: number, condition: wait), Lock(kind, number: number, condition: deep)],
                from: number + 1)
            for (lockTime, sequence, isGood) in [
                (0, 0, false), (119, 0, false), (120, 0xffff_ffff, false), (120, 0xffff_fffe, true),
            ] as [(UInt32, UInt32, Bool)] {
                try judged.expect(
                    [judged.transaction([funds[0]], lockTime: lockTime, sequence: sequence)],
                    isGood ? nil : "block-script-verify-flag-failed (Locktime requirement not satisfied)")
            }
            for (sequence, version) in [(4, 2), (1 << 22 | 5, 2), (1 << 31 | 5, 2), (5, 1)] as [(UInt32, UInt32)] {
                let early = try judged.transaction([funds[1]], version: version, sequence: sequence)
                let reason = judged.submit(try judged.test.block([early]).encoded())
                #expect(reason != "accepted")
            }
            try judged.expect([judged.transaction([funds[1]], sequence: 5)], "bad-txns-nonfinal")
            try judged.grow(by: 3)
            try judged.expect([judged.transaction([funds[1]], sequence: 5)], nil)
        }
    }
}

extension CoinsCache {
    fileprivate func has(_ outPoint: OutPoint) -> Bool { (try? coin(at: outPoint)) != nil }
}
