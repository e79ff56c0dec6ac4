import BitcoinCrypto

/// Signatures.
extension ScriptMachine {
    /// signature key --
    mutating func checkSignature() throws(ScriptError) -> Bool {
        try need(2)
        let isValid = try evaluate(stack[stack.count - 2], by: stack[stack.count - 1])
        stack.removeLast(2)
        return isValid
    }

    /// signature number key -- number
    mutating func addSignature() throws(ScriptError) {
        guard version == .tapscript else { throw .badOpcode }
        try need(3)
        let count = try number(2)
        let isValid = try evaluate(stack[stack.count - 3], by: stack[stack.count - 1])
        stack.removeLast(3)
        push(number: count + (isValid ? 1 : 0))
    }

    private mutating func evaluate(_ signature: StackItem, by key: StackItem) throws(ScriptError) -> Bool {
        if version == .tapscript { return try evaluateInTapscript(signature, by: key) }
        var code = scriptCode
        if version == .base { try delete(signature, from: &code) }
        try checkEncoding(signature, key)
        let isValid = checker.isValid(signature, by: key, over: code, version: version)
        if !isValid && flags.contains(.nullFail) && !signature.isEmpty { throw .signatureNullFail }
        return isValid
    }

    /// The order is consensus: keys without a meaning yet come last, and count against the budget before.
    private mutating func evaluateInTapscript(
        _ signature: StackItem, by key: StackItem
    ) throws(ScriptError) -> Bool {
        guard var state = tapscript else { throw .badOpcode }
        if !signature.isEmpty {
            state.validationWeightLeft -= Taproot.validationWeightPerSignature
            tapscript = state
            guard state.validationWeightLeft >= 0 else { throw .tapscriptValidationWeight }
        }
        switch key.count {
        case 0:
            throw .tapscriptEmptyPublicKey
        case 32:
            if !signature.isEmpty {
                try checker.check(
                    schnorr: signature, by: key, annexHash: state.annexHash, tapscript: state.context)
            }
        default:
            if flags.contains(.discourageUpgradablePublicKeyTypes) { throw .discourageUpgradablePublicKeyType }
        }
        return !signature.isEmpty
    }

    /// dummy signatures... count keys... count --
    mutating func checkMultiSignature() throws(ScriptError) -> Bool {
        guard version != .tapscript else { throw .tapscriptCheckMultiSig }
        try need(1)
        let keyCount = Int(try number(1))
        guard (0...maxPublicKeysPerMultisig).contains(keyCount) else { throw .publicKeyCount }
        operationCount += keyCount
        guard operationCount <= ScriptMachine.maxOperations else { throw .operationCount }
        try need(keyCount + 2)
        let signatureCount = Int(try number(keyCount + 2))
        guard (0...keyCount).contains(signatureCount) else { throw .signatureCount }
        // One item too many is taken: a mistake of the first client that became consensus.
        let itemCount = keyCount + signatureCount + 3
        try need(itemCount)
        let end = stack.count
        let keys = stack[(end - 1 - keyCount)..<(end - 1)]
        let signatures = stack[(end - 2 - keyCount - signatureCount)..<(end - 2 - keyCount)]

        var code = scriptCode
        if version == .base {
            for signature in signatures.reversed() { try delete(signature, from: &code) }
        }
        let isValid = try areValid(signatures, by: keys, over: code)
        if !isValid && flags.contains(.nullFail) && signatures.contains(where: { !$0.isEmpty }) {
            throw .signatureNullFail
        }
        if flags.contains(.nullDummy) && !stack[end - itemCount].isEmpty { throw .signatureNullDummy }
        stack.removeLast(itemCount)
        return isValid
    }

    /// Whether each signature is by one of the keys, in the same order. Begins at the last of both, and stops when too
    /// few keys are left; keys and signatures behind that are not looked at, not even for their form.
    private mutating func areValid(
        _ signatures: ArraySlice<StackItem>, by keys: ArraySlice<StackItem>, over code: ArraySlice<UInt8>
    ) throws(ScriptError) -> Bool {
        var signatures = signatures
        var keys = keys
        while let signature = signatures.last {
            guard signatures.count <= keys.count, let key = keys.popLast() else { return false }
            try checkEncoding(signature, key)
            if checker.isValid(signature, by: key, over: code, version: version) { signatures.removeLast() }
        }
        return true
    }

    private func checkEncoding(_ signature: StackItem, _ key: StackItem) throws(ScriptError) {
        try SignatureEncoding.check(
            signature, isLowS: { ECDSASignature(lax: $0)?.hasLowS ?? false }, flags: flags)
        try SignatureEncoding.check(publicKey: key, version: version, flags: flags)
    }

    /// Takes every push of a signature out of the script that it signs.
    private func delete(_ signature: StackItem, from code: inout ArraySlice<UInt8>) throws(ScriptError) {
        guard code.delete(push: signature) > 0 else { return }
        guard !flags.contains(.constantScriptCode) else { throw .signatureFindAndDelete }
    }
}

extension ArraySlice<UInt8> {
    /// Cuts a push out of a script wherever an instruction begins with its very bytes (Core's `FindAndDelete`).
    ///
    /// Bytes are compared, not data: the same data pushed in another way stays. The empty signature is the byte of
    /// `OP_0`.
    ///
    /// - Returns: how many there were.
    mutating func delete(push item: ArraySlice<UInt8>) -> Int {
        guard count > item.count else { return 0 }
        var builder = ScriptBuilder()
        builder.push(item)
        let pattern = builder.bytes
        var count = 0
        var kept: [UInt8] = []
        var keptFrom = startIndex
        var reader = ScriptReader(self)
        repeat {
            while self[reader.index...].starts(with: pattern) {
                kept.append(contentsOf: self[keptFrom..<reader.index])
                reader.index += pattern.count
                keptFrom = reader.index
                count += 1
            }
        } while reader.step() != nil
        guard count > 0 else { return 0 }
        kept.append(contentsOf: self[keptFrom...])
        self = kept[...]
        return count
    }
}
