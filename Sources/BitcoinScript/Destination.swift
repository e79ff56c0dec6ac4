import BitcoinCrypto
package import BitcoinPrimitives

/// Where coins can be sent: what an address says.
package enum Destination: Hashable, Sendable {
    /// A bare public key of 33 or 65 bytes. It has a script but no address.
    case pubKey([UInt8])
    /// The 20-byte hash of a public key.
    case pubKeyHash([UInt8])
    /// The 20-byte hash of a script.
    case scriptHash([UInt8])
    /// The 20-byte hash of a compressed public key, for segwit.
    case witnessV0KeyHash([UInt8])
    /// The 32-byte hash of a witness script.
    case witnessV0ScriptHash([UInt8])
    /// The 32 bytes of a taproot output key.
    case witnessV1Taproot([UInt8])
    /// The script that anybody can spend.
    case anchor
    /// A witness program of a form without meaning yet: version 1 to 16, 2 to 40 bytes.
    case witnessUnknown(version: Int, program: [UInt8])

    /// The destination of an output script; nil for multisig, data and nonstandard scripts.
    package init?(scriptPubKey: Script) {
        switch scriptPubKey.template {
        case .pubKey(let key): self = .pubKey(key)
        case .pubKeyHash(let hash): self = .pubKeyHash(hash)
        case .scriptHash(let hash): self = .scriptHash(hash)
        case .witnessV0KeyHash(let hash): self = .witnessV0KeyHash(hash)
        case .witnessV0ScriptHash(let hash): self = .witnessV0ScriptHash(hash)
        case .witnessV1Taproot(let key): self = .witnessV1Taproot(key)
        case .anchor: self = .anchor
        case .witnessUnknown(let version, let program): self = .witnessUnknown(version: version, program: program)
        case .multisig, .nullData, .nonstandard: return nil
        }
    }

    /// Pays to a script by its hash.
    package static func payToScriptHash(of redeemScript: Script) -> Destination {
        .scriptHash(HASH160.hash(redeemScript.slice))
    }

    /// Pays to a witness script by its hash.
    package static func payToWitnessScriptHash(of witnessScript: Script) -> Destination {
        .witnessV0ScriptHash(SHA256.hash(witnessScript.slice))
    }

    /// The output script.
    package var scriptPubKey: Script {
        var builder = ScriptBuilder()
        switch self {
        case .pubKey(let key):
            return .payToPubKey(key)
        case .pubKeyHash(let hash):
            builder.append(.dup, .hash160)
            builder.push(hash)
            builder.append(.equalVerify, .checkSig)
        case .scriptHash(let hash):
            builder.append(.hash160)
            builder.push(hash)
            builder.append(.equal)
        case .witnessV0KeyHash(let program), .witnessV0ScriptHash(let program):
            builder.append(.push0)
            builder.push(program)
        case .witnessV1Taproot(let program):
            builder.append(.push1)
            builder.push(program)
        case .anchor:
            builder.append(.push1)
            builder.push([0x4e, 0x73])
        case .witnessUnknown(let version, let program):
            builder.push(number: Int64(version))
            builder.push(program)
        }
        return builder.script
    }

    /// The version and program of a segwit destination; nil for the others.
    package var witnessProgram: (version: Int, program: [UInt8])? {
        switch self {
        case .witnessV0KeyHash(let program), .witnessV0ScriptHash(let program): (0, program)
        case .witnessV1Taproot(let program): (1, program)
        case .anchor: (1, [0x4e, 0x73])
        case .witnessUnknown(let version, let program): (version, program)
        case .pubKey, .pubKeyHash, .scriptHash: nil
        }
    }

    /// The address on a network; nil for a bare public key, which has none.
    package func address(on network: Network) -> String? {
        switch self {
        case .pubKey:
            return nil
        case .pubKeyHash(let hash):
            return Base58.encodeCheck([network.pubKeyHashPrefix] + hash)
        case .scriptHash(let hash):
            return Base58.encodeCheck([network.scriptHashPrefix] + hash)
        case .witnessV0KeyHash, .witnessV0ScriptHash, .witnessV1Taproot, .anchor, .witnessUnknown:
            guard let (version, program) = witnessProgram, (0...16).contains(version) else { return nil }
            return Bech32.encode(
                version == 0 ? .bech32 : .bech32m, humanReadablePart: network.bech32Prefix,
                values: [UInt8(version)] + Bech32.fiveBitValues(of: program))
        }
    }
}
