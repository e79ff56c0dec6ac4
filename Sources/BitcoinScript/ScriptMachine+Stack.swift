import ByteCoding

/// Moving items about.
extension ScriptMachine {
    /// Checks that there are enough items.
    func need(_ count: Int) throws(ScriptError) {
        guard stack.count >= count else { throw .invalidStackOperation }
    }

    /// An item, counted from 1 at the top.
    func top(_ depth: Int) throws(ScriptError) -> StackItem {
        try need(depth)
        return stack[stack.count - depth]
    }

    mutating func pop() throws(ScriptError) -> StackItem {
        guard let item = stack.popLast() else { throw .invalidStackOperation }
        return item
    }

    mutating func push(number: Int64) { stack.append(StackItem(number: number)) }

    mutating func push(_ truth: Bool) { stack.append(StackItem(truth)) }

    mutating func drop(_ count: Int) throws(ScriptError) {
        try need(count)
        stack.removeLast(count)
    }

    /// Repeats the topmost items in their order.
    mutating func duplicate(_ count: Int) throws(ScriptError) {
        try need(count)
        for _ in 0..<count { stack.append(stack[stack.count - count]) }
    }

    /// x1 x2 x3 x4 -- x1 x2 x3 x4 x1 x2
    mutating func over2() throws(ScriptError) {
        try need(4)
        for _ in 0..<2 { stack.append(stack[stack.count - 4]) }
    }

    /// x1 x2 x3 x4 x5 x6 -- x3 x4 x5 x6 x1 x2
    mutating func rotate2() throws(ScriptError) {
        try need(6)
        for _ in 0..<2 { stack.append(stack.remove(at: stack.count - 6)) }
    }

    /// x1 x2 x3 x4 -- x3 x4 x1 x2
    mutating func swap2() throws(ScriptError) {
        try need(4)
        stack.swapAt(stack.count - 4, stack.count - 2)
        stack.swapAt(stack.count - 3, stack.count - 1)
    }

    /// x1 x2 -- x2
    mutating func nip() throws(ScriptError) {
        try need(2)
        stack.remove(at: stack.count - 2)
    }

    /// xn ... x0 n -- xn ... x0 xn
    mutating func pick() throws(ScriptError) {
        let position = try takePosition()
        stack.append(stack[position])
    }

    /// xn ... x0 n -- ... x0 xn
    mutating func roll() throws(ScriptError) {
        let position = try takePosition()
        stack.append(stack.remove(at: position))
    }

    /// x1 x2 x3 -- x2 x3 x1
    mutating func rotate() throws(ScriptError) {
        try need(3)
        stack.append(stack.remove(at: stack.count - 3))
    }

    /// x1 x2 -- x2 x1
    mutating func swap() throws(ScriptError) {
        try need(2)
        stack.swapAt(stack.count - 2, stack.count - 1)
    }

    /// x1 x2 -- x2 x1 x2
    mutating func tuck() throws(ScriptError) {
        try need(2)
        stack.insert(stack[stack.count - 1], at: stack.count - 2)
    }

    /// Takes a number from the stack and says where in the stack lies the item so deep below it.
    mutating func takePosition() throws(ScriptError) -> Int {
        try need(2)
        let depth = try number(1)
        stack.removeLast()
        guard depth >= 0, depth < Int64(stack.count) else { throw .invalidStackOperation }
        return stack.count - 1 - Int(depth)
    }

    /// x1 x2 --
    mutating func takeEqual() throws(ScriptError) -> Bool {
        try need(2)
        let isEqual = stack[stack.count - 2].hasBytes(of: stack[stack.count - 1])
        stack.removeLast(2)
        return isEqual
    }

    /// Puts the hash of the topmost item in its place.
    mutating func hash(_ hash: (StackItem) -> [UInt8]) throws(ScriptError) {
        let item = try pop()
        stack.append(hash(item)[...])
    }
}
