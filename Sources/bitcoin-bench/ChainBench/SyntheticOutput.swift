import BitcoinCrypto
import BitcoinPrimitives
import BitcoinScript

/// Kinds of outputs in a synthetic chain.
enum SyntheticKind {
    case publicKey
    case keyHash
    case multisig
    case scriptHashMultisig
    case nestedKeyHash
    case witnessKeyHash
    case witnessMultisig
    case taprootKey
    case taprootScript
    /// Needs no proof.
    case anybody

    /// Twenty outputs in turn, about as they are found in the chain of today, with some of the past.
    static let mixture: [SyntheticKind] = [
        .witnessKeyHash, .taprootKey, .keyHash, .witnessKeyHash, .nestedKeyHash, .taprootKey, .witnessKeyHash,
        .witnessMultisig, .keyHash, .taprootScript, .witnessKeyHash, .scriptHashMultisig, .taprootKey, .witnessKeyHash,
        .nestedKeyHash, .keyHash, .publicKey, .witnessKeyHash, .taprootKey, .multisig,
    ]
}

/// An output that can be spent.
struct SyntheticOutput {
    var outPoint: OutPoint
    var value: Amount
    var kind: SyntheticKind
    /// The number of the ring's key, or of the first of them.
    var key: Int
}

/// Keys, and all that can be computed of them beforehand.
struct SyntheticKeys {
    private struct Key {
        var secret: PrivateKey
        var publicKey: [UInt8]
        var hash: [UInt8]
        var taprootSecret: PrivateKey
        var taprootOutput: [UInt8]
        var leafScript: [UInt8]
        var leafHash: Hash256
        var leafOutput: [UInt8]
        var control: [UInt8]
    }

    /// How many keys there are.
    static let count = 499
    private var keys: [Key] = []

    init() throws {
        for number in 0..<Self.count {
            let secret = try PrivateKey(bytes: SHA256.hash(Array("bitcoin-bench \(number)".utf8)))
            let point = secret.publicKey
            let leafScript = [32] + point.xOnly.bytes + [0xac]
            let leafHash = Taproot.leafHash(version: 0xc0, script: leafScript[...])
            let sibling = SHA256d.hash(leafScript)
            let (leafOutput, isOdd) = try point.xOnly.taprootOutputKey(
                merkleRoot: Taproot.branchHash(leafHash, sibling))
            let taprootSecret = try secret.taprootOutputKey(merkleRoot: nil)
            keys.append(
                Key(
                    secret: secret, publicKey: point.bytes, hash: point.hash160, taprootSecret: taprootSecret,
                    taprootOutput: taprootSecret.publicKey.xOnly.bytes, leafScript: leafScript, leafHash: leafHash,
                    leafOutput: leafOutput.bytes,
                    control: [0xc0 | (isOdd ? 1 : 0)] + point.xOnly.bytes + sibling.bytes))
        }
    }

    private func key(_ number: Int) -> Key { keys[number % Self.count] }

    /// The script of an output.
    func script(_ kind: SyntheticKind, key number: Int) -> Script {
        let key = key(number)
        let bytes: [UInt8] =
            switch kind {
            case .publicKey: [33] + key.publicKey + [0xac]
            case .keyHash: payToKeyHash(number)
            case .multisig: multisig(1, of: 2, number)
            case .scriptHashMultisig: [0xa9, 20] + HASH160.hash(multisig(2, of: 3, number)) + [0x87]
            case .nestedKeyHash: [0xa9, 20] + HASH160.hash([0, 20] + key.hash) + [0x87]
            case .witnessKeyHash: [0, 20] + key.hash
            case .witnessMultisig: [0, 32] + SHA256.hash(multisig(2, of: 3, number))
            case .taprootKey: [0x51, 32] + key.taprootOutput
            case .taprootScript: [0x51, 32] + key.leafOutput
            case .anybody: [0x51]
            }
        return Script(bytes)
    }

    /// What an input needs to spend an output.
    ///
    /// - Parameters:
    ///   - output: what it spends.
    ///   - input: the input's position.
    ///   - data: the transaction without any signature.
    func proof(
        _ output: SyntheticOutput, input: Int, of data: PrecomputedTransactionData
    ) throws -> (script: Script, witness: [[UInt8]]) {
        let number = output.key
        let key = key(number)
        func legacy(_ code: [UInt8], _ signer: Int) -> [UInt8] {
            let hash = data.legacySignatureHash(input: input, scriptCode: code[...], type: .all)
            return self.key(signer).secret.ecdsaSignature(of: hash, grindsForLowR: false) + [1]
        }
        func segwit(_ code: [UInt8], _ signer: Int) -> [UInt8] {
            let hash = data.segwitSignatureHash(input: input, scriptCode: code[...], type: .all)
            return self.key(signer).secret.ecdsaSignature(of: hash, grindsForLowR: false) + [1]
        }
        func taproot(_ secret: PrivateKey, leaf: Hash256?) throws -> [UInt8] {
            let context = leaf.map(PrecomputedTransactionData.TapscriptContext.init(leafHash:))
            guard let hash = data.taprootSignatureHash(input: input, type: .default, tapscript: context) else {
                throw BenchError("no signature hash")
            }
            return secret.schnorrSignature(of: hash)
        }
        var builder = ScriptBuilder()
        switch output.kind {
        case .publicKey:
            builder.push(legacy(script(.publicKey, key: number).bytes, number))
        case .keyHash:
            builder.push(legacy(payToKeyHash(number), number))
            builder.push(key.publicKey)
        case .multisig:
            builder.append(.push0)
            builder.push(legacy(multisig(1, of: 2, number), number + 1))
        case .scriptHashMultisig:
            let redeem = multisig(2, of: 3, number)
            builder.append(.push0)
            builder.push(legacy(redeem, number))
            builder.push(legacy(redeem, number + 2))
            builder.push(redeem)
        case .nestedKeyHash:
            builder.push([0, 20] + key.hash)
            return (builder.script, [segwit(payToKeyHash(number), number), key.publicKey])
        case .witnessKeyHash:
            return (Script(), [segwit(payToKeyHash(number), number), key.publicKey])
        case .witnessMultisig:
            let code = multisig(2, of: 3, number)
            return (Script(), [[], segwit(code, number), segwit(code, number + 1), code])
        case .taprootKey:
            return (Script(), [try taproot(key.taprootSecret, leaf: nil)])
        case .taprootScript:
            return (Script(), [try taproot(key.secret, leaf: key.leafHash), key.leafScript, key.control])
        case .anybody:
            break
        }
        return (builder.script, [])
    }

    private func payToKeyHash(_ number: Int) -> [UInt8] { [0x76, 0xa9, 20] + key(number).hash + [0x88, 0xac] }

    private func multisig(_ needed: UInt8, of total: UInt8, _ number: Int) -> [UInt8] {
        var script: [UInt8] = [0x50 + needed]
        for offset in 0..<Int(total) { script += [33] + key(number + offset).publicKey }
        return script + [0x50 + total, 0xae]
    }
}
