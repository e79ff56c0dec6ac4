import BitcoinChain
import BitcoinConsensus
import BitcoinCrypto
import BitcoinPrimitives
import BitcoinScript
import Testing

/// How signature operations are counted: by the bytes of scripts, whether or not they ever run.
struct SigopRuleTests {
    private func count(_ bytes: [UInt8], accurate: Bool = false) -> Int {
        Script(bytes).signatureOperationCount(accurate: accurate)
    }

    @Test func everythingUpToABrokenPushCounts() {
        #expect(count([0xac, 0xad, 0xae, 0xaf]) == 42)
        // Behind what ends a script, and where nothing is run.
        #expect(count([0x6a, 0xac, 0xac]) == 2)
        #expect(count([0x00, 0x63, 0xac, 0x67, 0xac, 0x68]) == 2)
        // Data is not an operation.
        #expect(count([0x01, 0xac]) == 0)
        #expect(count([0x4c, 0x02, 0xac, 0xac, 0xac]) == 1)
        // A push that runs over the end hides all behind it, and nothing before.
        #expect(count([0xac, 0x4c]) == 1)
        #expect(count([0xac, 0x02, 0xac]) == 1)
        #expect(count([0xac, 0x4d, 0xff, 0xff, 0xac]) == 1)
        #expect(count([0xac, 0x4e, 0xff, 0xff, 0xff, 0xff, 0xac]) == 1)
        // The check of tapscript is none here.
        #expect(count([0xba]) == 0)
    }

    @Test(arguments: [
        ([0x52, 0xae] as [UInt8], 2), ([0x60, 0xaf], 16), ([0x51, 0xae], 1), ([0x00, 0xae], 20), ([0xae], 20),
        ([0x4f, 0xae], 20), ([0x01, 0x02, 0xae], 20), ([0x52, 0x61, 0xae], 20), ([0x52, 0xae, 0xae], 22),
    ])
    func keysOfAMultisigCountOnlyJustBeforeIt(script: [UInt8], accurate: Int) {
        #expect(count(script, accurate: true) == accurate)
        #expect(count(script) == 20 * script.count { $0 == 0xae || $0 == 0xaf })
    }

    @Test func onlyTheLastPushIsTheRedeemScript() {
        let redeem: [UInt8] = [0x53, 0xae]
        let output = Script([0xa9, 0x14] + HASH160.hash(redeem) + [0x87])
        func count(_ scriptSig: [UInt8]) -> Int { output.signatureOperationCount(spentBy: Script(scriptSig)) }
        #expect(count([2] + redeem) == 3)
        #expect(count([1, 0xac, 0x4c, 2] + redeem) == 3)
        #expect(count([2] + redeem + [1, 0xac]) == 1)
        // A small number is a push of no bytes here.
        #expect(count([2] + redeem + [0x51]) == 0)
        #expect(count([2] + redeem + [0x00]) == 0)
        // Anything but pushes, or a broken one, and nothing counts.
        #expect(count([0x61, 2] + redeem) == 0)
        #expect(count([2] + redeem + [0x61]) == 0)
        #expect(count([2] + redeem + [0x02, 0xac]) == 0)
        #expect(count([]) == 0)
    }
}

/// The coinbase's commitment to the witnesses.
struct CommitmentRuleTests {
    /// A block whose last coinbase output has another script.
    private func block(_ test: TestChain, witness: Bool = true, _ change: ([UInt8]) -> [UInt8]) throws -> Block {
        try test.block(seal: { draft in
            let coinbase = draft.all[0]
            var outputs = coinbase.outputs
            var input = coinbase.inputs[0]
            let last = outputs.count - 1
            outputs[last].scriptPubKey = Script(change(outputs[last].scriptPubKey.bytes))
            if !witness { input.witness = [] }
            draft.all[0] = Transaction(
                version: coinbase.version, inputs: [input], outputs: outputs, lockTime: coinbase.lockTime)
            draft.merkleRoot = MerkleTree.root(of: draft.all.map(\.id.rawValue)).root
        })
    }

    @Test func hasAtLeast38Bytes() throws {
        let test = try TestChain()
        // Whatever follows does not matter.
        try test.chain.acceptBlock(try block(test) { $0 + [0x00] })
        try test.chain.acceptBlock(try block(test) { $0 + [UInt8](repeating: 0xac, count: 50) })
        // A byte less is no commitment, and then there may be no witness at all, the coinbase's neither.
        test.expectRejected(try block(test) { Array($0.dropLast()) }, .unexpectedWitness)
        try test.chain.acceptBlock(try block(test, witness: false) { Array($0.dropLast()) })
        test.expectRejected(try block(test) { [0x6a, 0x25] + $0.dropFirst(2) }, .unexpectedWitness)
        test.expectRejected(try block(test, witness: false) { $0 }, .badWitnessNonceSize)
    }
}
