import BitcoinCrypto
import BitcoinPrimitives
import BitcoinScript
import ByteCoding
import Foundation
import TestData
import Testing

/// Core's sighash.json and the vectors of BIP341.
struct SignatureHashVectorTests {
    @Test func legacyHashesAreThoseOfCore() throws {
        guard let rows = SharedFiles.json("vectors/sighash.json") as? [[Any]] else { return }
        var count = 0
        for row in rows where row.count == 5 {
            let transaction = try Transaction(decoding: Hex.decode(try #require(row[0] as? String)))
            let script = try Hex.decode(try #require(row[1] as? String))
            let input = try #require(row[2] as? Int)
            let type = SignatureHashType(rawValue: UInt32(truncatingIfNeeded: try #require(row[3] as? Int)))
            let expected = Hash256(hex: try #require(row[4] as? String))
            let spent = TransactionOutput(value: 0, scriptPubKey: Script())
            let data = PrecomputedTransactionData(
                transaction, spending: transaction.inputs.map { _ in spent })
            #expect(data.legacySignatureHash(input: input, scriptCode: script[...], type: type) == expected)
            count += 1
        }
        #expect(count == 500)
        print("sighash.json: \(count) cases")
    }

    @Test func keyPathHashesAndSignaturesAreThoseOfBIP341() throws {
        guard let vectors = SharedFiles.json("vectors/bip341_wallet_vectors.json") as? [String: Any] else { return }
        let groups = try #require(vectors["keyPathSpending"] as? [[String: Any]])
        var count = 0
        for group in groups {
            let given = try #require(group["given"] as? [String: Any])
            let unsigned = try Transaction(decoding: Hex.decode(try #require(given["rawUnsignedTx"] as? String)))
            let spent = try (given["utxosSpent"] as? [[String: Any]] ?? []).map {
                TransactionOutput(
                    value: Amount(try #require($0["amountSats"] as? Int)),
                    scriptPubKey: Script(try Hex.decode(try #require($0["scriptPubKey"] as? String))))
            }
            var inputs = unsigned.inputs
            let data = PrecomputedTransactionData(unsigned, spending: spent)
            for spending in try #require(group["inputSpending"] as? [[String: Any]]) {
                let given = try #require(spending["given"] as? [String: Any])
                let intermediary = try #require(spending["intermediary"] as? [String: Any])
                let expected = try #require(spending["expected"] as? [String: Any])
                let input = try #require(given["txinIndex"] as? Int)
                let type = SignatureHashType(UInt8(try #require(given["hashType"] as? Int)))
                let hash = data.taprootSignatureHash(input: input, type: type)
                #expect(hash.map { Hex.encode($0.bytes) } == intermediary["sigHash"] as? String)
                let root = try (given["merkleRoot"] as? String).map { Hash256(bytes: try Hex.decode($0)) } ?? nil
                let internalKey = try XOnlyPublicKey(
                    bytes: Hex.decode(try #require(intermediary["internalPubkey"] as? String)))
                #expect(Hex.encode(internalKey.tapTweak(merkleRoot: root)) == intermediary["tweak"] as? String)
                inputs[input].witness = try (expected["witness"] as? [String] ?? []).map { try Hex.decode($0) }
                count += 1
            }
            let auxiliary = try #require(group["auxiliary"] as? [String: Any])
            let full = try Transaction(decoding: Hex.decode(try #require(auxiliary["fullySignedTx"] as? String)))
            let signed = PrecomputedTransactionData(full, spending: spent)
            for input in full.inputs.indices {
                #expect(signed.error(input: input, .standard) == nil)
            }
            for (input, expected) in zip(full.inputs, inputs) where !expected.witness.isEmpty {
                #expect(input.witness == expected.witness)
            }
        }
        #expect(count == 7)
    }

    @Test func outputKeysAndControlBlocksAreThoseOfBIP341() throws {
        guard let vectors = SharedFiles.json("vectors/bip341_wallet_vectors.json") as? [String: Any] else { return }
        for vector in try #require(vectors["scriptPubKey"] as? [[String: Any]]) {
            let given = try #require(vector["given"] as? [String: Any])
            let intermediary = try #require(vector["intermediary"] as? [String: Any])
            let expected = try #require(vector["expected"] as? [String: Any])
            let internalKey = try XOnlyPublicKey(bytes: Hex.decode(try #require(given["internalPubkey"] as? String)))
            var leaves: [(script: [UInt8], hash: Hash256)] = []
            let root = try Self.hash(given["scriptTree"] ?? NSNull(), leaves: &leaves)
            #expect(root.map { Hex.encode($0.bytes) } == intermediary["merkleRoot"] as? String)
            let output = try internalKey.taprootOutputKey(merkleRoot: root)
            let script = "5120" + Hex.encode(output.key.bytes)
            #expect(script == expected["scriptPubKey"] as? String)
        }
    }

    /// The root of a tree as the file writes it; nil when there is none.
    private static func hash(_ node: Any, leaves: inout [(script: [UInt8], hash: Hash256)]) throws -> Hash256? {
        if let leaf = node as? [String: Any] {
            let script = try Hex.decode(try #require(leaf["script"] as? String))
            let version = UInt8(try #require(leaf["leafVersion"] as? Int))
            let hash = Taproot.leafHash(version: version, script: script[...])
            leaves.append((script, hash))
            return hash
        }
        guard let pair = node as? [Any], pair.count == 2, let one = try hash(pair[0], leaves: &leaves),
            let other = try hash(pair[1], leaves: &leaves)
        else { return nil }
        return Taproot.branchHash(one, other)
    }
}
