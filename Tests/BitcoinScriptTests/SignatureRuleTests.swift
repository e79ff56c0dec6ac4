import BitcoinCrypto
import BitcoinPrimitives
import BitcoinScript
import Testing

/// Rules of signatures, each from both sides.
struct SignatureRuleTests {
    private let key: TestKey
    private let other: TestKey

    init() throws {
        key = try TestKey(number: 5)
        other = try TestKey(number: 6)
    }

    /// Legacy signatures are made over a script, whatever the input script holds.
    private func sign(_ spend: Spend, _ code: [UInt8], _ type: UInt8 = 1, by signer: TestKey? = nil) -> [UInt8] {
        let hash = spend.data.legacySignatureHash(
            input: 0, scriptCode: code[...], type: SignatureHashType(type))
        return (signer ?? key).secret.ecdsaSignature(of: hash) + [type]
    }

    private func script(_ build: (inout ScriptBuilder) -> Void) -> [UInt8] {
        var builder = ScriptBuilder()
        build(&builder)
        return builder.bytes
    }

    private var payToKey: [UInt8] {
        script {
            $0.push(key.compressed)
            $0.append(.checkSig)
        }
    }

    /// The error of spending a script with one push, under flags.
    private func error(_ scriptPubKey: [UInt8], _ items: [[UInt8]], _ flags: ScriptFlags = []) -> ScriptError? {
        let scriptSig = script { for item in items { $0.push(item) } }
        return Spend(scriptSig: Script(scriptSig), scriptPubKey: Script(scriptPubKey)).error(flags)
    }

    // MARK: Forms of signatures

    @Test func looseFormsCountUnlessStrictnessIsDemanded() throws {
        let good = sign(Spend(scriptPubKey: Script(payToKey)), payToKey)
        #expect(error(payToKey, [good], .standard) == nil)
        let body = Array(good.dropLast())
        let r = Array(body[4..<(4 + Int(body[3]))])
        let s = Array(body[(6 + r.count)...])
        func der(_ r: [UInt8], _ s: [UInt8], total: [UInt8]? = nil, rest: [UInt8] = []) -> [UInt8] {
            let both = [2, UInt8(r.count)] + r + [2, UInt8(s.count)] + s
            return [0x30] + (total ?? [UInt8(both.count)]) + both + rest + [1]
        }
        let highS = TestKey.negated(s)
        for loose in [
            der([0, 0] + r, s), der(r, [0] + s), der(r, s, total: [7]), der(r, s, total: [0x82, 1, 2]),
            der(r, s, rest: [9, 9]), der(r, s, total: [0x80]),
            [0x30, 70, 2, 0x81, UInt8(r.count)] + r + [2, 0x84, 0, 0, 0, UInt8(s.count)] + s + [1],
        ] {
            #expect(error(payToKey, [loose]) == nil)
            for flag: ScriptFlags in [.derSignatures, .lowS, .strictEncoding] {
                #expect(error(payToKey, [loose], flag) == .signatureDER)
            }
        }
        #expect(error(payToKey, [der(r, highS)], .derSignatures) == nil)
        #expect(error(payToKey, [der(r, highS)], .lowS) == .signatureHighS)
        for broken in [
            [0x31] + body[1...] + [1], der(Array(r.dropFirst()), s), [0x30, 0x85, 1, 1], [0x30], [1],
            [0x30, 4, 2, 0x84, 1, 1, 1, 1, 1],
        ] as [[UInt8]] {
            #expect(error(payToKey, [broken]) == .evalFalse)
        }
        // A number above the group order verifies nothing, but is low and in form.
        let huge = [UInt8](repeating: 0x7f, count: 33)
        #expect(error(payToKey, [der(huge, s)]) == .evalFalse)
    }

    /// OpenSSL read the numbers as if they had no sign, and so do all blocks.
    @Test func numbersOfOldSignaturesHaveNoSign() throws {
        let good = sign(Spend(scriptPubKey: Script(payToKey)), payToKey)
        let middle = 6 + Int(good[3])
        // The other half's form of the second number, with the zero that keeps it from being negative.
        let high = TestKey.negated(Array(good[middle..<(good.count - 1)]))
        try #require(high.count == 33)
        let r = good[4..<(middle - 2)]
        let signed = [0x30, UInt8(4 + r.count + 33), 2, good[3]] + r + [2, 33] + high + [1]
        let unsigned = [0x30, UInt8(4 + r.count + 32), 2, good[3]] + r + [2, 32] + high[1...] + [1]
        #expect(error(payToKey, [signed], .derSignatures) == nil)
        #expect(error(payToKey, [unsigned]) == nil)
        #expect(error(payToKey, [unsigned], .derSignatures) == .signatureDER)
    }

    @Test func everyByteIsAHashTypeUnlessStrictnessIsDemanded() {
        for type: UInt8 in [0, 0x50, 4, 0x1f, 0x84, 0xff] {
            let signature = sign(Spend(scriptPubKey: Script(payToKey)), payToKey, type)
            #expect(error(payToKey, [signature], .mandatory) == nil)
            #expect(error(payToKey, [signature], .standard) == .signatureHashType)
        }
    }

    @Test func hybridKeysCountUnlessStrictnessIsDemanded() {
        for form in [key.hybrid, key.uncompressed] {
            let script = script {
                $0.push(form)
                $0.append(.checkSig)
            }
            let signature = sign(Spend(scriptPubKey: Script(script)), script)
            #expect(error(script, [signature], .mandatory) == nil)
            #expect(error(script, [signature], .standard) == (form == key.hybrid ? .publicKeyType : nil))
        }
        // A hybrid key with the wrong mark is no point.
        var wrong = key.hybrid
        wrong[0] ^= 1
        let script = script {
            $0.push(wrong)
            $0.append(.checkSig)
        }
        #expect(error(script, [sign(Spend(scriptPubKey: Script(script)), script)]) == .evalFalse)
    }

    // MARK: What is signed

    @Test func missingOutputIsSignedAsTheNumberOne() {
        let input = TransactionInput(previousOutput: OutPoint(transactionID: .zero, index: 0))
        let output = TransactionOutput(value: 1, scriptPubKey: Script())
        let data = PrecomputedTransactionData(
            Transaction(inputs: [input, input], outputs: [output]), spending: [output, output])
        for type: UInt32 in [3, 0x83, 0x43, 0xc3, 0xffff_ff03] {
            let type = SignatureHashType(rawValue: type)
            #expect(data.legacySignatureHash(input: 1, scriptCode: [], type: type) == Hash256(words: 1, 0, 0, 0))
            #expect(data.legacySignatureHash(input: 0, scriptCode: [], type: type) != Hash256(words: 1, 0, 0, 0))
            #expect(data.segwitSignatureHash(input: 1, scriptCode: [], type: type) != Hash256(words: 1, 0, 0, 0))
        }
        #expect(data.taprootSignatureHash(input: 1, type: .single) == nil)
        #expect(data.taprootSignatureHash(input: 0, type: .single) != nil)
        #expect(data.taprootSignatureHash(input: 0, type: SignatureHashType(4)) == nil)
        #expect(data.taprootSignatureHash(input: 0, type: SignatureHashType(0x80)) == nil)
        // All 32 bits are hashed, though only some have a meaning.
        let all = data.legacySignatureHash(input: 0, scriptCode: [], type: .all)
        #expect(data.legacySignatureHash(input: 0, scriptCode: [], type: SignatureHashType(rawValue: 0x101)) != all)
    }

    @Test func signatureIsCutOutOfItsScriptByItsBytesOnly() {
        let rest = script {
            $0.append(.drop)
            $0.push(key.compressed)
            $0.append(.checkSig)
        }
        let input = TransactionInput(previousOutput: OutPoint(transactionID: .zero, index: 0))
        let unsigned = PrecomputedTransactionData(
            Transaction(inputs: [input], outputs: []),
            spending: [TransactionOutput(value: 0, scriptPubKey: Script())])
        let hash = unsigned.legacySignatureHash(input: 0, scriptCode: rest[...], type: .all)
        let signature = key.secret.ecdsaSignature(of: hash) + [1]
        let push = [UInt8(signature.count)] + signature
        func verdict(_ start: [UInt8], _ flags: ScriptFlags = []) -> ScriptError? {
            var spending = input
            spending.scriptSig = Script(push)
            let data = PrecomputedTransactionData(
                Transaction(inputs: [spending], outputs: []),
                spending: [TransactionOutput(value: 0, scriptPubKey: Script(start + rest))])
            return data.error(input: 0, flags)
        }
        #expect(verdict(push) == nil)
        #expect(verdict(push + [0x75] + push) == .evalFalse)
        // The same data pushed in another way stays in the script.
        #expect(verdict([0x4c] + push) == .evalFalse)
        #expect(verdict(push, .constantScriptCode) == .signatureFindAndDelete)
        #expect(verdict([0x4c] + push, .constantScriptCode) == .evalFalse)
    }

    @Test func separatorsEndWhatIsSignedAndAreNotSigned() {
        let tail = script {
            $0.push(key.compressed)
            $0.append(.checkSig)
        }
        let whole: [UInt8] = [0x61, 0xab] + tail
        let signature = sign(Spend(scriptPubKey: Script(whole)), tail)
        #expect(error(whole, [signature], .mandatory) == nil)
        #expect(error(whole, [signature], .constantScriptCode) == .codeSeparator)
        #expect(error([0x00, 0x63, 0xab, 0x68] + tail, [signature], .constantScriptCode) == .codeSeparator)
        // One behind the check is left out of the hash.
        let behind = tail + [0xab]
        #expect(error(behind, [sign(Spend(scriptPubKey: Script(behind)), behind)], .mandatory) == nil)
        #expect(error(behind, [sign(Spend(scriptPubKey: Script(behind)), tail)], .mandatory) == nil)
    }

    // MARK: Multisig

    @Test func signaturesStandInTheOrderOfTheKeys() {
        let script = script {
            $0.push(number: 2)
            $0.push(key.compressed)
            $0.push(other.compressed)
            $0.push(number: 2)
            $0.append(.checkMultiSig)
        }
        let spend = Spend(scriptPubKey: Script(script))
        let first = sign(spend, script)
        let second = sign(spend, script, by: other)
        #expect(error(script, [[], first, second], .standard) == nil)
        #expect(error(script, [[], second, first], .mandatory) == .evalFalse)
        #expect(error(script, [[], second, first], .nullFail) == .signatureNullFail)
        #expect(error(script, [[], [], []], .nullFail) == .evalFalse)
        #expect(error(script, [[1], first, second], .mandatory) == .signatureNullDummy)
        #expect(error(script, [[1], first, second]) == nil)
        #expect(error(script, [first, second]) == .invalidStackOperation)
        // The checks begin at the last signature and the last key, and end when too few keys are left: so the form of
        // the first signature is not looked at here, but that of the last is.
        #expect(error(script, [[], [1], first], .derSignatures) == .evalFalse)
        #expect(error(script, [[], first, [1]], .derSignatures) == .signatureDER)
    }
}
