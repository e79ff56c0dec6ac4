/// What a witness output commits to, as a slice of its script (BIP141).
struct WitnessProgram {
    let version: Int
    let bytes: ArraySlice<UInt8>
}

/// The shapes of scripts that lie in other bytes.
extension ArraySlice<UInt8> {
    /// The program, if the bytes are a small number and one push of 2 to 40 bytes.
    var witnessProgram: WitnessProgram? {
        guard (4...42).contains(count), let version = Opcode(rawValue: self[startIndex]).pushedNumber,
            Int(self[startIndex + 1]) + 2 == count
        else { return nil }
        return WitnessProgram(version: version, bytes: dropFirst(2))
    }

    /// Whether the bytes are one opcode and a push of 32 bytes.
    func isWitnessProgramOf32(after version: Opcode) -> Bool {
        count == 34 && self[startIndex] == version.rawValue && self[startIndex + 1] == 32
    }

    /// Whether the bytes pay to the hash of a script (BIP16).
    var isPayToScriptHashScript: Bool {
        count == 23 && self[startIndex] == Opcode.hash160.rawValue && self[startIndex + 1] == 20
            && last == Opcode.equal.rawValue
    }

    /// Whether there is nothing but pushes. `OP_RESERVED` counts as a push here, as in Core.
    var isPushOnlyScript: Bool {
        var reader = ScriptReader(self)
        while !reader.isAtEnd {
            guard let (opcode, _) = reader.step(), opcode.isPush else { return false }
        }
        return true
    }

    /// The script that a witness program of 20 bytes stands for.
    static func payToPublicKeyHash(_ hash: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(hash.count + 5)
        bytes.append(Opcode.dup.rawValue)
        bytes.append(Opcode.hash160.rawValue)
        bytes.append(UInt8(hash.count))
        bytes.append(contentsOf: hash)
        bytes.append(Opcode.equalVerify.rawValue)
        bytes.append(Opcode.checkSig.rawValue)
        return bytes[...]
    }
}
