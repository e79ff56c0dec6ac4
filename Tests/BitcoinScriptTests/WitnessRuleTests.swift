import BitcoinCrypto
import BitcoinPrimitives
import BitcoinScript
import Testing

/// Rules of witnesses and of taproot, each from both sides.
struct WitnessRuleTests {
    private let key: TestKey

    init() throws { key = try TestKey(number: 5) }

    private func error(
        _ program: [UInt8], _ witness: [[UInt8]], scriptSig: [UInt8] = [], _ flags: ScriptFlags = .mandatory
    ) -> ScriptError? {
        Spend(scriptSig: Script(scriptSig), witness: witness, scriptPubKey: Script(program), amount: 1).error(flags)
    }

    private func scriptHash(_ script: [UInt8]) -> [UInt8] { [0, 32] + SHA256.hash(script) }

    // MARK: Version 0

    @Test func witnessScriptsLeaveOneTrueItem() {
        let one: [UInt8] = [0x51]
        #expect(error(scriptHash(one), [one]) == nil)
        #expect(error(scriptHash(one), []) == .witnessProgramWitnessEmpty)
        #expect(error(scriptHash(one), [[0x52]]) == .witnessProgramMismatch)
        #expect(error(scriptHash(one), [[1], one]) == .cleanStack)
        #expect(error(scriptHash([0x00]), [[0x00]]) == .evalFalse)
        #expect(error(scriptHash(one), [one], scriptSig: [0x51]) == .witnessMalleated)
        #expect(error([0x51], [[1]]) == .witnessUnexpected)
        #expect(error([0x51], [[1]], [.p2sh]) == nil)
        #expect(error(scriptHash(one), [], [.p2sh]) == nil)
        // The limits of size hold inside.
        let drop: [UInt8] = [0x75, 0x51]
        #expect(error(scriptHash(drop), [[UInt8](repeating: 1, count: 520), drop]) == nil)
        #expect(error(scriptHash(drop), [[UInt8](repeating: 1, count: 521), drop]) == .pushSize)
        let long = [UInt8](repeating: 0x61, count: 10_001)
        #expect(error(scriptHash(long), [long]) == .scriptSize)
    }

    @Test func conditionsAreMinimalByPolicyOnly() {
        let script: [UInt8] = [0x63, 0x51, 0x67, 0x51, 0x68]
        for item: [UInt8] in [[1], []] { #expect(error(scriptHash(script), [item, script], .standard) == nil) }
        for item: [UInt8] in [[2], [0], [1, 0]] {
            #expect(error(scriptHash(script), [item, script]) == nil)
            #expect(error(scriptHash(script), [item, script], .standard) == .minimalIf)
        }
    }

    @Test func wrappedProgramsNeedExactlyOnePush() {
        let script: [UInt8] = [0x51]
        let program = scriptHash(script)
        let outer = [0xa9, 20] + HASH160.hash(program) + [0x87]
        #expect(error(outer, [script], scriptSig: [34] + program) == nil)
        #expect(error(outer, [script], scriptSig: [0x4c, 34] + program) == .witnessMalleatedP2SH)
        #expect(error(outer, [script], scriptSig: [0x51, 34] + program) == .witnessMalleatedP2SH)
        #expect(error(outer, [], scriptSig: [34] + program) == .witnessProgramWitnessEmpty)
        // Taproot has no meaning inside.
        let taproot = [0x51, 32] + key.xOnly
        let wrapped = [0xa9, 20] + HASH160.hash(taproot) + [0x87]
        #expect(error(wrapped, [], scriptSig: [34] + taproot) == nil)
        #expect(
            error(wrapped, [], scriptSig: [34] + taproot, .standard) == .discourageUpgradableWitnessProgram)
    }

    @Test func keysAreCompressedByPolicyOnly() {
        for form in [key.compressed, key.uncompressed] {
            let program = [0, 20] + HASH160.hash(form)
            let code = [0x76, 0xa9, 20] + program[2...] + [0x88, 0xac]
            let spend = Spend(scriptPubKey: Script(program), amount: 1)
            let hash = spend.data.segwitSignatureHash(input: 0, scriptCode: code[...], type: .all)
            let witness = [key.secret.ecdsaSignature(of: hash) + [1], form]
            #expect(error(program, witness) == nil)
            #expect(error(program, witness, .standard) == (form.count == 33 ? nil : .witnessPublicKeyType))
            #expect(error(program, witness + [[]]) == .witnessProgramMismatch)
            #expect(error(program, [[], form]) == .evalFalse)
        }
    }

    // MARK: Taproot

    @Test func keyPathTakesSignaturesOfTwoSizes() throws {
        let output = try key.output(nil)
        let program = [0x51, 32] + output.key
        let data = Spend(scriptPubKey: Script(program), amount: 1).data
        func signature(_ type: UInt8, annex: [UInt8]? = nil) throws -> [UInt8] {
            let annexHash = annex.map { annex in
                Hash256(bytes: SHA256.hash([UInt8(annex.count)] + annex)) ?? .zero
            }
            let hash = try #require(
                data.taprootSignatureHash(input: 0, type: SignatureHashType(type), annexHash: annexHash))
            return output.signer.secret.schnorrSignature(of: hash)
        }
        #expect(error(program, [try signature(0)], .standard) == nil)
        #expect(error(program, [try signature(0) + [0]]) == .schnorrSignatureHashType)
        #expect(error(program, [try signature(0) + [1]]) == .schnorrSignature)
        for type: UInt8 in [1, 2, 3, 0x81, 0x82, 0x83] {
            #expect(error(program, [try signature(type) + [type]]) == nil)
        }
        for type: UInt8 in [4, 0x80, 0x84, 0xff] {
            #expect(error(program, [try signature(0) + [type]]) == .schnorrSignatureHashType)
        }
        #expect(error(program, [Array(try signature(0).dropLast())]) == .schnorrSignatureSize)
        #expect(error(program, [[]]) == .schnorrSignatureSize)
        #expect(error(program, []) == .witnessProgramWitnessEmpty)
        #expect(error(program, [], [.p2sh, .witness]) == nil)
        // The annex is signed.
        #expect(error(program, [try signature(0, annex: [0x50, 1]), [0x50, 1]]) == nil)
        #expect(error(program, [try signature(0), [0x50, 1]]) == .schnorrSignature)
        #expect(error(program, [[0x50]]) == .schnorrSignatureSize)
    }

    /// A script as the only leaf, with what spends it.
    private func leaf(
        _ script: [UInt8], version: UInt8 = 0xc0, _ stack: (PrecomputedTransactionData, Hash256) throws -> [[UInt8]]
    ) throws -> (program: [UInt8], witness: [[UInt8]]) {
        let hash = Taproot.leafHash(version: version, script: script[...])
        let output = try key.output(hash)
        let program = [0x51, 32] + output.key
        let data = Spend(scriptPubKey: Script(program), amount: 1).data
        let control = [version | (output.isOdd ? 1 : 0)] + key.xOnly
        return (program, try stack(data, hash) + [script, control])
    }

    @Test func leafMustBeCommittedWhateverItsVersion() throws {
        for version: UInt8 in [0xc0, 0xc2, 0x00, 0xfe] {
            var (program, witness) = try leaf([0x51], version: version) { _, _ in [] }
            #expect(error(program, witness) == nil)
            #expect(
                error(program, witness, .standard)
                    == (version == 0xc0 ? nil : .discourageUpgradableTaprootVersion))
            let control = witness[1]
            witness[0] = [0x52]
            #expect(error(program, witness) == .witnessProgramMismatch)
            witness[0] = [0x51]
            witness[1][0] ^= 1
            #expect(error(program, witness) == .witnessProgramMismatch)
            for size in [0, 32, 34, 64, 33 + 129 * 32] {
                witness[1] = Array((control + [UInt8](repeating: 0, count: size)).prefix(size))
                #expect(error(program, witness) == .taprootWrongControlSize)
            }
            witness[1] = control + [UInt8](repeating: 0, count: 32)
            #expect(error(program, witness) == .witnessProgramMismatch)
        }
    }

    @Test func successOpcodesOverrideEverything() throws {
        for script: [UInt8] in [
            [0x50], [0x6a, 0xfe], [0x62, 0x4c], [0x7e], [0xbb] + [UInt8](repeating: 0, count: 20_000),
        ] {
            let (program, witness) = try leaf(script) { _, _ in [[UInt8](repeating: 0, count: 600)] }
            #expect(error(program, witness) == nil)
            #expect(error(program, witness, .standard) == .discourageSuccessOpcode)
        }
        // But only before a broken push, and not as data.
        for (script, expected) in [([0x4c], .badOpcode), ([0x01, 0x50], nil)] as [([UInt8], ScriptError?)] {
            let (program, witness) = try leaf(script) { _, _ in [] }
            #expect(error(program, witness) == expected)
        }
    }

    @Test func tapscriptHasOtherLimits() throws {
        func verdict(_ script: [UInt8], _ stack: [[UInt8]] = []) throws -> ScriptError? {
            let (program, witness) = try leaf(script) { _, _ in stack }
            return error(program, witness)
        }
        #expect(try verdict([UInt8](repeating: 0x61, count: 20_000) + [0x51]) == nil)
        #expect(try verdict([UInt8](repeating: 0x75, count: 999) + [0x51], [[UInt8]](repeating: [], count: 999)) == nil)
        #expect(try verdict([0x51], [[UInt8]](repeating: [], count: 1001)) == .stackSize)
        #expect(try verdict([0x75, 0x51], [[UInt8](repeating: 0, count: 521)]) == .pushSize)
        #expect(try verdict([0x63, 0x51, 0x68], [[2]]) == .tapscriptMinimalIf)
        #expect(try verdict([0x63, 0x51, 0x67, 0x51, 0x68], [[]]) == nil)
        #expect(try verdict([0x00, 0x00, 0x00, 0xae]) == .tapscriptCheckMultiSig)
        #expect(try verdict([0x00, 0x00, 0xac]) == .tapscriptEmptyPublicKey)
        #expect(try verdict([0x00, 0x65]) == .badOpcode)
    }

    @Test func signaturesOfUnknownKeysAreNotRead() throws {
        // A key of 33 bytes: any signature that is not empty counts.
        let script = [33] + key.compressed + [0xac]
        let (program, witness) = try leaf(script) { _, _ in [[7]] }
        #expect(error(program, witness) == nil)
        #expect(error(program, witness, .standard) == .discourageUpgradablePublicKeyType)
        let (same, empty) = try leaf(script) { _, _ in [[]] }
        #expect(error(same, empty) == .evalFalse)
        let adding = [0x00] + [33] + key.compressed + [0xba]
        let (third, added) = try leaf(adding) { _, _ in [[7]] }
        #expect(error(third, added) == nil)
        let known = [0x00] + [32] + key.xOnly + [0xba]
        let (fourth, wrong) = try leaf(known) { _, _ in [[7]] }
        #expect(error(fourth, wrong) == .schnorrSignatureSize)
    }

    @Test func witnessPaysForItsSignatures() throws {
        // Each check of a key without a meaning yet costs 50; the witness is the budget, with 50 more.
        func verdict(checks: Int, padding: Int) throws -> ScriptError? {
            var script: [UInt8] = [0x75]
            for _ in 0..<checks { script += [0x76, 0x52, 0xad] }
            let (program, witness) = try leaf(script + [0x75, 0x51]) { _, _ in
                [[7], [UInt8](repeating: 0, count: padding)]
            }
            return error(program, witness)
        }
        // Serialised: a count, a signature of 2, padding with its size, the script with its size, a control of 34.
        #expect(try verdict(checks: 1, padding: 1) == nil)
        for checks in [2, 3] {
            let script = 3 + 3 * checks
            let fixed = 1 + 2 + 1 + (1 + script) + 34 + 50
            let needed = 50 * checks - fixed
            #expect(try verdict(checks: checks, padding: max(needed, 0)) == nil)
            if needed > 0 { #expect(try verdict(checks: checks, padding: needed - 1) == .tapscriptValidationWeight) }
        }
    }

    @Test func positionOfTheSeparatorIsSigned() throws {
        let script = [0x61, 0x00, 0x63, 0x61, 0x68, 0xab, 32] + key.xOnly + [0xac]
        func verdict(_ position: UInt32) throws -> ScriptError? {
            let (program, witness) = try leaf(script) { data, hash in
                var context = PrecomputedTransactionData.TapscriptContext(leafHash: hash)
                context.codeSeparatorPosition = position
                let message = try #require(data.taprootSignatureHash(input: 0, type: .default, tapscript: context))
                return [key.secret.schnorrSignature(of: message)]
            }
            return error(program, witness)
        }
        // Counted in instructions, those not run among them.
        #expect(try verdict(5) == nil)
        #expect(try verdict(4) == .schnorrSignature)
        #expect(try verdict(.max) == .schnorrSignature)
    }
}
