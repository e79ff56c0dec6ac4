import BitcoinCrypto
import BitcoinPrimitives
import BitcoinScript
import Testing

/// What exactly signatures are made over, where it is easily got wrong.
struct SignatureHashRuleTests {
    private let key: TestKey
    private let other: TestKey

    init() throws {
        key = try TestKey(number: 5)
        other = try TestKey(number: 6)
    }

    private func error(_ program: [UInt8], _ witness: [[UInt8]]) -> ScriptError? {
        Spend(witness: witness, scriptPubKey: Script(program), amount: 1).error(.mandatory)
    }

    /// Two checks with one separator between them that is run, and one that is not: each signs its own part of the
    /// script, cut out of the bytes as they are, and no hash is taken for the other.
    @Test func separatorsInWitnessScriptsCutBytes() {
        let head = [33] + key.compressed + [0xad]
        let tail: [UInt8] = [0x00, 0x63, 0xab, 0x68, 33] + other.compressed + [0xac]
        let script = head + [0xab] + tail
        let program = [0, 32] + SHA256.hash(script)
        let data = Spend(scriptPubKey: Script(program), amount: 1).data
        func signature(_ signer: TestKey, _ code: [UInt8], _ type: SignatureHashType = .all) -> [UInt8] {
            signer.secret.ecdsaSignature(of: data.segwitSignatureHash(input: 0, scriptCode: code[...], type: type))
                + [UInt8(truncatingIfNeeded: type.rawValue)]
        }
        let first = signature(key, script)
        #expect(error(program, [signature(other, tail), first, script]) == nil)
        #expect(error(program, [signature(other, tail, .single), first, script]) == nil)
        // The separator itself belongs to what is before it; the one that is not run stays.
        for wrong in [script, [0xab] + tail, tail.filter { $0 != 0xab }] {
            #expect(error(program, [signature(other, wrong), first, script]) == .evalFalse)
        }
        #expect(error(program, [signature(other, tail), signature(key, head + tail), script]) == .checkSigVerify)
    }

    @Test func annexIsSignedUnderEveryType() throws {
        let output = try key.output(nil)
        let program = [0x51, 32] + output.key
        let data = Spend(scriptPubKey: Script(program), amount: 1).data
        let annex: [UInt8] = [0x50, 9, 9]
        let annexHash = Hash256(bytes: SHA256.hash([UInt8(annex.count)] + annex))
        for type: UInt8 in [1, 2, 3, 0x81, 0x82, 0x83] {
            func signature(_ annexHash: Hash256?) throws -> [UInt8] {
                let hash = try #require(
                    data.taprootSignatureHash(input: 0, type: SignatureHashType(type), annexHash: annexHash))
                return output.signer.secret.schnorrSignature(of: hash) + [type]
            }
            #expect(error(program, [try signature(annexHash), annex]) == nil)
            #expect(error(program, [try signature(nil), annex]) == .schnorrSignature)
            #expect(error(program, [try signature(annexHash)]) == .schnorrSignature)
        }
    }

    /// With ANYONECANPAY only the input's own coin is signed, without it all of them are.
    @Test func coinsThatAreSpentAreSigned() {
        let inputs = (0..<2).map {
            TransactionInput(previousOutput: OutPoint(transactionID: .zero, index: UInt32($0)))
        }
        let transaction = Transaction(
            inputs: inputs, outputs: [TransactionOutput(value: 1, scriptPubKey: Script())])
        func hash(_ type: UInt8, own: TransactionOutput, rest: TransactionOutput) -> Hash256? {
            PrecomputedTransactionData(transaction, spending: [own, rest])
                .taprootSignatureHash(input: 0, type: SignatureHashType(type))
        }
        let taproot = Script([0x51, 32] + key.xOnly)
        let one = TransactionOutput(value: 5, scriptPubKey: taproot)
        for changed in [
            TransactionOutput(value: 6, scriptPubKey: taproot),
            TransactionOutput(value: 5, scriptPubKey: Script([0x51, 32] + other.xOnly)),
        ] {
            for type: UInt8 in [0, 1, 2, 3] {
                #expect(hash(type, own: one, rest: changed) != hash(type, own: one, rest: one))
                #expect(hash(type, own: changed, rest: one) != hash(type, own: one, rest: one))
            }
            for type: UInt8 in [0x81, 0x82, 0x83] {
                #expect(hash(type, own: one, rest: changed) == hash(type, own: one, rest: one))
                #expect(hash(type, own: changed, rest: one) != hash(type, own: one, rest: one))
            }
        }
    }

    /// Annex and control block are part of the witness that pays for signature checks.
    @Test func wholeWitnessPaysForItsSignatures() throws {
        let leafScript: [UInt8] = [0x76, 0x52, 0xad, 0x76, 0x52, 0xad, 0x76, 0x52, 0xad, 0x52, 0xac]
        let hash = Taproot.leafHash(version: 0xc0, script: leafScript[...])
        func verdict(path: Int, annex: Int) throws -> ScriptError? {
            var root = hash
            var control = key.xOnly
            for number in 0..<path {
                let node = SHA256d.hash([UInt8(number)])
                root = Taproot.branchHash(root, node)
                control += node.bytes
            }
            let output = try key.output(root)
            let witness: [[UInt8]] = [[7], leafScript, [0xc0 | (output.isOdd ? 1 : 0)] + control]
            return error(
                [0x51, 32] + output.key, witness + (annex > 0 ? [[0x50] + [UInt8](repeating: 0, count: annex - 1)] : [])
            )
        }
        // Four checks cost 200. The witness is 1 + 2 + 12 + 34 bytes, 50 are free: 101 more are needed.
        #expect(try verdict(path: 0, annex: 0) == .tapscriptValidationWeight)
        #expect(try verdict(path: 3, annex: 0) == .tapscriptValidationWeight)
        #expect(try verdict(path: 4, annex: 0) == nil)
        #expect(try verdict(path: 0, annex: 99) == .tapscriptValidationWeight)
        #expect(try verdict(path: 0, annex: 100) == nil)
    }
}
