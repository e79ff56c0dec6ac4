package import BitcoinPrimitives

/// Puts scripts together.
package struct ScriptBuilder: Sendable {
    /// What has been written so far.
    package private(set) var bytes: [UInt8] = []

    /// Starts with the empty script.
    package init() {}

    /// The script written so far.
    package var script: Script { Script(bytes) }

    /// Appends an opcode.
    package mutating func append(_ opcode: Opcode) { bytes.append(opcode.rawValue) }

    /// Appends opcodes in order.
    package mutating func append(_ opcodes: Opcode...) { for opcode in opcodes { append(opcode) } }

    /// Appends a push of data with the shortest length. Short data is not turned into `OP_1` to `OP_16`.
    package mutating func push(_ data: some Collection<UInt8>) {
        switch data.count {
        case ..<0x4c:
            bytes.append(UInt8(data.count))
        case ...0xff:
            append(.pushData1)
            bytes.append(UInt8(data.count))
        case ...0xffff:
            append(.pushData2)
            bytes.append(UInt8(truncatingIfNeeded: data.count))
            bytes.append(UInt8(truncatingIfNeeded: data.count >> 8))
        default:
            append(.pushData4)
            for shift in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: data.count >> shift)) }
        }
        bytes.append(contentsOf: data)
    }

    /// Appends a push of a number, by one opcode when it is from -1 to 16.
    package mutating func push(number: Int64) {
        if number == -1 {
            append(.negative1)
        } else if (0...16).contains(number), let opcode = Opcode(pushing: Int(number)) {
            append(opcode)
        } else {
            push(ScriptNumber.encode(number))
        }
    }

    /// Appends bytes as they are.
    package mutating func append(raw: some Sequence<UInt8>) { bytes.append(contentsOf: raw) }
}
