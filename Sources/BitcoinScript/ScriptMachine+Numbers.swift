/// Numbers, conditions and lock times.
extension ScriptMachine {
    /// The number in an item, counted from 1 at the top. The item must be there.
    func number(_ depth: Int, maxCount: Int = 4) throws(ScriptError) -> Int64 {
        do {
            return try ScriptNumber.decode(
                stack[stack.count - depth], maxCount: maxCount, requireMinimal: flags.contains(.minimalData))
        } catch {
            throw .scriptNumber
        }
    }

    // Operands have 32 bits at most, so no result can leave 64 bits. A result of more than 32 bits is allowed on the
    // stack, though not as an operand.

    /// Puts the result in the place of one number.
    mutating func calculate(_ result: (Int64) -> Int64) throws(ScriptError) {
        try need(1)
        let operand = try number(1)
        stack.removeLast()
        push(number: result(operand))
    }

    /// Puts the result in the place of two numbers.
    mutating func calculate(_ result: (Int64, Int64) -> Int64) throws(ScriptError) {
        try need(2)
        let left = try number(2)
        let right = try number(1)
        stack.removeLast(2)
        push(number: result(left, right))
    }

    /// Puts the answer in the place of two numbers.
    mutating func compare(_ answer: (Int64, Int64) -> Bool) throws(ScriptError) {
        try calculate { (left: Int64, right: Int64) in answer(left, right) ? 1 : 0 }
    }

    mutating func verifyNumbersAreEqual() throws(ScriptError) {
        try need(2)
        let left = try number(2)
        let right = try number(1)
        stack.removeLast(2)
        guard left == right else { throw .numEqualVerify }
    }

    /// x min max -- bool
    mutating func within() throws(ScriptError) {
        try need(3)
        let value = try number(3)
        let minimum = try number(2)
        let limit = try number(1)
        stack.removeLast(3)
        push(minimum <= value && value < limit)
    }

    mutating func verify() throws(ScriptError) {
        guard try top(1).isTrue else { throw .verify }
        stack.removeLast()
    }

    /// Takes what `OP_IF` decides by; where nothing is run, nothing is taken.
    mutating func takeCondition(_ isExecuting: Bool) throws(ScriptError) -> Bool {
        guard isExecuting else { return false }
        try need(1)
        let item = stack[stack.count - 1]
        let isMinimal = item.isEmpty || item.count == 1 && item.first == 1
        if !isMinimal {
            if version == .tapscript { throw .tapscriptMinimalIf }
            if version == .witnessV0 && flags.contains(.minimalIf) { throw .minimalIf }
        }
        stack.removeLast()
        return item.isTrue
    }

    /// A number of up to five bytes, since lock times need 32 bits without a sign.
    private func lockTimeOperand() throws(ScriptError) -> Int64 {
        try need(1)
        let operand = try number(1, maxCount: 5)
        guard operand >= 0 else { throw .negativeLockTime }
        return operand
    }

    func checkLockTime() throws(ScriptError) {
        guard flags.contains(.checkLockTimeVerify) else { return }
        guard checker.isSatisfied(lockTime: try lockTimeOperand()) else { throw .unsatisfiedLockTime }
    }

    func checkSequence() throws(ScriptError) {
        guard flags.contains(.checkSequenceVerify) else { return }
        let sequence = try lockTimeOperand()
        // A set bit 31 leaves room for other meanings: the opcode does nothing then.
        guard sequence & RelativeLockTime.disableFlag == 0 else { return }
        guard checker.isSatisfied(sequence: sequence) else { throw .unsatisfiedLockTime }
    }
}
