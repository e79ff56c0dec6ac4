import BitcoinCrypto
import BitcoinPrimitives
import BitcoinScript

/// An output script with what spends it, of every kind that has a meaning, and some that have none yet.
struct Lock {
    enum Kind: CaseIterable {
        case key, uncompressedKey, keyHash, multisig, scriptHash, witnessKeyHash, wrappedWitnessKeyHash
        case witnessScript, wrappedWitnessScript, taprootKey, taprootKeyWithAnnex, taprootScript, unknownLeaf
        case unknownProgram, anchor, anything
    }

    let kind: Kind
    let script: Script

    /// The script that is run in the end, if there is one under a hash.
    private let inner: [UInt8]
    private let keys: [PrivateKey]
    private let control: [UInt8]

    /// - Parameters:
    ///   - number: chooses the keys.
    ///   - condition: begins the inner script of those kinds that have one; must leave the stack as it is.
    init(_ kind: Kind, number: Int = 0, condition: [UInt8] = []) throws {
        self.kind = kind
        let keys = try (0..<3).map { try PrivateKey(bytes: SHA256.hash(Array("key \(number) \($0)".utf8))) }
        let key = keys[0].publicKey
        let multisig =
            condition + [0x52] + keys.flatMap { [33] + $0.publicKey.compressed.bytes } + [0x53, 0xae]
        var inner: [UInt8] = []
        var control: [UInt8] = []
        let script: [UInt8]
        switch kind {
        case .key: script = [33] + key.compressed.bytes + [0xac]
        case .uncompressedKey: script = [65] + key.uncompressed.bytes + [0xac]
        case .keyHash: script = Self.payToKeyHash(key)
        case .multisig: script = multisig
        case .scriptHash:
            inner = multisig
            script = Self.payToScriptHash(inner)
        case .witnessKeyHash: script = [0, 20] + key.hash160
        case .wrappedWitnessKeyHash:
            inner = [0, 20] + key.hash160
            script = Self.payToScriptHash(inner)
        case .witnessScript, .wrappedWitnessScript:
            inner = multisig
            let program = [0, 32] + SHA256.hash(inner)
            script = kind == .witnessScript ? program : Self.payToScriptHash(program)
        case .taprootKey, .taprootKeyWithAnnex:
            script = [0x51, 32] + (try keys[0].taprootOutputKey(merkleRoot: nil)).publicKey.xOnly.bytes
        case .taprootScript, .unknownLeaf:
            inner = kind == .unknownLeaf ? [0xff] : condition + [32] + keys[1].publicKey.xOnly.bytes + [0xac]
            let version: UInt8 = kind == .unknownLeaf ? 0xc2 : 0xc0
            let leaf = Taproot.leafHash(version: version, script: inner[...])
            let sibling = SHA256d.hash([7])
            let output = try keys[0].taprootOutputKey(merkleRoot: Taproot.branchHash(leaf, sibling)).publicKey
            control = [version | (output.compressed.bytes[0] & 1)] + key.xOnly.bytes + sibling.bytes
            script = [0x51, 32] + output.xOnly.bytes
        case .unknownProgram: script = [0x60, 2, 1, 1]
        case .anchor: script = [0x51, 2, 0x4e, 0x73]
        case .anything: script = [0x75, 0x51]
        }
        self.keys = keys
        self.inner = inner
        self.control = control
        self.script = Script(script)
    }

    /// Signs an input of a transaction that is complete but for scripts and witnesses.
    func sign(
        _ transaction: inout Transaction, input: Int, spending spent: [TransactionOutput], type: UInt8 = 1
    ) throws {
        let data = PrecomputedTransactionData(transaction, spending: spent)
        func legacy(_ key: PrivateKey, _ code: [UInt8]) -> [UInt8] {
            let hash = data.legacySignatureHash(input: input, scriptCode: code[...], type: SignatureHashType(type))
            return key.ecdsaSignature(of: hash) + [type]
        }
        func segwit(_ key: PrivateKey, _ code: [UInt8]) -> [UInt8] {
            let hash = data.segwitSignatureHash(input: input, scriptCode: code[...], type: SignatureHashType(type))
            return key.ecdsaSignature(of: hash) + [type]
        }
        var scriptSig = ScriptBuilder()
        var witness: [[UInt8]] = []
        let key = keys[0]
        let code = Self.payToKeyHash(key.publicKey)
        switch kind {
        case .key, .uncompressedKey: scriptSig.push(legacy(key, script.bytes))
        case .keyHash:
            scriptSig.push(legacy(key, code))
            scriptSig.push(key.publicKey.compressed.bytes)
        case .multisig, .scriptHash:
            let script = kind == .multisig ? script.bytes : inner
            scriptSig.push([])
            for key in [keys[0], keys[2]] { scriptSig.push(legacy(key, script)) }
            if kind == .scriptHash { scriptSig.push(inner) }
        case .witnessKeyHash: witness = [segwit(key, code), key.publicKey.compressed.bytes]
        case .wrappedWitnessKeyHash:
            scriptSig.push(inner)
            witness = [segwit(key, code), key.publicKey.compressed.bytes]
        case .witnessScript, .wrappedWitnessScript:
            if kind == .wrappedWitnessScript { scriptSig.push([0, 32] + SHA256.hash(inner)) }
            witness = [[], segwit(keys[1], inner), segwit(keys[2], inner), inner]
        case .taprootKey, .taprootKeyWithAnnex:
            let annex: [UInt8] = [0x50, 1, 2]
            let hasAnnex = kind == .taprootKeyWithAnnex
            let annexHash = hasAnnex ? Hash256(bytes: SHA256.hash([UInt8(annex.count)] + annex)) : nil
            let type = type == 1 ? SignatureHashType.default : SignatureHashType(type)
            guard let hash = data.taprootSignatureHash(input: input, type: type, annexHash: annexHash) else { return }
            let signature = try key.taprootOutputKey(merkleRoot: nil).schnorrSignature(of: hash)
            witness = [type == .default ? signature : signature + [UInt8(truncatingIfNeeded: type.rawValue)]]
            if hasAnnex { witness.append(annex) }
        case .taprootScript:
            let leaf = Taproot.leafHash(version: 0xc0, script: inner[...])
            guard
                let hash = data.taprootSignatureHash(
                    input: input, type: SignatureHashType(type), tapscript: .init(leafHash: leaf))
            else { return }
            witness = [keys[1].schnorrSignature(of: hash) + [type], inner, control]
        case .unknownLeaf: witness = [[1, 2, 3], inner, control]
        case .unknownProgram: witness = [[1, 2, 3]]
        case .anchor: break
        case .anything: scriptSig.push([7, 7])
        }
        transaction = transaction.changing { inputs, _ in
            inputs[input].scriptSig = scriptSig.script
            inputs[input].witness = witness
        }
    }

    private static func payToKeyHash(_ key: PublicKey) -> [UInt8] {
        [0x76, 0xa9, 20] + HASH160.hash(key.compressed.bytes) + [0x88, 0xac]
    }

    static func payToScriptHash(_ script: [UInt8]) -> [UInt8] { [0xa9, 20] + HASH160.hash(script) + [0x87] }
}

extension Transaction {
    /// The same with other inputs or outputs.
    func changing(_ change: (inout [TransactionInput], inout [TransactionOutput]) -> Void) -> Transaction {
        var (inputs, outputs) = (inputs, outputs)
        change(&inputs, &outputs)
        return Transaction(version: version, inputs: inputs, outputs: outputs, lockTime: lockTime)
    }

    /// The same with other witnesses, by input.
    func changingWitness(of input: Int = 0, _ change: (inout [[UInt8]]) -> Void) -> Transaction {
        changing { inputs, _ in change(&inputs[input].witness) }
    }
}
