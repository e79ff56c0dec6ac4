// Design note of BitcoinScript.
//
// Two things in one module, since they share the reading of scripts. All of it is pure functions of bytes.
//
// What can be known about a script without running it: its instructions, its shape, the address it stands for, its
// text, and its count of signature operations. A script is hostile input: instructions come from `ScriptReader`, which
// fails at a push that runs over the end and never traps.
//
// Whether a script allows a spend. `PrecomputedTransactionData` holds a transaction with the outputs that it spends and
// whatever its signature hashes share; it is immutable, so the inputs can be verified on any threads.
// `ScriptVerifier` decides about one input: it lets a `ScriptMachine` run the scripts and witness programs in turn. The
// machine keeps a stack of slices into the scripts and witnesses that were there before, so that pushing copies
// nothing, and asks its `SignatureChecker` about signatures and lock times. Every rule that is not as old as Bitcoin
// hangs on one of `ScriptFlags`; every way to fail is one case of `ScriptError`. The module agrees with Core's
// interpreter.cpp in each verdict and in each error, quirks included; where a quirk looks like a mistake, a comment
// says that it is consensus.

/// Why bytes are no script or no number.
package enum ScriptFormatError: Error, Equatable, Sendable {
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
    /// The script, of which nothing is copied.
    let bytes: ArraySlice<UInt8>

    /// Where the next instruction starts, as an index of the slice.
    var index: Int

    /// Starts at the first byte.
    package init(_ script: [UInt8]) { self.init(script[...]) }

    /// Starts at the first byte.
    package init(_ script: ArraySlice<UInt8>) {
        bytes = script
        index = script.startIndex
    }

    /// How many bytes have been read.
    package var position: Int { index - bytes.startIndex }

    /// Whether everything has been read.
    package var isAtEnd: Bool { index >= bytes.endIndex }

    /// The next instruction; nil at the end.
    ///
    /// - Throws: `ScriptFormatError.truncatedPush`; the reader stays where it was.
    package mutating func next() throws(ScriptFormatError) -> ScriptInstruction? {
        guard !isAtEnd else { return nil }
        let start = index
        guard let (opcode, data) = step() else {
            index = start
            throw .truncatedPush
        }
        return ScriptInstruction(opcode: opcode, data: bytes[data])
    }

    /// The next opcode and where its data lies; nil at the end, and at a push that runs over the end.
    ///
    /// After a broken push the reader stands behind the opcode, and behind the length if that was whole: signature
    /// hashes of a broken script depend on it.
    mutating func step() -> (opcode: Opcode, data: Range<Int>)? {
        guard index < bytes.endIndex else { return nil }
        let opcode = Opcode(rawValue: bytes[index])
        index += 1
        guard opcode.isDataPush else { return (opcode, index..<index) }
        var count = Int(opcode.rawValue)
        if count >= 0x4c {
            let lengthSize = 1 << (count - 0x4c)
            guard bytes.endIndex - index >= lengthSize else { return nil }
            count = 0
            for offset in (0..<lengthSize).reversed() { count = count << 8 | Int(bytes[index + offset]) }
            index += lengthSize
        }
        guard bytes.endIndex - index >= count else { return nil }
        let data = index..<(index + count)
        index = data.upperBound
        return (opcode, data)
    }
}
