import BitcoinCrypto
import BitcoinPrimitives
import ByteCoding

/// Decides whether an input may spend its output (Core's `VerifyScript`).
package struct ScriptVerifier: Sendable {
    /// The rules that hold.
    package var flags: ScriptFlags

    /// Valid signatures that were seen before; nil to check all.
    package var cache: SignatureCache?

    /// Whether signatures found valid are added to the cache.
    package var remembersSignatures: Bool

    /// A verifier.
    package init(flags: ScriptFlags, cache: SignatureCache? = nil, remembersSignatures: Bool = true) {
        self.flags = flags
        self.cache = cache
        self.remembersSignatures = remembersSignatures
    }

    /// Runs the scripts of one input.
    ///
    /// - Parameter input: the position of the input, which must be there.
    /// - Throws: why the input may not spend the output.
    package func verify(input: Int, of data: PrecomputedTransactionData) throws(ScriptError) {
        var verification = Verification(
            machine: ScriptMachine(
                flags: flags,
                checker: SignatureChecker(data, input: input, cache: cache, remembers: remembersSignatures)),
            witness: data.transaction.inputs[input].witness)
        try verification.run(
            scriptSig: data.transaction.inputs[input].scriptSig.slice,
            scriptPubKey: data.spentOutputs[input].scriptPubKey.slice)
    }
}

/// The scripts of one input in their order.
private struct Verification {
    var machine: ScriptMachine
    let witness: [[UInt8]]

    private var flags: ScriptFlags { machine.flags }

    mutating func run(scriptSig: ArraySlice<UInt8>, scriptPubKey: ArraySlice<UInt8>) throws(ScriptError) {
        if scriptSig.isEmpty, flags.contains(.witness), let program = scriptPubKey.witnessProgram {
            // Running the scripts would show nothing but this: the program lies on top of the stack.
            guard program.bytes.isTrue else { throw .evalFalse }
            return try run(program, isWrapped: false)
        }
        if flags.contains(.pushOnlyInputs) && !scriptSig.isPushOnlyScript { throw .signaturePushOnly }
        // One after the other on the same stack, never as one script: an input script must not be able to swallow the
        // output script (CVE-2010-5141).
        try machine.run(scriptSig, version: .base)
        let paysToScriptHash = flags.contains(.p2sh) && scriptPubKey.isPayToScriptHashScript
        let inputStack = paysToScriptHash ? machine.stack : []
        try machine.run(scriptPubKey, version: .base)
        try endsTrue()

        var usesWitness = false
        if flags.contains(.witness), scriptPubKey.witnessProgram != nil { throw .witnessMalleated }
        if paysToScriptHash {
            guard scriptSig.isPushOnlyScript else { throw .signaturePushOnly }
            machine.stack = inputStack
            let redeemScript = try machine.pop()
            try machine.run(redeemScript, version: .base)
            try endsTrue()
            if flags.contains(.witness), let program = redeemScript.witnessProgram {
                usesWitness = true
                // A program has at most 42 bytes, so its one push is a length and the bytes.
                guard scriptSig.first == UInt8(redeemScript.count), scriptSig.dropFirst() == redeemScript else {
                    throw .witnessMalleatedP2SH
                }
                try run(program, isWrapped: true)
                machine.stack = [StackItem(true)]
            }
        }
        if flags.contains(.cleanStack) && machine.stack.count != 1 { throw .cleanStack }
        if flags.contains(.witness) && !usesWitness && !witness.isEmpty { throw .witnessUnexpected }
    }

    private func endsTrue() throws(ScriptError) {
        guard let last = machine.stack.last, last.isTrue else { throw .evalFalse }
    }

    private mutating func run(_ program: WitnessProgram, isWrapped: Bool) throws(ScriptError) {
        switch (program.version, program.bytes.count) {
        case (0, 32):
            try runScriptHash(program.bytes)
        case (0, 20):
            guard witness.count == 2 else { throw .witnessProgramMismatch }
            try runWitnessScript(.payToPublicKeyHash(program.bytes), stack: witness[...], version: .witnessV0)
        case (0, _):
            throw .witnessProgramWrongLength
        case (1, 32) where !isWrapped:
            if flags.contains(.taproot) { try runTaproot(program.bytes) }
        case (1, 2) where !isWrapped && program.bytes.elementsEqual([0x4e, 0x73]):
            // Anybody can spend an anchor.
            break
        default:
            if flags.contains(.discourageUpgradableWitnessPrograms) { throw .discourageUpgradableWitnessProgram }
        }
    }

    private mutating func runScriptHash(_ hash: ArraySlice<UInt8>) throws(ScriptError) {
        guard let script = witness.last else { throw .witnessProgramWitnessEmpty }
        guard SHA256.hash(script).elementsEqual(hash) else { throw .witnessProgramMismatch }
        try runWitnessScript(script[...], stack: witness.dropLast(), version: .witnessV0)
    }

    private mutating func runTaproot(_ outputKey: ArraySlice<UInt8>) throws(ScriptError) {
        var items = witness[...]
        guard !items.isEmpty else { throw .witnessProgramWitnessEmpty }
        var annexHash: Hash256?
        if items.count >= 2, let last = items.last, last.first == Taproot.annexTag {
            annexHash = Self.annexHash(last)
            items.removeLast()
        }
        guard items.count > 1, let control = items.popLast(), let script = items.popLast() else {
            try machine.checker.check(
                schnorr: items[items.startIndex][...], by: outputKey, annexHash: annexHash, tapscript: nil)
            return
        }
        guard Taproot.hasValidSize(control: control[...]) else { throw .taprootWrongControlSize }
        let leafVersion = control[0] & Taproot.leafVersionMask
        let leafHash = Taproot.leafHash(version: leafVersion, script: script[...])
        // Before anything else: the output must commit to leaves without a meaning as well.
        guard Taproot.isCommitted(leaf: leafHash, control: control[...], program: outputKey) else {
            throw .witnessProgramMismatch
        }
        guard leafVersion == Taproot.tapscriptLeafVersion else {
            if flags.contains(.discourageUpgradableTaprootVersions) { throw .discourageUpgradableTaprootVersion }
            return
        }
        machine.tapscript = ScriptMachine.TapscriptState(
            context: PrecomputedTransactionData.TapscriptContext(leafHash: leafHash), annexHash: annexHash,
            validationWeightLeft: witnessSize + Taproot.validationWeightOffset)
        try runWitnessScript(script[...], stack: items, version: .tapscript)
    }

    /// Runs a script on nothing but the items of a witness; it must leave one true item.
    private mutating func runWitnessScript(
        _ script: ArraySlice<UInt8>, stack: ArraySlice<[UInt8]>, version: SignatureVersion
    ) throws(ScriptError) {
        if version == .tapscript {
            if try succeedsAtOnce(script) { return }
            guard stack.count <= ScriptMachine.maxStackItems else { throw .stackSize }
        }
        guard stack.allSatisfy({ $0.count <= maxScriptElementSize }) else { throw .pushSize }
        machine.stack.removeAll(keepingCapacity: true)
        machine.stack.reserveCapacity(stack.count + 8)
        for item in stack { machine.stack.append(item[...]) }
        try machine.run(script, version: version)
        guard machine.stack.count == 1 else { throw .cleanStack }
        try endsTrue()
    }

    /// Whether a tapscript holds an `OP_SUCCESSx`, which overrides everything else, even a broken push behind it.
    private func succeedsAtOnce(_ script: ArraySlice<UInt8>) throws(ScriptError) -> Bool {
        var reader = ScriptReader(script)
        while !reader.isAtEnd {
            guard let (opcode, _) = reader.step() else { throw .badOpcode }
            guard opcode.isSuccess else { continue }
            guard !flags.contains(.discourageSuccessOpcodes) else { throw .discourageSuccessOpcode }
            return true
        }
        return false
    }

    private static func annexHash(_ annex: [UInt8]) -> Hash256 {
        var hasher = SHA256Hasher()
        hasher.update(compactSize: annex.count)
        hasher.update(annex)
        return hasher.finalizeHash()
    }

    /// The bytes of the whole witness as it is serialised, annex and control block with it.
    private var witnessSize: Int {
        witness.reduce(ByteWriter.compactSizeLength(UInt64(witness.count))) {
            $0 + ByteWriter.compactSizeLength(UInt64($1.count)) + $1.count
        }
    }
}
