import BitcoinCrypto
import BitcoinPrimitives
import BitcoinScript

/// Outputs that need one signature each.
enum SpendKind: String, CaseIterable {
    case witnessKeyHash = "ECDSA, P2WPKH"
    case keyHash = "ECDSA, P2PKH"
    case taprootKey = "Schnorr, P2TR key path"
}

/// A signed transaction with what it spends. All keys and hashes differ.
struct SignedSpend {
    private(set) var transaction: Transaction
    let spent: [TransactionOutput]
    /// What libsecp256k1 alone has to verify.
    private(set) var signatures: [RawSignature] = []

    init(_ kind: SpendKind, inputs count: Int, number: Int) throws {
        let keys = try (0..<count).map { input in
            let secret = SHA256.hash(Array("\(kind.rawValue) \(count) \(number) \(input)".utf8))
            let key = try PrivateKey(bytes: secret)
            return kind == .taprootKey ? try key.taprootOutputKey(merkleRoot: nil) : key
        }
        spent = keys.map { key in
            let script: [UInt8] =
                switch kind {
                case .witnessKeyHash: [0, 20] + key.publicKey.hash160
                case .keyHash: Self.payToKeyHash(key.publicKey.hash160)
                case .taprootKey: [0x51, 32] + key.publicKey.xOnly.bytes
                }
            return TransactionOutput(value: 100_000, scriptPubKey: Script(script))
        }
        var inputs = keys.indices.map { input in
            let id = SHA256d.hash(Array("\(number) \(input)".utf8))
            return TransactionInput(
                previousOutput: OutPoint(transactionID: TransactionID(rawValue: id), index: UInt32(input)))
        }
        let outputs = spent.prefix(2)
        let unsigned = PrecomputedTransactionData(
            Transaction(inputs: inputs, outputs: Array(outputs)), spending: spent)
        for (input, key) in keys.enumerated() {
            let code = Self.payToKeyHash(key.publicKey.hash160)[...]
            switch kind {
            case .witnessKeyHash:
                let hash = unsigned.segwitSignatureHash(input: input, scriptCode: code, type: .all)
                let signature = key.ecdsaSignature(of: hash)
                inputs[input].witness = [signature + [1], key.publicKey.bytes]
                signatures.append(.ecdsa(hash.bytes, signature: signature, key: key.publicKey.bytes))
            case .keyHash:
                let hash = unsigned.legacySignatureHash(input: input, scriptCode: code, type: .all)
                let signature = key.ecdsaSignature(of: hash)
                var builder = ScriptBuilder()
                builder.push(signature + [1])
                builder.push(key.publicKey.bytes)
                inputs[input].scriptSig = builder.script
                signatures.append(.ecdsa(hash.bytes, signature: signature, key: key.publicKey.bytes))
            case .taprootKey:
                guard let hash = unsigned.taprootSignatureHash(input: input, type: .default) else {
                    throw BenchError("no signature hash")
                }
                let signature = key.schnorrSignature(of: hash)
                inputs[input].witness = [signature]
                signatures.append(.schnorr(hash.bytes, signature: signature, key: key.publicKey.xOnly.bytes))
            }
        }
        transaction = Transaction(inputs: inputs, outputs: Array(outputs))
    }

    private static func payToKeyHash(_ hash: [UInt8]) -> [UInt8] { [0x76, 0xa9, 20] + hash + [0x88, 0xac] }
}
