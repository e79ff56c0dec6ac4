/// What lies on the stack of the script machine: a slice of a script, of a witness, or of an array made for a result.
typealias StackItem = ArraySlice<UInt8>

extension StackItem {
    /// Whether `OP_IF` and the end of a script take the item for true: anything but zero, which may be negative.
    var isTrue: Bool {
        guard let last else { return false }
        if last != 0 && last != 0x80 { return true }
        return dropLast().contains { $0 != 0 }
    }

    /// What operations leave for true and false.
    init(_ truth: Bool) { self = truth ? smallNumbers[1] : smallNumbers[0] }

    /// A number in its shortest form.
    init(number: Int64) {
        self = (0...16).contains(number) ? smallNumbers[Int(number)] : ScriptNumber.encode(number)[...]
    }
}

/// The items for 0 to 16, made once.
private let smallNumbers: [StackItem] = (0...16).map { ScriptNumber.encode(Int64($0))[...] }
