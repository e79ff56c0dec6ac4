import BitcoinPrimitives
import BitcoinScript

/// Finds the miniscript of a script, reading it from its end.
///
/// A script says what it is by its last opcode, so the walk goes backwards, with a list of what is still to be found
/// instead of recursion. `and_v` leaves no opcode of its own: wherever an expression may be followed by another one,
/// both are tried as halves of it.
struct MiniscriptDecoder {
    /// What is to be found or built next.
    private enum Expectation {
        /// An expression that is no `and_v` and has no wrapper `a` or `s`.
        case single
        /// An expression, perhaps several joined by `and_v`.
        case several
        /// An expression with wrapper `a` or `s`.
        case wrapped
        /// The other half of an `and_v`, if the script goes on so.
        case perhapsAndV
        /// A node over the last expressions found; they are found last argument first.
        case build(Miniscript.Fragment, arguments: Int)
        /// The opcode that opens a wrapper, then its node.
        case open(Opcode, Miniscript.Fragment)
        /// More arguments of a threshold, of which so many are found.
        case threshold(Int, found: Int)
        /// What stands before the last branch of a conditional.
        case beforeEndIf
        /// What stands before `OP_NOTIF`.
        case beforeNotIf
        /// What stands before the first branch of a conditional with two.
        case beforeElse
    }

    /// The keys found, in order of their positions.
    private(set) var keys: [KeyExpression] = []

    private let context: Miniscript.Context
    private let inference: ScriptInference
    private var miniscript: Miniscript
    /// What is left of the script, its end last.
    private var rest: [ScriptInstruction] = []
    private var expected: [Expectation] = [.several]
    /// Positions of expressions that no node has taken in yet.
    private var finished: [Int] = []

    /// Makes a decoder for one script.
    ///
    /// - Parameter inference: finds the expressions of keys.
    init(context: Miniscript.Context, inference: ScriptInference) {
        self.context = context
        self.inference = inference
        miniscript = Miniscript(context: context)
    }

    /// The miniscript of a script; nil when it has none. The result is well typed.
    mutating func decode(_ script: Script) -> Miniscript? {
        guard script.count <= Miniscript.maxScriptSize(context), let parts = Self.decompose(script) else { return nil }
        rest = parts
        while let expectation = expected.popLast() {
            // Once an expression is badly typed, so is everything around it.
            if let last = finished.last, !miniscript.isValid(miniscript.nodes[last]) { return nil }
            guard fulfil(expectation) else { return nil }
        }
        guard rest.isEmpty, finished.count == 1, finished[0] == miniscript.nodes.count - 1,
            miniscript.isValidTopLevel
        else { return nil }
        miniscript.findRepeatedKeys(keys.map(\.comparisonKey))
        return miniscript
    }

    /// The instructions with verifying opcodes split in two; nil if a push is not in its shortest form or an opcode
    /// and `OP_VERIFY` should have been one.
    private static func decompose(_ script: Script) -> [ScriptInstruction]? {
        guard let instructions = try? script.instructions() else { return nil }
        let splittable: [Opcode: Opcode] = [
            .checkSigVerify: .checkSig, .checkMultiSigVerify: .checkMultiSig, .equalVerify: .equal,
            .numEqualVerify: .numEqual,
        ]
        var parts: [ScriptInstruction] = []
        var previous = Opcode.invalid
        for instruction in instructions {
            if let plain = splittable[instruction.opcode] {
                parts.append(ScriptInstruction(opcode: plain, data: []))
                parts.append(ScriptInstruction(opcode: .verify, data: []))
            } else {
                if instruction.opcode.isDataPush && !instruction.isMinimalPush { return nil }
                if instruction.opcode == .verify && splittable.values.contains(previous) { return nil }
                parts.append(instruction)
            }
            previous = instruction.opcode
        }
        return parts
    }

    /// The instruction `offset` places before the end.
    private func fromEnd(_ offset: Int) -> ScriptInstruction? {
        offset < rest.count ? rest[rest.count - 1 - offset] : nil
    }

    /// Whether the script ends in these opcodes, the last one first.
    private func ends(_ opcodes: Opcode?...) -> Bool {
        opcodes.count <= rest.count
            && opcodes.enumerated().allSatisfy { $1 == nil || fromEnd($0)?.opcode == $1 }
    }

    private mutating func take(_ opcode: Opcode) -> Bool {
        guard rest.last?.opcode == opcode else { return false }
        rest.removeLast()
        return true
    }

    private mutating func add(_ fragment: Miniscript.Fragment, _ arguments: [Int] = [], taking count: Int = 0) -> Bool {
        rest.removeLast(count)
        finished.append(miniscript.append(fragment, arguments))
        return true
    }

    private mutating func build(_ fragment: Miniscript.Fragment, _ count: Int) -> Bool {
        guard finished.count >= count else { return false }
        let arguments = Array(finished.suffix(count).reversed())
        finished.removeLast(count)
        return add(fragment, arguments)
    }

    /// Expects these in turn.
    private mutating func expect(_ expectations: Expectation...) -> Bool {
        expected.append(contentsOf: expectations.reversed())
        return true
    }

    private mutating func fulfil(_ expectation: Expectation) -> Bool {
        switch expectation {
        case .single:
            return findSingle()
        case .several:
            return expect(.single, .perhapsAndV)
        case .wrapped:
            guard !rest.isEmpty else { return false }
            return take(.fromAltStack) ? expect(.several, .open(.toAltStack, .a)) : expect(.several, .open(.swap, .s))
        case .perhapsAndV:
            // These opcodes end no expression.
            let ends: [Opcode] = [.if, .else, .notIf, .toAltStack, .swap]
            guard let last = rest.last, !ends.contains(last.opcode) else { return true }
            return expect(.several, .build(.andV, arguments: 2))
        case .build(let fragment, let count):
            return build(fragment, count)
        case .open(let opcode, let fragment):
            return take(opcode) && build(fragment, 1)
        case .threshold(let threshold, let found):
            guard !rest.isEmpty else { return false }
            if take(.add) { return expect(.wrapped, .threshold(threshold, found: found + 1)) }
            guard (1...(found + 1)).contains(threshold) else { return false }
            return expect(.single, .build(.thresh(threshold), arguments: found + 1))
        case .beforeEndIf:
            if take(.else) { return expect(.several, .beforeElse) }
            if take(.if) {
                if take(.dup) { return expect(.build(.d, arguments: 1)) }
                return take(.notEqual0) && take(.size) && expect(.build(.j, arguments: 1))
            }
            return take(.notIf) && expect(.beforeNotIf)
        case .beforeNotIf:
            guard !rest.isEmpty else { return false }
            return expect(.single, .build(take(.ifDup) ? .orD : .orC, arguments: 2))
        case .beforeElse:
            if take(.if) { return build(.orI, 2) }
            return take(.notIf) && expect(.single, .build(.andOr, arguments: 3)) && swapBranches()
        }
    }

    /// In `andor(x,y,z)` the script has z before y, so the halves found must change places.
    private mutating func swapBranches() -> Bool {
        guard finished.count >= 2 else { return false }
        finished.swapAt(finished.count - 1, finished.count - 2)
        return true
    }

    private mutating func findSingle() -> Bool {
        guard let last = rest.last else { return false }
        switch last.opcode {
        case .push1: return add(.true_, taking: 1)
        case .push0: return add(.false_, taking: 1)
        case _ where last.data.count == 33 || last.data.count == 32: return findKey(Array(last.data))
        case .checkSequenceVerify:
            guard let number = lockTime() else { return false }
            return add(.older(number), taking: 2)
        case .checkLockTimeVerify:
            guard let number = lockTime() else { return false }
            return add(.after(number), taking: 2)
        case .checkMultiSig: return findMultisig()
        case .numEqual: return findMultiA()
        case .checkSig:
            rest.removeLast()
            return expect(.single, .build(.c, arguments: 1))
        case .verify:
            if let key = keyHash() { return add(.pkH(key), taking: 5) }
            rest.removeLast()
            return expect(.single, .build(.v, arguments: 1))
        case .notEqual0:
            rest.removeLast()
            return expect(.single, .build(.n, arguments: 1))
        case .equal: return findHashOrThreshold()
        case .endIf:
            rest.removeLast()
            return expect(.several, .beforeEndIf)
        case .boolAnd:
            rest.removeLast()
            return expect(.wrapped, .single, .build(.andB, arguments: 2))
        case .boolOr:
            rest.removeLast()
            return expect(.wrapped, .single, .build(.orB, arguments: 2))
        default: return false
        }
    }

    private mutating func findKey(_ bytes: [UInt8]) -> Bool {
        guard let key = addKey(bytes) else { return false }
        return add(.pkK(key), taking: 1)
    }

    private mutating func addKey(_ bytes: [UInt8]) -> Int? {
        let found: KeyExpression?
        switch context {
        case .p2wsh: found = inference.key(bytes, in: .p2wsh)
        case .tapscript: found = inference.key(coordinate: bytes)
        }
        guard let found else { return nil }
        keys.append(found)
        return keys.count - 1
    }

    /// The key of `pk_h`, if the script ends in one and its key is known.
    private mutating func keyHash() -> Int? {
        guard ends(.verify, .equal, nil, .hash160, .dup), let hash = fromEnd(2)?.data, hash.count == 20,
            let key = inference.key(named: Array(hash), in: context == .p2wsh ? .p2wsh : .p2tr)
        else { return nil }
        keys.append(key)
        return keys.count - 1
    }

    private func number(_ offset: Int) -> Int64? {
        guard let instruction = fromEnd(offset) else { return nil }
        if let pushed = instruction.opcode.pushedNumber { return Int64(pushed) }
        guard !instruction.data.isEmpty else { return nil }
        return try? ScriptNumber.decode(instruction.data)
    }

    private func lockTime() -> UInt32? {
        guard let number = number(1), (1...0x7fff_ffff).contains(number) else { return nil }
        return UInt32(number)
    }

    private mutating func findHashOrThreshold() -> Bool {
        if ends(.equal, nil, nil, .verify, .equal, nil, .size), number(5) == 32, let data = fromEnd(1)?.data,
            let fragment = Self.preimage(fromEnd(2)?.opcode, Array(data))
        {
            return add(fragment, taking: 7)
        }
        guard rest.count >= 3, let threshold = number(1), (1...Int64(Int32.max)).contains(threshold) else {
            return false
        }
        rest.removeLast(2)
        return expect(.threshold(Int(threshold), found: 0))
    }

    private static func preimage(_ opcode: Opcode?, _ hash: [UInt8]) -> Miniscript.Fragment? {
        switch (opcode, hash.count) {
        case (.some(.sha256), 32): .sha256(hash)
        case (.some(.hash256), 32): .hash256(hash)
        case (.some(.ripemd160), 20): .ripemd160(hash)
        case (.some(.hash160), 20): .hash160(hash)
        default: nil
        }
    }

    private mutating func findMultisig() -> Bool {
        guard context == .p2wsh, let count = number(1), (1...Int64(maxPublicKeysPerMultisig)).contains(count),
            let threshold = number(2 + Int(count)), (1...count).contains(threshold)
        else { return false }
        var positions: [Int] = []
        for offset in 0..<Int(count) {
            guard let data = fromEnd(2 + offset)?.data, data.count == 33, let key = addKey(Array(data)) else {
                return false
            }
            positions.append(key)
        }
        return add(.multi(Int(threshold), keys: positions.reversed()), taking: 3 + Int(count))
    }

    private mutating func findMultiA() -> Bool {
        guard context == .tapscript, let threshold = number(1),
            (1...Int64(maxPublicKeysPerMultiA)).contains(threshold)
        else { return false }
        var positions: [Int] = []
        while positions.count < maxPublicKeysPerMultiA {
            let offset = 2 + 2 * positions.count
            guard let check = fromEnd(offset)?.opcode, check == .checkSig || check == .checkSigAdd,
                let data = fromEnd(offset + 1)?.data, data.count == 32, let key = addKey(Array(data))
            else { return false }
            positions.append(key)
            guard check == .checkSig else { continue }
            guard positions.count >= threshold else { return false }
            return add(
                .multiA(Int(threshold), keys: positions.reversed()), taking: 2 + 2 * positions.count)
        }
        return false
    }
}
