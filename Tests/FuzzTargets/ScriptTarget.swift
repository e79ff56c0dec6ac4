import BitcoinCrypto
import BitcoinPrimitives
import BitcoinScript
import ByteCoding

/// Scripts: taken apart, and run as what an input spends with.
enum ScriptTarget {
    static func run(_ bytes: [UInt8]) {
        var reader = ByteReader(bytes)
        guard let first = try? reader.readUInt32(), let second = try? reader.readUInt32(),
            let version = try? reader.readUInt8(), let scriptSig = try? reader.readSizedBytes(),
            let scriptPubKey = try? reader.readSizedBytes(), let count = try? reader.readUInt8()
        else { return }
        var witness: [[UInt8]] = []
        for _ in 0..<(count & 15) {
            guard let item = try? reader.readSizedBytes() else { break }
            witness.append(item)
        }
        takeApart(Script(scriptPubKey))
        takeApart(Script(scriptSig))
        var inputs = [TransactionInput(previousOutput: .null), TransactionInput(previousOutput: .null)]
        inputs[1].scriptSig = Script(scriptSig)
        inputs[1].witness = witness
        inputs[1].sequence = second
        let outputs = (0..<(count >> 6)).map { TransactionOutput(value: Amount($0), scriptPubKey: Script(scriptSig)) }
        let spent = TransactionOutput(value: 7, scriptPubKey: Script(scriptPubKey))
        let data = PrecomputedTransactionData(
            Transaction(version: UInt32(version), inputs: inputs, outputs: outputs, lockTime: second),
            spending: [spent, spent])

        // Every flag only forbids: what passes under more passes under fewer.
        let more = completed(ScriptFlags(rawValue: first & 0x1f_ffff))
        let passes = isValid(data, more)
        let fewer = completed(more.intersection(ScriptFlags(rawValue: second)), adding: false)
        let passesWithFewer = isValid(data, fewer)
        precondition(!passes || passesWithFewer, "a spend is valid under more rules, but not under fewer")
        precondition(isValid(data, more) == passes, "a second look sees something else")
    }

    /// Some flags mean nothing without others: those are added, or these taken away.
    private static func completed(_ flags: ScriptFlags, adding: Bool = true) -> ScriptFlags {
        var flags = flags
        if adding {
            if flags.contains(.cleanStack) { flags.insert(.witness) }
            if flags.contains(.witness) { flags.insert(.p2sh) }
        } else {
            if !flags.contains(.p2sh) { flags.remove(.witness) }
            if !flags.contains(.witness) { flags.remove(.cleanStack) }
        }
        return flags
    }

    private static func isValid(_ data: PrecomputedTransactionData, _ flags: ScriptFlags) -> Bool {
        (try? ScriptVerifier(flags: flags).verify(input: 1, of: data)) != nil
    }

    private static func takeApart(_ script: Script) {
        if let instructions = try? script.instructions() {
            let size = instructions.reduce(0) { $0 + 1 + $1.data.count }
            precondition(size <= script.bytes.count, "there is more in a script than its bytes")
        }
        _ = script.hasValidOpcodes
        _ = script.isPushOnly()
        _ = script.witnessProgram
        _ = script.isUnspendable
    }
}
