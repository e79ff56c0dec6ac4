/// Which of the nested branches of `OP_IF` are taken.
///
/// All that matters is how many there are and which is the outermost that is not taken, so nothing else is kept: a
/// script of nothing but `OP_IF` costs no more than any other.
struct ConditionStack {
    private var depth = 0
    /// The depth of the outermost branch that is not taken.
    private var firstFalse: Int?

    /// Whether no branch is open.
    var isEmpty: Bool { depth == 0 }

    /// Whether instructions are run here.
    var areAllTrue: Bool { firstFalse == nil }

    /// Opens a branch.
    mutating func push(_ isTaken: Bool) {
        if !isTaken && firstFalse == nil { firstFalse = depth }
        depth += 1
    }

    /// Closes the innermost branch. There must be one.
    mutating func pop() {
        depth -= 1
        if firstFalse == depth { firstFalse = nil }
    }

    /// Turns the innermost branch around. There must be one.
    mutating func toggle() {
        if firstFalse == nil {
            firstFalse = depth - 1
        } else if firstFalse == depth - 1 {
            firstFalse = nil
        }
    }
}
