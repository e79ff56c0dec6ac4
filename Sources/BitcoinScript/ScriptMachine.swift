import BitcoinCrypto
import BitcoinPrimitives

/// Runs scripts on a stack (Core's `EvalScript`).
///
/// One machine serves all scripts of an input in turn: the stack stays between them, all else begins anew. There are no
/// loops, so the number of steps is bounded by the bytes of the script.
struct ScriptMachine {
    /// The stack, bottom first.
    var stack: [StackItem] = []
    /// Opcodes that are not pushes, with one more for each key of a multisig; not counted in tapscript.
    var operationCount = 0
    let flags: ScriptFlags
    var checker: SignatureChecker
    /// What only tapscript needs.
    var tapscript: TapscriptState?

    private(set) var version = SignatureVersion.base
    private(set) var altStack: [StackItem] = []
    private var reader = ScriptReader([])
    private var conditions = ConditionStack()
    /// Behind the last `OP_CODESEPARATOR` that was run.
    private var codeStart = 0
    /// The position of the instruction, counted in instructions, run or not.
    private var instructionPosition: UInt32 = 0

    /// What a tapscript's signature checks need besides the transaction.
    struct TapscriptState {
        var context: PrecomputedTransactionData.TapscriptContext
        var annexHash: Hash256?
        /// How much more weight signature checks may use up.
        var validationWeightLeft: Int
    }

    init(flags: ScriptFlags, checker: consuming SignatureChecker) {
        self.flags = flags
        self.checker = checker
    }

    /// The script from behind the last `OP_CODESEPARATOR` on: what signatures sign.
    var scriptCode: ArraySlice<UInt8> { reader.bytes[codeStart...] }

    /// Runs a script to its end.
    mutating func run(_ script: ArraySlice<UInt8>, version: SignatureVersion) throws(ScriptError) {
        guard version == .tapscript || script.count <= maxScriptSize else { throw .scriptSize }
        self.version = version
        reader = ScriptReader(script)
        conditions = ConditionStack()
        if !altStack.isEmpty { altStack = [] }
        operationCount = 0
        codeStart = script.startIndex
        instructionPosition = 0
        // One block of memory from the start, for most scripts the only one.
        if stack.capacity < Self.usualStackItems { stack.reserveCapacity(Self.usualStackItems) }
        while !reader.isAtEnd {
            guard let (opcode, data) = reader.step() else { throw .badOpcode }
            try execute(opcode, data)
            instructionPosition &+= 1
        }
        guard conditions.isEmpty else { throw .unbalancedConditional }
    }

    private mutating func execute(_ opcode: Opcode, _ data: Range<Int>) throws(ScriptError) {
        guard data.count <= maxScriptElementSize else { throw .pushSize }
        if version != .tapscript && !opcode.isPush {
            operationCount += 1
            guard operationCount <= ScriptMachine.maxOperations else { throw .operationCount }
        }
        // These fail a script even where it does not run.
        guard !opcode.isDisabled else { throw .disabledOpcode }
        if opcode == .codeSeparator && version == .base && flags.contains(.constantScriptCode) {
            throw .codeSeparator
        }
        let isExecuting = conditions.areAllTrue
        if opcode.isDataPush {
            if isExecuting { try push(opcode, reader.bytes[data]) }
        } else if isExecuting || opcode.isConditional {
            try perform(opcode, isExecuting: isExecuting)
        }
        guard stack.count + altStack.count <= ScriptMachine.maxStackItems else { throw .stackSize }
    }

    private mutating func push(_ opcode: Opcode, _ data: StackItem) throws(ScriptError) {
        if flags.contains(.minimalData) && !ScriptInstruction(opcode: opcode, data: data).isMinimalPush {
            throw .minimalData
        }
        stack.append(data)
    }

    /// The most operations of a script outside of tapscript.
    static let maxOperations = 201
    /// Enough for most scripts.
    private static let usualStackItems = 8
    /// The most items of both stacks together.
    static let maxStackItems = 1000

    // One line for each opcode; what takes more than a line stands in an extension.
    private mutating func perform(_ opcode: Opcode, isExecuting: Bool) throws(ScriptError) {
        switch opcode {
        case .negative1: push(number: -1)
        case .push1, .push2, .push3, .push4, .push5, .push6, .push7, .push8, .push9, .push10, .push11, .push12,
            .push13, .push14, .push15, .push16:
            push(number: Int64(opcode.rawValue) - 0x50)

        case .nop: break
        case .if: conditions.push(try takeCondition(isExecuting))
        case .notIf: conditions.push(try !takeCondition(isExecuting) && isExecuting)
        case .else: try changeCondition { $0.toggle() }
        case .endIf: try changeCondition { $0.pop() }
        case .verify: try verify()
        case .return: throw .opReturn
        case .checkLockTimeVerify: try checkLockTime()
        case .checkSequenceVerify: try checkSequence()
        case .nop1, .nop4, .nop5, .nop6, .nop7, .nop8, .nop9, .nop10:
            guard !flags.contains(.discourageUpgradableNops) else { throw .discourageUpgradableNops }

        case .toAltStack: altStack.append(try pop())
        case .fromAltStack: try takeFromAltStack()
        case .drop2: try drop(2)
        case .dup2: try duplicate(2)
        case .dup3: try duplicate(3)
        case .over2: try over2()
        case .rot2: try rotate2()
        case .swap2: try swap2()
        case .ifDup: if try top(1).isTrue { try duplicate(1) }
        case .depth: push(number: Int64(stack.count))
        case .drop: try drop(1)
        case .dup: try duplicate(1)
        case .nip: try nip()
        case .over: stack.append(try top(2))
        case .pick: try pick()
        case .roll: try roll()
        case .rot: try rotate()
        case .swap: try swap()
        case .tuck: try tuck()
        case .size: push(number: Int64(try top(1).count))

        case .equal: push(try takeEqual())
        case .equalVerify: guard try takeEqual() else { throw .equalVerify }

        case .add1: try calculate { $0 + 1 }
        case .sub1: try calculate { $0 - 1 }
        case .negate: try calculate { -$0 }
        case .abs: try calculate { abs($0) }
        case .not: try calculate { $0 == 0 ? 1 : 0 }
        case .notEqual0: try calculate { $0 != 0 ? 1 : 0 }
        case .add: try calculate { $0 + $1 }
        case .sub: try calculate { $0 - $1 }
        case .boolAnd: try compare { $0 != 0 && $1 != 0 }
        case .boolOr: try compare { $0 != 0 || $1 != 0 }
        case .numEqual: try compare { $0 == $1 }
        case .numEqualVerify: try verifyNumbersAreEqual()
        case .numNotEqual: try compare { $0 != $1 }
        case .lessThan: try compare { $0 < $1 }
        case .greaterThan: try compare { $0 > $1 }
        case .lessThanOrEqual: try compare { $0 <= $1 }
        case .greaterThanOrEqual: try compare { $0 >= $1 }
        case .min: try calculate { min($0, $1) }
        case .max: try calculate { max($0, $1) }
        case .within: try within()

        case .ripemd160: try hash { RIPEMD160.hash($0) }
        case .sha1: try hash { SHA1.hash($0) }
        case .sha256: try hash { SHA256.hash($0) }
        case .hash160: try hash { HASH160.hash($0) }
        case .hash256: try hash { SHA256d.hash($0).bytes }
        case .codeSeparator: separateCode()
        case .checkSig: push(try checkSignature())
        case .checkSigVerify: guard try checkSignature() else { throw .checkSigVerify }
        case .checkSigAdd: try addSignature()
        case .checkMultiSig: push(try checkMultiSignature())
        case .checkMultiSigVerify: guard try checkMultiSignature() else { throw .checkMultiSigVerify }

        // Among them `OP_VERIF` and `OP_VERNOTIF`, which get here even where nothing is run.
        default: throw .badOpcode
        }
    }

    private mutating func changeCondition(_ change: (inout ConditionStack) -> Void) throws(ScriptError) {
        guard !conditions.isEmpty else { throw .unbalancedConditional }
        change(&conditions)
    }

    private mutating func separateCode() {
        codeStart = reader.index
        tapscript?.context.codeSeparatorPosition = instructionPosition
    }

    private mutating func takeFromAltStack() throws(ScriptError) {
        guard let item = altStack.popLast() else { throw .invalidAltStackOperation }
        stack.append(item)
    }
}

extension Opcode {
    /// Whether the opcode was switched off in 2010 and fails every script that holds it (CVE-2010-5137).
    var isDisabled: Bool {
        switch rawValue {
        case 0x7e...0x81, 0x83...0x86, 0x8d, 0x8e, 0x95...0x99: true
        default: false
        }
    }

    /// Whether the opcode lies between `OP_IF` and `OP_ENDIF`, which are looked at even where nothing is run.
    var isConditional: Bool { (Opcode.if.rawValue...Opcode.endIf.rawValue).contains(rawValue) }
}
