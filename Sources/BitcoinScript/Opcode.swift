/// One byte of a script that is not data: what to push or what to do.
///
/// All 256 values exist; most of the high ones mean nothing.
package struct Opcode: RawRepresentable, Hashable, Sendable {
    /// The byte.
    package let rawValue: UInt8

    /// Any byte is an opcode.
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The opcode that pushes `number`, from 0 to 16; nil for other numbers.
    package init?(pushing number: Int) {
        switch number {
        case 0: self = .push0
        case 1...16: self.init(rawValue: 0x50 + UInt8(number))
        default: return nil
        }
    }

    /// The number that `OP_0` and `OP_1` to `OP_16` push; nil for all others.
    package var pushedNumber: Int? {
        switch rawValue {
        case 0: 0
        case 0x51...0x60: Int(rawValue) - 0x50
        default: nil
        }
    }

    /// Whether data follows in the script, or the opcode is `OP_0`.
    package var isDataPush: Bool { rawValue <= Opcode.pushData4.rawValue }

    /// Whether this is `OP_16` or below: what `isPushOnly` allows, `OP_RESERVED` included.
    package var isPush: Bool { rawValue <= Opcode.push16.rawValue }

    /// Whether the opcode makes any tapscript succeed (BIP342).
    package var isSuccess: Bool {
        switch rawValue {
        case 80, 98, 126...129, 131...134, 137...138, 141...142, 149...153, 187...254: true
        default: false
        }
    }
}

// The opcodes under the names of Core's script.h, without "OP_".
extension Opcode {
    // Pushes.
    /// `OP_0`.
    package static let push0 = Opcode(rawValue: 0x00)
    /// `OP_PUSHDATA1`.
    package static let pushData1 = Opcode(rawValue: 0x4c)
    /// `OP_PUSHDATA2`.
    package static let pushData2 = Opcode(rawValue: 0x4d)
    /// `OP_PUSHDATA4`.
    package static let pushData4 = Opcode(rawValue: 0x4e)
    /// `OP_1NEGATE`.
    package static let negative1 = Opcode(rawValue: 0x4f)
    /// `OP_RESERVED`.
    package static let reserved = Opcode(rawValue: 0x50)
    /// `OP_1`.
    package static let push1 = Opcode(rawValue: 0x51)
    /// `OP_2`.
    package static let push2 = Opcode(rawValue: 0x52)
    /// `OP_3`.
    package static let push3 = Opcode(rawValue: 0x53)
    /// `OP_4`.
    package static let push4 = Opcode(rawValue: 0x54)
    /// `OP_5`.
    package static let push5 = Opcode(rawValue: 0x55)
    /// `OP_6`.
    package static let push6 = Opcode(rawValue: 0x56)
    /// `OP_7`.
    package static let push7 = Opcode(rawValue: 0x57)
    /// `OP_8`.
    package static let push8 = Opcode(rawValue: 0x58)
    /// `OP_9`.
    package static let push9 = Opcode(rawValue: 0x59)
    /// `OP_10`.
    package static let push10 = Opcode(rawValue: 0x5a)
    /// `OP_11`.
    package static let push11 = Opcode(rawValue: 0x5b)
    /// `OP_12`.
    package static let push12 = Opcode(rawValue: 0x5c)
    /// `OP_13`.
    package static let push13 = Opcode(rawValue: 0x5d)
    /// `OP_14`.
    package static let push14 = Opcode(rawValue: 0x5e)
    /// `OP_15`.
    package static let push15 = Opcode(rawValue: 0x5f)
    /// `OP_16`.
    package static let push16 = Opcode(rawValue: 0x60)

    // Control.
    /// `OP_NOP`.
    package static let nop = Opcode(rawValue: 0x61)
    /// `OP_VER`.
    package static let ver = Opcode(rawValue: 0x62)
    /// `OP_IF`.
    package static let `if` = Opcode(rawValue: 0x63)
    /// `OP_NOTIF`.
    package static let notIf = Opcode(rawValue: 0x64)
    /// `OP_VERIF`.
    package static let verIf = Opcode(rawValue: 0x65)
    /// `OP_VERNOTIF`.
    package static let verNotIf = Opcode(rawValue: 0x66)
    /// `OP_ELSE`.
    package static let `else` = Opcode(rawValue: 0x67)
    /// `OP_ENDIF`.
    package static let endIf = Opcode(rawValue: 0x68)
    /// `OP_VERIFY`.
    package static let verify = Opcode(rawValue: 0x69)
    /// `OP_RETURN`.
    package static let `return` = Opcode(rawValue: 0x6a)

    // Stack.
    /// `OP_TOALTSTACK`.
    package static let toAltStack = Opcode(rawValue: 0x6b)
    /// `OP_FROMALTSTACK`.
    package static let fromAltStack = Opcode(rawValue: 0x6c)
    /// `OP_2DROP`.
    package static let drop2 = Opcode(rawValue: 0x6d)
    /// `OP_2DUP`.
    package static let dup2 = Opcode(rawValue: 0x6e)
    /// `OP_3DUP`.
    package static let dup3 = Opcode(rawValue: 0x6f)
    /// `OP_2OVER`.
    package static let over2 = Opcode(rawValue: 0x70)
    /// `OP_2ROT`.
    package static let rot2 = Opcode(rawValue: 0x71)
    /// `OP_2SWAP`.
    package static let swap2 = Opcode(rawValue: 0x72)
    /// `OP_IFDUP`.
    package static let ifDup = Opcode(rawValue: 0x73)
    /// `OP_DEPTH`.
    package static let depth = Opcode(rawValue: 0x74)
    /// `OP_DROP`.
    package static let drop = Opcode(rawValue: 0x75)
    /// `OP_DUP`.
    package static let dup = Opcode(rawValue: 0x76)
    /// `OP_NIP`.
    package static let nip = Opcode(rawValue: 0x77)
    /// `OP_OVER`.
    package static let over = Opcode(rawValue: 0x78)
    /// `OP_PICK`.
    package static let pick = Opcode(rawValue: 0x79)
    /// `OP_ROLL`.
    package static let roll = Opcode(rawValue: 0x7a)
    /// `OP_ROT`.
    package static let rot = Opcode(rawValue: 0x7b)
    /// `OP_SWAP`.
    package static let swap = Opcode(rawValue: 0x7c)
    /// `OP_TUCK`.
    package static let tuck = Opcode(rawValue: 0x7d)

    // Splicing.
    /// `OP_CAT`.
    package static let cat = Opcode(rawValue: 0x7e)
    /// `OP_SUBSTR`.
    package static let substr = Opcode(rawValue: 0x7f)
    /// `OP_LEFT`.
    package static let left = Opcode(rawValue: 0x80)
    /// `OP_RIGHT`.
    package static let right = Opcode(rawValue: 0x81)
    /// `OP_SIZE`.
    package static let size = Opcode(rawValue: 0x82)

    // Bits.
    /// `OP_INVERT`.
    package static let invert = Opcode(rawValue: 0x83)
    /// `OP_AND`.
    package static let and = Opcode(rawValue: 0x84)
    /// `OP_OR`.
    package static let or = Opcode(rawValue: 0x85)
    /// `OP_XOR`.
    package static let xor = Opcode(rawValue: 0x86)
    /// `OP_EQUAL`.
    package static let equal = Opcode(rawValue: 0x87)
    /// `OP_EQUALVERIFY`.
    package static let equalVerify = Opcode(rawValue: 0x88)
    /// `OP_RESERVED1`.
    package static let reserved1 = Opcode(rawValue: 0x89)
    /// `OP_RESERVED2`.
    package static let reserved2 = Opcode(rawValue: 0x8a)

    // Numbers.
    /// `OP_1ADD`.
    package static let add1 = Opcode(rawValue: 0x8b)
    /// `OP_1SUB`.
    package static let sub1 = Opcode(rawValue: 0x8c)
    /// `OP_2MUL`.
    package static let mul2 = Opcode(rawValue: 0x8d)
    /// `OP_2DIV`.
    package static let div2 = Opcode(rawValue: 0x8e)
    /// `OP_NEGATE`.
    package static let negate = Opcode(rawValue: 0x8f)
    /// `OP_ABS`.
    package static let abs = Opcode(rawValue: 0x90)
    /// `OP_NOT`.
    package static let not = Opcode(rawValue: 0x91)
    /// `OP_0NOTEQUAL`.
    package static let notEqual0 = Opcode(rawValue: 0x92)
    /// `OP_ADD`.
    package static let add = Opcode(rawValue: 0x93)
    /// `OP_SUB`.
    package static let sub = Opcode(rawValue: 0x94)
    /// `OP_MUL`.
    package static let mul = Opcode(rawValue: 0x95)
    /// `OP_DIV`.
    package static let div = Opcode(rawValue: 0x96)
    /// `OP_MOD`.
    package static let mod = Opcode(rawValue: 0x97)
    /// `OP_LSHIFT`.
    package static let leftShift = Opcode(rawValue: 0x98)
    /// `OP_RSHIFT`.
    package static let rightShift = Opcode(rawValue: 0x99)
    /// `OP_BOOLAND`.
    package static let boolAnd = Opcode(rawValue: 0x9a)
    /// `OP_BOOLOR`.
    package static let boolOr = Opcode(rawValue: 0x9b)
    /// `OP_NUMEQUAL`.
    package static let numEqual = Opcode(rawValue: 0x9c)
    /// `OP_NUMEQUALVERIFY`.
    package static let numEqualVerify = Opcode(rawValue: 0x9d)
    /// `OP_NUMNOTEQUAL`.
    package static let numNotEqual = Opcode(rawValue: 0x9e)
    /// `OP_LESSTHAN`.
    package static let lessThan = Opcode(rawValue: 0x9f)
    /// `OP_GREATERTHAN`.
    package static let greaterThan = Opcode(rawValue: 0xa0)
    /// `OP_LESSTHANOREQUAL`.
    package static let lessThanOrEqual = Opcode(rawValue: 0xa1)
    /// `OP_GREATERTHANOREQUAL`.
    package static let greaterThanOrEqual = Opcode(rawValue: 0xa2)
    /// `OP_MIN`.
    package static let min = Opcode(rawValue: 0xa3)
    /// `OP_MAX`.
    package static let max = Opcode(rawValue: 0xa4)
    /// `OP_WITHIN`.
    package static let within = Opcode(rawValue: 0xa5)

    // Hashes and signatures.
    /// `OP_RIPEMD160`.
    package static let ripemd160 = Opcode(rawValue: 0xa6)
    /// `OP_SHA1`.
    package static let sha1 = Opcode(rawValue: 0xa7)
    /// `OP_SHA256`.
    package static let sha256 = Opcode(rawValue: 0xa8)
    /// `OP_HASH160`.
    package static let hash160 = Opcode(rawValue: 0xa9)
    /// `OP_HASH256`.
    package static let hash256 = Opcode(rawValue: 0xaa)
    /// `OP_CODESEPARATOR`.
    package static let codeSeparator = Opcode(rawValue: 0xab)
    /// `OP_CHECKSIG`.
    package static let checkSig = Opcode(rawValue: 0xac)
    /// `OP_CHECKSIGVERIFY`.
    package static let checkSigVerify = Opcode(rawValue: 0xad)
    /// `OP_CHECKMULTISIG`.
    package static let checkMultiSig = Opcode(rawValue: 0xae)
    /// `OP_CHECKMULTISIGVERIFY`.
    package static let checkMultiSigVerify = Opcode(rawValue: 0xaf)

    // Expansion and BIP342.
    /// `OP_NOP1`.
    package static let nop1 = Opcode(rawValue: 0xb0)
    /// `OP_CHECKLOCKTIMEVERIFY`.
    package static let checkLockTimeVerify = Opcode(rawValue: 0xb1)
    /// `OP_CHECKSEQUENCEVERIFY`.
    package static let checkSequenceVerify = Opcode(rawValue: 0xb2)
    /// `OP_NOP4`.
    package static let nop4 = Opcode(rawValue: 0xb3)
    /// `OP_NOP5`.
    package static let nop5 = Opcode(rawValue: 0xb4)
    /// `OP_NOP6`.
    package static let nop6 = Opcode(rawValue: 0xb5)
    /// `OP_NOP7`.
    package static let nop7 = Opcode(rawValue: 0xb6)
    /// `OP_NOP8`.
    package static let nop8 = Opcode(rawValue: 0xb7)
    /// `OP_NOP9`.
    package static let nop9 = Opcode(rawValue: 0xb8)
    /// `OP_NOP10`.
    package static let nop10 = Opcode(rawValue: 0xb9)
    /// `OP_CHECKSIGADD`.
    package static let checkSigAdd = Opcode(rawValue: 0xba)
    /// `OP_INVALIDOPCODE`.
    package static let invalid = Opcode(rawValue: 0xff)
}
