import BitcoinCrypto
package import BitcoinPrimitives

/// The standard shapes of output scripts, with what distinguishes one output of a shape from another.
package enum ScriptTemplate: Hashable, Sendable {
    /// None of the others.
    case nonstandard
    /// A public key of 33 or 65 bytes and `OP_CHECKSIG`. The bytes need not be a point.
    case pubKey([UInt8])
    /// Pays to the 20-byte hash of a public key.
    case pubKeyHash([UInt8])
    /// Pays to the 20-byte hash of a script.
    case scriptHash([UInt8])
    /// Bare multisig; the keys need not be points.
    case multisig(required: Int, keys: [[UInt8]])
    /// `OP_RETURN` and pushes.
    case nullData
    /// Anybody can spend it, to bump a fee.
    case anchor
    /// Witness version 0, 20 bytes.
    case witnessV0KeyHash([UInt8])
    /// Witness version 0, 32 bytes.
    case witnessV0ScriptHash([UInt8])
    /// Witness version 1, 32 bytes.
    case witnessV1Taproot([UInt8])
    /// A witness program of a form without meaning yet.
    case witnessUnknown(version: Int, program: [UInt8])

    /// Tells the shape of a script, as Core's `Solver` does.
    package init(_ script: Script) {
        let bytes = script.bytes
        if script.isPayToScriptHash {
            self = .scriptHash(Array(bytes[2..<22]))
        } else if let (version, program) = script.witnessProgram {
            switch (version, program.count) {
            case (0, 20): self = .witnessV0KeyHash(program)
            case (0, 32): self = .witnessV0ScriptHash(program)
            case (1, 32): self = .witnessV1Taproot(program)
            case _ where script.isPayToAnchor: self = .anchor
            case (0, _): self = .nonstandard
            default: self = .witnessUnknown(version: version, program: program)
            }
        } else if bytes.first == Opcode.return.rawValue && script.isPushOnly(from: 1) {
            self = .nullData
        } else if let key = Self.payToPubKey(bytes) {
            self = .pubKey(key)
        } else if Self.isPayToPubKeyHash(bytes) {
            self = .pubKeyHash(Array(bytes[3..<23]))
        } else if let (required, keys) = Self.multisig(bytes) {
            self = .multisig(required: required, keys: keys)
        } else {
            self = .nonstandard
        }
    }

    /// The name of the shape in Core's RPC.
    package var typeName: String {
        switch self {
        case .nonstandard: "nonstandard"
        case .pubKey: "pubkey"
        case .pubKeyHash: "pubkeyhash"
        case .scriptHash: "scripthash"
        case .multisig: "multisig"
        case .nullData: "nulldata"
        case .anchor: "anchor"
        case .witnessV0KeyHash: "witness_v0_keyhash"
        case .witnessV0ScriptHash: "witness_v0_scripthash"
        case .witnessV1Taproot: "witness_v1_taproot"
        case .witnessUnknown: "witness_unknown"
        }
    }

    private static func payToPubKey(_ bytes: [UInt8]) -> [UInt8]? {
        guard bytes.count == 35 || bytes.count == 67, Int(bytes[0]) == bytes.count - 2,
            bytes.last == Opcode.checkSig.rawValue
        else { return nil }
        let key = Array(bytes[1..<(bytes.count - 1)])
        return PublicKey.hasValidSize(key) ? key : nil
    }

    private static func isPayToPubKeyHash(_ bytes: [UInt8]) -> Bool {
        bytes.count == 25 && bytes[0] == Opcode.dup.rawValue && bytes[1] == Opcode.hash160.rawValue && bytes[2] == 20
            && bytes[23] == Opcode.equalVerify.rawValue && bytes[24] == Opcode.checkSig.rawValue
    }

    private static func multisig(_ bytes: [UInt8]) -> (required: Int, keys: [[UInt8]])? {
        guard bytes.last == Opcode.checkMultiSig.rawValue else { return nil }
        var reader = ScriptReader(bytes)
        guard let first = try? reader.next(), let required = first.smallNumber(in: 1...maxPublicKeysPerMultisig)
        else { return nil }
        var keys: [[UInt8]] = []
        while let instruction = try? reader.next() {
            if PublicKey.hasValidSize(instruction.data) {
                keys.append(Array(instruction.data))
                continue
            }
            guard required <= maxPublicKeysPerMultisig,
                let count = instruction.smallNumber(in: required...maxPublicKeysPerMultisig), count == keys.count,
                reader.position == bytes.count - 1
            else { return nil }
            return (required, keys)
        }
        return nil
    }
}

extension ScriptInstruction {
    /// The number that the instruction pushes, by one opcode or as shortest data, if it lies in `range`.
    package func smallNumber(in range: ClosedRange<Int>) -> Int? {
        let number: Int
        if let pushed = opcode.pushedNumber, pushed > 0 {
            number = pushed
        } else if opcode.isDataPush, opcode != .push0, isMinimalPush, let value = try? ScriptNumber.decode(data) {
            number = Int(value)
        } else {
            return nil
        }
        return range.contains(number) ? number : nil
    }
}

extension Script {
    /// The standard shape of the script.
    package var template: ScriptTemplate { ScriptTemplate(self) }

    /// A bare multisig script, also the redeem or witness script of one.
    ///
    /// - Parameters:
    ///   - required: how many signatures are needed.
    ///   - keys: serialised public keys, in order.
    package static func multisig(required: Int, keys: [[UInt8]]) -> Script {
        var builder = ScriptBuilder()
        builder.push(number: Int64(required))
        for key in keys { builder.push(key) }
        builder.push(number: Int64(keys.count))
        builder.append(.checkMultiSig)
        return builder.script
    }

    /// A public key and `OP_CHECKSIG`.
    package static func payToPubKey(_ key: [UInt8]) -> Script {
        var builder = ScriptBuilder()
        builder.push(key)
        builder.append(.checkSig)
        return builder.script
    }
}
