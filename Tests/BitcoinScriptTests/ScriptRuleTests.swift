import BitcoinPrimitives
import BitcoinScript
import Testing

/// Rules of scripts that need no signature, each from both sides. In the notation of Core's test data.
struct ScriptRuleTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var scriptSig: String
        var scriptPubKey: String
        var flags: String
        var expected: ScriptError?
        var testDescription: String { "[\(scriptSig)] [\(scriptPubKey)] \(flags)" }

        init(_ scriptSig: String, _ scriptPubKey: String, _ expected: ScriptError?, _ flags: String = "P2SH") {
            self.scriptSig = scriptSig
            self.scriptPubKey = scriptPubKey
            self.flags = flags
            self.expected = expected
        }
    }

    static let cases = [
        // What a script ends with.
        Case("", "", .evalFalse), Case("0", "", .evalFalse), Case("1", "", nil), Case("0x01 0x80", "", .evalFalse),
        Case("0x02 0x0080", "", .evalFalse), Case("0x02 0x8000", "", nil), Case("0x01 0x00", "", .evalFalse),
        Case("1 1", "", nil), Case("1 1", "", .cleanStack, "P2SH,WITNESS,CLEANSTACK"),
        Case("1 NOP", "", .signaturePushOnly, "SIGPUSHONLY"), Case("1 NOP", "", nil),
        // An input script cannot swallow the output script.
        Case("1 RETURN", "1", .opReturn), Case("0x4c", "1", .badOpcode),
        Case("1 IF", "1 ENDIF", .unbalancedConditional),

        // Branches, run or not.
        Case("", "0 IF RESERVED ENDIF 1", nil), Case("", "1 IF RESERVED ENDIF 1", .badOpcode),
        Case("", "0 IF VER ENDIF 1", nil), Case("", "0 IF VERIF ENDIF 1", .badOpcode),
        Case("", "0 IF VERNOTIF ELSE 1 ENDIF", .badOpcode), Case("", "0 IF CAT ENDIF 1", .disabledOpcode),
        Case("", "0 IF 2MUL ENDIF 1", .disabledOpcode), Case("", "0 IF RETURN ENDIF 1", nil),
        Case("", "0 IF 0xbb ENDIF 1", nil), Case("", "0xbb 1", .badOpcode), Case("", "CHECKSIGADD", .badOpcode),
        Case("", "ELSE", .unbalancedConditional), Case("", "ENDIF", .unbalancedConditional),
        Case("", "1 IF 1", .unbalancedConditional), Case("", "IF 1 ENDIF", .invalidStackOperation),
        Case("", "1 IF 1 ELSE 0 ELSE 1 ENDIF", nil), Case("", "0 NOTIF 1 ENDIF", nil),
        Case("0x01 0x80", "NOTIF 1 ENDIF", nil), Case("", "0 IF 1 IF RETURN ELSE RETURN ENDIF ELSE 1 ENDIF", nil),
        Case("1", "VERIFY 1", nil), Case("0", "VERIFY 1", .verify), Case("", "VERIFY", .invalidStackOperation),

        // Numbers: length, sign, shortest form.
        Case("0x04 0xffffff7f", "1ADD 0x05 0x0000008000 EQUAL", nil),
        Case("0x05 0x0000008000", "1ADD", .scriptNumber), Case("0x05 0x0000008000", "0NOTEQUAL", .scriptNumber),
        Case("0x05 0x0000008000", "NOT", .scriptNumber), Case("0x05 0x0100000000", "IF 1 ENDIF", nil),
        Case("0x04 0xffffffff 0x04 0xffffffff", "ADD 0x05 0xfeffffff80 EQUAL", nil),
        Case("0x02 0x0100", "1 NUMEQUAL", nil), Case("0x02 0x0100", "1 NUMEQUAL", .scriptNumber, "MINIMALDATA"),
        Case("0x01 0x80", "0 NUMEQUAL", nil), Case("0x01 0x80", "0 EQUAL NOT", nil),
        Case("0x01 0x80", "0NOTEQUAL NOT", nil, ""), Case("-1 NEGATE", "1 EQUAL", nil),
        Case("-5 ABS", "5 EQUAL", nil), Case("0 1", "BOOLAND NOT", nil), Case("0 1", "BOOLOR", nil),
        Case("1 2", "NUMEQUALVERIFY 1", .numEqualVerify), Case("1 2", "LESSTHAN", nil),
        Case("2 2", "LESSTHAN NOT", nil),
        Case("1 1 3", "WITHIN", nil), Case("3 1 3", "WITHIN NOT", nil), Case("7 -7", "MIN -7 EQUAL", nil),
        Case("1 0x05 0x0000000000", "PICK", .scriptNumber), Case("1 1", "PICK", .invalidStackOperation),
        Case("1 -1", "ROLL", .invalidStackOperation), Case("5 6 1", "ROLL 5 EQUALVERIFY 6 EQUAL", nil),
        Case("5 6 1", "PICK 5 EQUAL", nil), Case("'ab'", "SIZE 2 EQUALVERIFY 'ab' EQUAL", nil),

        // Pushes.
        Case("0x01 0x05", "5 EQUAL", nil), Case("0x01 0x05", "5 EQUAL", .minimalData, "MINIMALDATA"),
        Case("0x4c 0x01 0x11", "17 EQUAL", .minimalData, "MINIMALDATA"),
        Case("0x01 0x11", "17 EQUAL", nil, "MINIMALDATA"),
        Case("0x4c 0x00", "SIZE 0 EQUAL", nil), Case("0x4e 0x00000000", "SIZE 0 EQUAL", nil),
        Case("0x4e 0xffffffff", "1", .badOpcode), Case("0x4d 0x01", "1", .badOpcode),
        Case("", "0 IF 0x4c 0x01 0x05 ENDIF 1", nil, "MINIMALDATA"),

        // The stack.
        Case("1 2 3 4 5 6", "2ROT 2 EQUALVERIFY 1 EQUAL", nil), Case("1 2 3 4", "2SWAP 2 EQUALVERIFY 1 EQUAL", nil),
        Case("1 2 3 4", "2OVER 2 EQUALVERIFY 1 EQUAL", nil), Case("1 2 3", "ROT 1 EQUALVERIFY 3 EQUAL", nil),
        Case("1 2", "TUCK 2 EQUALVERIFY 1 EQUALVERIFY 2 EQUAL", nil), Case("1 2", "NIP 2 EQUAL", nil),
        Case("1 2 3", "3DUP 3 EQUALVERIFY 2 EQUALVERIFY 1 EQUAL", nil), Case("0x01 0x80", "IFDUP DEPTH 1 EQUAL", nil),
        Case("1", "TOALTSTACK FROMALTSTACK", nil), Case("1", "FROMALTSTACK", .invalidAltStackOperation),
        // The second stack does not outlive its script.
        Case("1 1 TOALTSTACK", "FROMALTSTACK", .invalidAltStackOperation),
        Case("1 2", "EQUALVERIFY 1", .equalVerify), Case("1", "EQUAL", .invalidStackOperation),

        // Opcodes that may get a meaning.
        Case("1", "NOP1 NOP10", nil), Case("1", "NOP1", .discourageUpgradableNops, "DISCOURAGE_UPGRADABLE_NOPS"),
        Case("1", "0 IF NOP1 ENDIF", nil, "DISCOURAGE_UPGRADABLE_NOPS"),
        Case("1", "CHECKLOCKTIMEVERIFY", nil, "DISCOURAGE_UPGRADABLE_NOPS"),

        // Lock times. The transaction has version 1, lock time 0 and a final sequence.
        Case("0", "CHECKLOCKTIMEVERIFY 1", .unsatisfiedLockTime, "CHECKLOCKTIMEVERIFY"),
        Case("-1", "CHECKLOCKTIMEVERIFY 1", .negativeLockTime, "CHECKLOCKTIMEVERIFY"),
        Case("", "CHECKLOCKTIMEVERIFY 1", .invalidStackOperation, "CHECKLOCKTIMEVERIFY"),
        Case("0x06 0x000000000000", "CHECKLOCKTIMEVERIFY 1", .scriptNumber, "CHECKLOCKTIMEVERIFY"),
        Case("0", "CHECKSEQUENCEVERIFY 1", .unsatisfiedLockTime, "CHECKSEQUENCEVERIFY"),
        Case("4294967296", "CHECKSEQUENCEVERIFY 1", .unsatisfiedLockTime, "CHECKSEQUENCEVERIFY"),
        Case("2147483648", "CHECKSEQUENCEVERIFY 1", nil, "CHECKSEQUENCEVERIFY"),
        Case("0x05 0x0000008001", "CHECKSEQUENCEVERIFY 1", nil, "CHECKSEQUENCEVERIFY"),

        // Signature checks without signatures.
        Case("0", "CHECKSIG", .invalidStackOperation), Case("0 0", "CHECKSIG NOT", nil),
        Case("0 0", "CHECKSIGVERIFY 1", .checkSigVerify), Case("0 0 0", "CHECKMULTISIG", nil),
        Case("0 0", "CHECKMULTISIG", .invalidStackOperation),
        Case("1 0 0", "CHECKMULTISIG", .signatureNullDummy, "NULLDUMMY"),
        Case("0 0 21", "CHECKMULTISIG", .publicKeyCount), Case("0 0 -1", "CHECKMULTISIG", .publicKeyCount),
        Case("0 0 1 0 1", "CHECKMULTISIG NOT", nil), Case("0 0 2 0 1", "CHECKMULTISIG", .signatureCount),
        Case("0 -1 0", "CHECKMULTISIG", .signatureCount),
        Case("0 0 1 0 1", "CHECKMULTISIGVERIFY", .checkMultiSigVerify),
        Case("0 'bad' 1 0 1", "CHECKMULTISIG NOT", nil),
        Case("0 'bad' 1 0 1", "CHECKMULTISIG NOT", .signatureNullFail, "NULLFAIL"),
        Case("0 'bad' 1 0 1", "CHECKMULTISIG NOT", .signatureDER, "DERSIG"),

        // Redeem scripts.
        Case("0x01 0x51", "HASH160 0x14 0xda1745e9b549bd0bfa1a569971c77eba30cd5a4b EQUAL", nil),
        Case("0x01 0x51 NOP", "HASH160 0x14 0xda1745e9b549bd0bfa1a569971c77eba30cd5a4b EQUAL", .signaturePushOnly),
        Case("0x01 0x51 NOP", "HASH160 0x14 0xda1745e9b549bd0bfa1a569971c77eba30cd5a4b EQUAL", nil, ""),
        Case("0x01 0x00", "HASH160 0x14 0x9f7fd096d37ed2c0e3f7f0cfc924beef4ffceb68 EQUAL", .evalFalse),
        Case("0x01 0x00", "HASH160 0x14 0x9f7fd096d37ed2c0e3f7f0cfc924beef4ffceb68 EQUAL", nil, ""),

        // Witness programs.
        Case("", "0 0x14 0x0000000000000000000000000000000000000000", .evalFalse, "P2SH,WITNESS"),
        Case("", "0 0x02 0x0001", .witnessProgramWrongLength, "P2SH,WITNESS"),
        Case("", "1 0x02 0x0001", nil, "P2SH,WITNESS"),
        Case(
            "", "1 0x02 0x0001", .discourageUpgradableWitnessProgram,
            "P2SH,WITNESS,DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM"),
        Case("", "1 0x02 0x4e73", nil, "P2SH,WITNESS,DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM"),
        Case("1", "1 0x02 0x4e73", .witnessMalleated, "P2SH,WITNESS"),
    ]

    @Test(arguments: cases)
    func scriptEndsAsExpected(test: Case) throws {
        let spend = Spend(
            scriptSig: try ScriptText.parse(test.scriptSig), scriptPubKey: try ScriptText.parse(test.scriptPubKey))
        #expect(spend.error(try ScriptText.flags(test.flags)) == test.expected)
    }

    private func error(
        _ scriptPubKey: [UInt8], scriptSig: [UInt8] = [], _ flags: ScriptFlags = .mandatory
    ) -> ScriptError? {
        Spend(scriptSig: Script(scriptSig), scriptPubKey: Script(scriptPubKey)).error(flags)
    }

    @Test func scriptsHaveAtMostTenThousandBytes() {
        // Big pushes that are dropped, so that no other limit is met before.
        var script: [UInt8] = []
        for _ in 0..<19 { script += [0x4d, 0x08, 0x02] + [UInt8](repeating: 7, count: 520) + [0x75] }
        script += [41] + [UInt8](repeating: 7, count: 41) + [0x75, 0x51]
        #expect(script.count == 10_000)
        #expect(error(script) == nil)
        #expect(error([0x61] + script) == .scriptSize)
    }

    @Test func itemsHaveAtMost520Bytes() {
        func push(_ count: Int) -> [UInt8] {
            [0x4d, UInt8(count & 0xff), UInt8(count >> 8)] + [UInt8](repeating: 7, count: count)
        }
        #expect(error(push(520)) == nil)
        #expect(error(push(521)) == .pushSize)
        // Also where nothing is run.
        #expect(error([0x00, 0x63] + push(521) + [0x68, 0x51]) == .pushSize)
    }

    @Test func scriptsHaveAtMost201Operations() {
        let nops = [UInt8](repeating: 0x61, count: 201)
        #expect(error(nops + [0x51]) == nil)
        #expect(error(nops + [0x61, 0x51]) == .operationCount)
        // Pushes do not count, OP_RESERVED among them; operations that are not run do.
        #expect(error([0x00, 0x63] + [UInt8](repeating: 0x50, count: 300) + [0x68, 0x51]) == nil)
        #expect(error([0x00, 0x63] + nops + [0x68, 0x51]) == .operationCount)
        // Keys of a multisig count, one each.
        let multisig: [UInt8] = [0x00, 0x00] + [UInt8](repeating: 0x51, count: 20) + [0x01, 20, 0xae]
        #expect(error(Array(nops.prefix(180)) + multisig) == nil)
        #expect(error(Array(nops.prefix(181)) + multisig) == .operationCount)
    }

    @Test func stacksHoldAtMostAThousandItems() {
        let pushes = [UInt8](repeating: 0x51, count: 1000)
        #expect(error(pushes) == nil)
        #expect(error(pushes + [0x51]) == .stackSize)
        #expect(error(pushes + [0x6b, 0x51]) == .stackSize)
        #expect(error(pushes + [0x75, 0x51]) == nil)
    }

    @Test func everyErrorHasItsText() {
        #expect(Set(ScriptError.allCases.map(\.message)).count == ScriptError.allCases.count)
        #expect(ScriptError.cleanStack.description == "Stack size must be exactly one after execution")
        #expect(ScriptError.allCases.count == 53)
    }
}
