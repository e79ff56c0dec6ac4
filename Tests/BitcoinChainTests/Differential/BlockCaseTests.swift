import BitcoinChain
import BitcoinConsensus
import BitcoinCrypto
import BitcoinPrimitives
import Foundation
import Testing

/// Blocks that break one rule each, and blocks that only just keep it, as Core's feature_block.py makes them: judged
/// here and, where libbitcoinkernel is installed, by Core's own code, which must say the same in the same words.
struct BlockCaseTests {
    // MARK: Headers

    @Test func headers() throws {
        let judged = try JudgedChain(height: 12)
        let test = judged.test
        var bad = try test.block()
        while UInt256(bad.hash.rawValue) <= ChainParameters.regtest.powLimit {
            bad = bad.changing { $0.nonce += 1 }
        }
        judged.expect(bad, "high-hash")
        for bits: UInt32 in [
            0, 0x207f_fffe, 0x1f7f_ffff, 0x207f_fffd, 0x2080_0000, 0x2180_0001, 0xff12_3456, 0x0100_3456,
        ] {
            let block = try test.block().changing { $0.bits = bits }
            _ = judged.submit(block.encoded())
        }
        judged.expect(try test.block(seal: { $0.bits = 0x207f_fffe }), "bad-diffbits")

        let median = UInt32(judged.chain.tip.medianTimePast)
        judged.expect(try test.block(seal: { $0.time = median }), "time-too-old")
        judged.expect(try test.block(seal: { $0.time = median - 1 }), "time-too-old")
        judged.expect(try test.block(seal: { $0.time = median + 1 }), nil)
        // The kernel's clock cannot be set, so nothing is tried at the very limit of two hours.
        let now = UInt32(Date.now.timeIntervalSince1970)
        test.clock.time = Int64(now)
        judged.expect(try test.block(seal: { $0.time = now + 7800 }), "time-too-new")
        judged.expect(try test.block(seal: { $0.time = now + 7100 }), nil)

        for version: Int32 in [.min, -1, 0, 1, 2, 3] {
            let block = try test.block(seal: { $0.version = version })
            judged.expect(block, "bad-version(0x\(hex(UInt32(bitPattern: version))))")
        }
        for version: Int32 in [4, 0x2000_0000, 0x3fff_ffff, .max] {
            judged.expect(try test.block(seal: { $0.version = version }), nil)
        }
        let unknown = try #require(BlockHash(hex: String(repeating: "a", count: 64)))
        judged.expect(try test.block(seal: { $0.previous = unknown }), "prev-blk-not-found")
    }

    private func hex(_ number: UInt32) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    @Test func blocksAfterInvalidOnes() throws {
        let judged = try JudgedChain(height: 3)
        let test = judged.test
        let fork = judged.chain.tip
        let first = try test.block { $0.outputs[0].value += 1 }
        judged.expect(first, "bad-cb-amount")
        judged.expect(first, "duplicate-invalid")
        let bad = try #require(judged.chain.tree[first.hash])
        judged.expect(try test.block(on: bad), "bad-prevblk")
        // Two blocks come on a branch before the one that connects them is found invalid.
        judged.expect(try test.block(on: fork), nil)
        let late = try test.block(on: fork) {
            $0.scriptSig += [1]
            $0.outputs[0].value += 1
        }
        judged.expect(late, nil)
        let branch = try #require(judged.chain.tree[late.hash])
        // The child is taken, but its parent fails when both are to be connected.
        judged.expect(try test.block(on: branch), nil)
        #expect(branch.failure != nil)
        judged.expect(try test.block(on: branch) { $0.scriptSig += [5] }, "bad-prevblk")
        judged.expect(try test.block(on: fork, change: { $0.scriptSig += [2] }), nil)
        judged.expect(try test.block(), nil)
    }

    // MARK: Merkle tree

    @Test func merkleTree() throws {
        let judged = try JudgedChain(height: 106)
        let test = judged.test
        let spends = try (1...5).map { try judged.transaction([judged.coinbase($0)]) }
        judged.expect(try test.block(seal: { $0.merkleRoot = .zero }), "bad-txnmrklroot")
        for count in 1...5 {
            let good = try test.block(Array(spends.prefix(count)))
            var all = good.transactions
            // Repeats as many as leave the root as it is (CVE-2012-2459), level by level.
            var width = 1
            while all.count / width % 2 == 0 { width *= 2 }
            guard all.count > width || all.count == 1 else { continue }
            all += all.suffix(width)
            judged.expect(Block(header: good.header, transactions: all), "bad-txns-duplicate")
            judged.expect(Block(header: good.header, transactions: all + [all[0]]), "bad-txnmrklroot")
        }
        judged.expect(try test.block([spends[0], spends[0]]), "bad-txns-inputs-missingorspent")
        judged.expect(try test.block(spends), nil)
    }

    // MARK: Sizes

    @Test func sizes() throws {
        let judged = try JudgedChain(height: 101)
        let test = judged.test
        func long(_ length: Int) throws -> Block {
            try test.block {
                $0.commits = false
                $0.outputs.append(
                    TransactionOutput(value: 0, scriptPubKey: Script([0x6a] + [UInt8](repeating: 0, count: length - 1)))
                )
            }
        }
        let overhead = try long(100_000).strippedSize - 100_000
        judged.expect(try long(1_000_001 - overhead), "bad-blk-length")
        judged.expect(try long(1_000_000 - overhead), nil)
        judged.expect(
            try test.block(seal: {
                $0.all = []
                $0.merkleRoot = .zero
            }), "bad-blk-length")

        let lock = try judged.fund([Lock(.unknownProgram)], from: 1)
        let spend = try judged.transaction(lock)
        func heavy(_ length: Int) throws -> Block {
            try test.block([spend.changingWitness { $0 = [[UInt8](repeating: 0, count: length)] }])
        }
        let weight = try heavy(100_000).weight - 100_000
        judged.expect(try heavy(4_000_001 - weight), "bad-blk-weight")
        judged.expect(try heavy(4_000_000 - weight), nil)
    }

    // MARK: Signature operations

    @Test func signatureOperations() throws {
        let judged = try JudgedChain(height: 110)
        let test = judged.test
        func legacy(_ script: [UInt8]) throws -> Block {
            try test.block { $0.outputs.append(TransactionOutput(value: 0, scriptPubKey: Script(script))) }
        }
        let checks = [UInt8](repeating: 0xac, count: 20_000)
        judged.expect(try legacy(checks + [0xac]), "bad-blk-sigops")
        judged.expect(try legacy(checks), nil)
        let multisigs = [UInt8](repeating: 0xae, count: 1000)
        judged.expect(try legacy(multisigs + [0xad]), "bad-blk-sigops")
        // The number before does not count here; what stands behind a broken push does not either.
        judged.expect(try legacy([0x51] + multisigs + [0xac]), "bad-blk-sigops")
        judged.expect(try legacy([0x6a] + multisigs + [0x4d, 0xff, 0xff, 0xac]), nil)
        judged.expect(
            try test.block {
                $0.scriptSig += [UInt8](repeating: 0xae, count: 10);
                $0.outputs[0].scriptPubKey = Script(
                    [UInt8](repeating: 0xae, count: 991))
            }, "bad-blk-sigops")

        // In branches that are never run: 3900 in each script, four times as dear in redeem scripts.
        let inner: [UInt8] = [0x00, 0x63] + [UInt8](repeating: 0xae, count: 195) + [0x68, 0x51]
        let redeem = Script(Lock.payToScriptHash(inner))
        let witness = Script([0, 32] + SHA256.hash(inner))
        func spend(
            _ script: Script, from height: Int, count: Int, _ finish: (inout TransactionInput) -> Void
        ) throws
            -> Transaction
        {
            let outputs = (0..<count).map { _ in TransactionOutput(value: 1000, scriptPubKey: script) }
            let payment = try judged.transaction([judged.coinbase(height)], to: outputs)
            judged.expect(try test.block([payment]), nil)
            let inputs = (0..<count).map { index in
                var input = TransactionInput(
                    previousOutput: OutPoint(transactionID: payment.id, index: UInt32(index)))
                finish(&input)
                return input
            }
            return Transaction(
                inputs: inputs, outputs: [TransactionOutput(value: 1000, scriptPubKey: TestChain.script)])
        }
        let push: [UInt8] = [0x4c, UInt8(inner.count)] + inner
        let legacySpend = try spend(redeem, from: 1, count: 5) { $0.scriptSig = Script(push) }
        let witnessSpend = try spend(witness, from: 2, count: 20) { $0.witness = [inner] }
        // 78 000 so far; the coinbase brings the rest.
        func filled(_ spend: Transaction, _ cost: Int) throws -> Block {
            try test.block([spend]) {
                $0.outputs.append(
                    TransactionOutput(
                        value: 0, scriptPubKey: Script([0x6a] + [UInt8](repeating: 0xac, count: cost / 4))))
            }
        }
        judged.expect(try filled(legacySpend, 2004), "bad-blk-sigops")
        judged.expect(try filled(witnessSpend, 2004), "bad-blk-sigops")
        judged.expect(try filled(legacySpend, 2000), nil)
        // One more in the witness alone.
        let single = try judged.fund([Lock(.witnessKeyHash)], from: 3)
        let one = try judged.transaction(single)
        func both(_ cost: Int) throws -> Block {
            try test.block([witnessSpend, one]) {
                $0.outputs.append(
                    TransactionOutput(
                        value: 0, scriptPubKey: Script([0x6a] + [UInt8](repeating: 0xac, count: cost / 4))))
            }
        }
        judged.expect(try both(2000), "bad-blk-sigops")
        judged.expect(try both(1996), nil)
    }

    // MARK: Coinbase

    @Test func coinbase() throws {
        let judged = try JudgedChain(height: 101)
        let test = judged.test
        let spend = try judged.transaction([judged.coinbase(1)])
        judged.expect(
            try test.block(seal: {
                $0.all = [spend]
                $0.merkleRoot = spend.id.rawValue
            }), "bad-cb-missing")
        judged.expect(try test.block([test.block().transactions[0]]), "bad-cb-multiple")

        let height = CoinbaseHeight.push(102)
        for (script, reason) in [
            (Array(height.dropLast()), "bad-cb-length"), (height, nil),
            (height + [UInt8](repeating: 0, count: 99), "bad-cb-length"),
        ] as [([UInt8], String?)] {
            judged.expect(try test.block { $0.scriptSig = script }, reason)
        }
        let next = CoinbaseHeight.push(103)
        #expect(next.count == 2)
        for wrong: [UInt8] in [
            height + [0], [0x4c, 1, 103], [2, 103, 0], [103, 1], [0x50 + 16, 103], CoinbaseHeight.push(104),
            [0, 1, 103],
        ] {
            judged.expect(try test.block { $0.scriptSig = wrong }, "bad-cb-height")
        }
        judged.expect(try test.block { $0.scriptSig = next + [UInt8](repeating: 0xff, count: 98) }, nil)

        let subsidy = Subsidy.at(height: 104, parameters: .regtest)
        let paying = try judged.transaction(
            [judged.coinbase(2)], to: [TransactionOutput(value: subsidy - 7000, scriptPubKey: TestChain.script)])
        for (value, reason) in [
            (subsidy + 7001, "bad-cb-amount"), (subsidy + 7000, nil),
        ] as [(Amount, String?)] {
            judged.expect(try test.block([paying]) { $0.outputs[0].value = value }, reason)
        }
        // Also when the sum comes from many outputs, and less than allowed.
        judged.expect(
            try test.block {
                $0.outputs[0].value = 1
                $0.outputs.append(TransactionOutput(value: 5_000_000_000, scriptPubKey: TestChain.script))
            }, "bad-cb-amount")
        judged.expect(try test.block { $0.outputs[0].value = 0 }, nil)
        judged.expect(try test.block { $0.outputs = [] }, nil)
        judged.expect(
            try test.block {
                $0.outputs = []
                $0.commits = false
            }, "bad-txns-vout-empty")
        judged.expect(
            try test.block {
                $0.coinbaseLockTime = 107
                $0.coinbaseSequence = 0
            }, "bad-txns-nonfinal")
        judged.expect(
            try test.block {
                $0.coinbaseLockTime = 106
                $0.coinbaseSequence = 0
            }, nil)
        judged.expect(try test.block { $0.coinbaseLockTime = 5000 }, nil)
    }

    @Test func subsidyHalves() throws {
        let judged = try JudgedChain(height: 149)
        judged.expect(try judged.test.block { $0.outputs[0].value = 2_500_000_001 }, "bad-cb-amount")
        judged.expect(try judged.test.block { $0.outputs[0].value = 2_500_000_000 }, nil)
    }

    // MARK: Branches

    @Test func branches() throws {
        let judged = try JudgedChain(height: 110)
        let test = judged.test
        let fork = judged.chain.tip
        let spend = try judged.transaction([judged.coinbase(1)])
        let rival = try judged.transaction(
            [judged.coinbase(1)], to: [TransactionOutput(value: 9, scriptPubKey: TestChain.script)])
        // The first of two equals stays; one more block on the other decides, and brings the other spend.
        try judged.expect([spend], nil)
        let second = try test.block([rival], on: fork) { $0.scriptSig += [1] }
        judged.expect(second, nil)
        #expect(judged.chain.tip.parent === fork && judged.chain.tip.hash != second.hash)
        let branch = try #require(judged.chain.tree[second.hash])
        judged.expect(try test.block(on: branch), nil)
        #expect(judged.chain.tip.parent === branch)
        try judged.expect([spend], "bad-txns-inputs-missingorspent")
        // A longer branch with a bad block in it: the chain comes back.
        let tip = judged.chain.tip
        var parent = fork
        for number in 0..<4 {
            let block = try test.block(number == 1 ? [rival, spend] : [], on: parent) { $0.scriptSig += [7] }
            _ = judged.submit(block.encoded())
            guard let next = judged.chain.tree[block.hash] else { break }
            parent = next
        }
        #expect(judged.chain.tip === tip)
        // Deep: back to before all spends.
        parent = try #require(judged.chain.activeChain[100])
        for _ in 0..<14 {
            let block = try test.block(on: parent) { $0.scriptSig += [8] }
            judged.expect(block, nil)
            parent = try #require(judged.chain.tree[block.hash])
        }
        #expect(judged.chain.tip === parent)
        try judged.expect([spend], nil)
    }
}

extension Block {
    /// The same with another header, without a new proof of work.
    fileprivate func changing(_ change: (inout Header) -> Void) -> Block {
        var parts = Header(bits: header.bits, nonce: header.nonce)
        change(&parts)
        return Block(
            header: BlockHeader(
                version: header.version, previousBlockHash: header.previousBlockHash, merkleRoot: header.merkleRoot,
                time: header.time, bits: parts.bits, nonce: parts.nonce), transactions: transactions)
    }

    fileprivate struct Header {
        var bits: UInt32
        var nonce: UInt32
    }
}
