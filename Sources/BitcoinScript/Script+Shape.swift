package import BitcoinPrimitives

/// A script's longest allowed length in bytes, outside tapscript.
package let maxScriptSize = 10_000

/// The longest allowed item on the stack, in bytes.
package let maxScriptElementSize = 520

/// The most public keys of `OP_CHECKMULTISIG`.
package let maxPublicKeysPerMultisig = 20

/// The most public keys of `multi_a` in a tapscript.
package let maxPublicKeysPerMultiA = 999

extension Script {
    /// The instructions of a well formed script.
    ///
    /// - Throws: `ScriptFormatError.truncatedPush`.
    package func instructions() throws(ScriptFormatError) -> [ScriptInstruction] {
        var reader = ScriptReader(slice)
        var all: [ScriptInstruction] = []
        while let instruction = try reader.next() { all.append(instruction) }
        return all
    }

    /// Whether the script pays to the hash of another one (BIP16).
    package var isPayToScriptHash: Bool {
        slice.isPayToScriptHashScript
    }

    /// Whether the script is `OP_0` and 32 bytes.
    package var isPayToWitnessScriptHash: Bool { slice.isWitnessProgramOf32(after: .push0) }

    /// Whether the script is `OP_1` and 32 bytes.
    package var isPayToTaproot: Bool { slice.isWitnessProgramOf32(after: .push1) }

    /// Whether the script is the one that anybody can spend to bump a fee.
    package var isPayToAnchor: Bool { slice == [Opcode.push1.rawValue, 2, 0x4e, 0x73] }

    /// The version and program of a witness output: a small number and one push of 2 to 40 bytes (BIP141).
    package var witnessProgram: (version: Int, program: [UInt8])? {
        slice.witnessProgram.map { ($0.version, Array($0.bytes)) }
    }

    /// Whether the script is a witness output of any version.
    package var isWitnessProgram: Bool { slice.witnessProgram != nil }

    /// Whether there is nothing but pushes from `start` on. `OP_RESERVED` counts as a push here, as in Core.
    package func isPushOnly(from start: Int = 0) -> Bool { slice.dropFirst(start).isPushOnlyScript }

    /// Whether no input can ever satisfy the script: it begins with `OP_RETURN` or is too long.
    package var isUnspendable: Bool {
        slice.first == Opcode.return.rawValue || count > maxScriptSize
    }

    /// Whether every instruction is whole, known and pushes at most 520 bytes.
    package var hasValidOpcodes: Bool {
        var reader = ScriptReader(slice)
        do {
            while let instruction = try reader.next() {
                guard instruction.opcode.rawValue <= Opcode.nop10.rawValue,
                    instruction.data.count <= maxScriptElementSize
                else { return false }
            }
            return true
        } catch {
            return false
        }
    }
}
