package import BitcoinPrimitives

extension Script {
    /// How many signature checks the script counts for, up to the first broken push.
    ///
    /// - Parameter accurate: whether a multisig counts its number of keys where that is a small number just before it
    ///   (BIP16), rather than always 20.
    package func signatureOperationCount(accurate: Bool) -> Int { slice.signatureOperationCount(accurate: accurate) }

    /// The signature checks of the redeem script that `scriptSig` pushes last. This script is the one spent; if it pays
    /// to no script hash, its own accurate count is meant.
    package func signatureOperationCount(spentBy scriptSig: Script) -> Int {
        guard isPayToScriptHash else { return signatureOperationCount(accurate: true) }
        guard let redeemScript = scriptSig.lastPush else { return 0 }
        return redeemScript.signatureOperationCount(accurate: true)
    }

    /// The signature checks that spending this script through a witness counts for (BIP141), of weight one each.
    package func witnessSignatureOperationCount(scriptSig: Script, witness: [[UInt8]]) -> Int {
        let script = slice
        if let program = script.witnessProgram { return Self.count(program, witness) }
        guard script.isPayToScriptHashScript, let program = scriptSig.lastPush?.witnessProgram else { return 0 }
        return Self.count(program, witness)
    }

    /// What a script of nothing but pushes pushes last; nil if there is anything else in it.
    private var lastPush: ArraySlice<UInt8>? {
        let script = slice
        guard script.isPushOnlyScript else { return nil }
        var reader = ScriptReader(script)
        var last = script[..<script.startIndex]
        while let (_, data) = reader.step() { last = script[data] }
        return last
    }

    private static func count(_ program: WitnessProgram, _ witness: [[UInt8]]) -> Int {
        guard program.version == 0 else { return 0 }
        switch program.bytes.count {
        case 20: return 1
        case 32: return witness.last.map { $0[...].signatureOperationCount(accurate: true) } ?? 0
        default: return 0
        }
    }
}

extension ArraySlice<UInt8> {
    /// How many signature checks a script counts for, up to the first broken push.
    fileprivate func signatureOperationCount(accurate: Bool) -> Int {
        var count = 0
        var previous = Opcode.invalid
        var reader = ScriptReader(self)
        while let (opcode, _) = reader.step() {
            switch opcode {
            case .checkSig, .checkSigVerify:
                count += 1
            case .checkMultiSig, .checkMultiSigVerify:
                let keys = previous.pushedNumber ?? 0
                count += accurate && keys >= 1 ? keys : maxPublicKeysPerMultisig
            default:
                break
            }
            previous = opcode
        }
        return count
    }
}
