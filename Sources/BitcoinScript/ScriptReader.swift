// Design note of BitcoinScript.
//
// What can be known about a script without running it: its instructions, its shape, the address it stands for, its
// text, and its count of signature operations. Everything is a pure function of bytes. A script is hostile input:
// instructions come from `ScriptReader`, which throws at a push that runs over the end and never traps. The machine
// that runs scripts is not here.

/// Why a script cannot be taken apart.
package enum ScriptError: Error, Equatable, Sendable {
    /// A push announces more bytes than follow.
    case truncatedPush
    /// A number on the stack is longer than allowed.
    case numberTooLong
    /// A number is not in its shortest form.
    case nonMinimalNumber
}

/// One opcode with the data that follows it.
package struct ScriptInstruction: Hashable, Sendable {
    /// The opcode.
    package let opcode: Opcode

    /// What the opcode pushes from the script itself; empty for opcodes above `OP_PUSHDATA4`.
    package let data: ArraySlice<UInt8>

    /// Puts an instruction together.
    package init(opcode: Opcode, data: ArraySlice<UInt8> = []) {
        self.opcode = opcode
        self.data = data
    }

    /// Whether no shorter opcode pushes the same data (BIP62). Only for data pushes.
    package var isMinimalPush: Bool {
        guard opcode.isDataPush, let first = data.first else { return opcode == .push0 }
        if data.count == 1 && (1...16).contains(first) || data.count == 1 && first == 0x81 { return false }
        switch data.count {
        case ...75: return Int(opcode.rawValue) == data.count
        case ...255: return opcode == .pushData1
        case ...65535: return opcode == .pushData2
        default: return true
        }
    }
}

/// Walks over a script, one instruction at a time.
package struct ScriptReader: Sendable {
    private let bytes: [UInt8]

    /// How many bytes have been read.
    package private(set) var position = 0

    /// Starts at the first byte.
    package init(_ script: [UInt8]) { bytes = script }

    /// Whether everything has been read.
    package var isAtEnd: Bool { position >= bytes.count }

    /// The next instruction; nil at the end.
    ///
    /// - Throws: `ScriptError.truncatedPush`; the reader stays where it was.
    package mutating func next() throws(ScriptError) -> ScriptInstruction? {
        guard position < bytes.count else { return nil }
        let opcode = Opcode(rawValue: bytes[position])
        let lengthSize: Int
        switch opcode {
        case .pushData1: lengthSize = 1
        case .pushData2: lengthSize = 2
        case .pushData4: lengthSize = 4
        default: lengthSize = 0
        }
        let lengthStart = position + 1
        guard bytes.count - lengthStart >= lengthSize else { throw .truncatedPush }
        var count = 0
        if lengthSize > 0 {
            for offset in (0..<lengthSize).reversed() { count = count << 8 | Int(bytes[lengthStart + offset]) }
        } else if opcode.isDataPush {
            count = Int(opcode.rawValue)
        }
        let dataStart = lengthStart + lengthSize
        guard bytes.count - dataStart >= count else { throw .truncatedPush }
        position = dataStart + count
        return ScriptInstruction(opcode: opcode, data: bytes[dataStart..<position])
    }
}
