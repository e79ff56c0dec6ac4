import BitcoinCrypto
import BitcoinDescriptors
import BitcoinPrimitives
import BitcoinScript
import ByteCoding
import Foundation
import TestData
import Testing

struct TaprootTests {
    private static let internalKey = "187791b6f712a8ea41c8ecdd0ee77fab3e85263b37e1ec18a3651926b3a6cf27"

    /// The second case of BIP341's wallet vectors: one leaf.
    @Test func oneLeafMatchesBIP341() throws {
        let key = try XOnlyPublicKey(bytes: Hex.decode(Self.internalKey))
        let script = try #require(Script(hex: "20d85a959b0290bf19bb89ed43c916be835475d013da4b362117393e25a48229b8ac"))
        let tree = try #require(TaprootTree(internalKey: key, leaves: [(0, script)]))
        #expect(
            Hex.encode(TaprootTree.leafHash(of: script).bytes)
                == "5b75adecf53548f3ec6ad7d78383bf84cc57b55a3127c72b9a2481752dd88b21")
        #expect(tree.merkleRoot == TaprootTree.leafHash(of: script))
        #expect(
            Destination.witnessV1Taproot(tree.outputKey.bytes).address(on: .main)
                == "bc1pz37fc4cn9ah8anwm4xqqhvxygjf9rjf2resrw8h8w4tmvcs0863sa2e586")
        #expect(Hex.encode(tree.leaves[0].controlBlock) == "c1" + Self.internalKey)
    }

    @Test func depthsThatFormNoTreeAreRefused() throws {
        let key = try XOnlyPublicKey(bytes: Hex.decode(Self.internalKey))
        let script = Script([0x51])
        for depths in [[1], [0, 0], [1, 2], [2, 1, 2], [1, 1, 1], [129], [-1], [2, 2, 2]] {
            #expect(TaprootTree(internalKey: key, leaves: depths.map { ($0, script) }) == nil, "\(depths)")
        }
        for depths in [[], [0], [1, 1], [2, 2, 1], [1, 2, 2], [2, 2, 2, 2], [1, 2, 3, 3]] {
            #expect(TaprootTree(internalKey: key, leaves: depths.map { ($0, script) }) != nil, "\(depths)")
        }
    }

    @Test func everyLeafProvesTheOutputKey() throws {
        let key = try XOnlyPublicKey(bytes: Hex.decode(Self.internalKey))
        let scripts = (0..<5).map { Script([0x51 + UInt8($0)]) }
        let tree = try #require(
            TaprootTree(internalKey: key, leaves: Array(zip([2, 3, 3, 2, 2].map { $0 }, scripts)).map { ($0, $1) }))
        for leaf in tree.leaves + tree.leavesInCanonicalOrder {
            var hash = TaprootTree.leafHash(of: leaf.script)
            for start in stride(from: 33, to: leaf.controlBlock.count, by: 32) {
                let partner = try #require(Hash256(bytes: leaf.controlBlock[start..<(start + 32)]))
                hash = TaprootTree.branchHash(hash, partner)
            }
            #expect(hash == tree.merkleRoot)
            #expect(leaf.controlBlock.count == 33 + 32 * leaf.depth)
            #expect(leaf.controlBlock[0] & 1 == (tree.isOutputKeyOdd ? 1 : 0))
        }
        #expect(try key.taprootOutputKey(merkleRoot: tree.merkleRoot).key == tree.outputKey)
        let rebuilt = TaprootTree(
            internalKey: key, leaves: tree.leavesInCanonicalOrder.map { ($0.depth, $0.script) })
        #expect(rebuilt?.outputKey == tree.outputKey)
    }

    @Test func walletVectorsOfBIP341Agree() throws {
        guard let data = SharedFiles.file("vectors/bip341_wallet_vectors.json"),
            let vectors = try JSONSerialization.jsonObject(with: data) as? [String: Any]
        else { return }
        for case let vector as [String: [String: Any]] in vectors["scriptPubKey"] as? [Any] ?? [] {
            let given = try #require(vector["given"])
            let expected = try #require(vector["expected"])
            let between = try #require(vector["intermediary"])
            let keyText = try #require(given["internalPubkey"] as? String)
            let key = try XOnlyPublicKey(bytes: Hex.decode(keyText))
            var leaves: [(depth: Int, script: Script)] = []
            try collect(given["scriptTree"], depth: 0, into: &leaves)
            // Only trees of tapscripts can be built here.
            guard leaves.allSatisfy({ !$0.script.isEmpty }) else { continue }
            let tree = try #require(TaprootTree(internalKey: key, leaves: leaves))
            #expect(tree.merkleRoot.map { Hex.encode($0.bytes) } == between["merkleRoot"] as? String)
            #expect(Hex.encode(key.tapTweak(merkleRoot: tree.merkleRoot)) == between["tweak"] as? String)
            #expect(Hex.encode(tree.outputKey.bytes) == between["tweakedPubkey"] as? String)
            let destination = Destination.witnessV1Taproot(tree.outputKey.bytes)
            #expect(destination.scriptPubKey.hex == expected["scriptPubKey"] as? String)
            #expect(destination.address(on: .main) == expected["bip350Address"] as? String)
            if let blocks = expected["scriptPathControlBlocks"] as? [String] {
                #expect(tree.leaves.map { Hex.encode($0.controlBlock) } == blocks)
            }
        }
    }

    private func collect(_ node: Any?, depth: Int, into leaves: inout [(depth: Int, script: Script)]) throws {
        if let pair = node as? [Any] {
            for half in pair { try collect(half, depth: depth + 1, into: &leaves) }
        } else if let leaf = node as? [String: Any] {
            let isTapscript = leaf["leafVersion"] as? Int == Int(TaprootTree.tapscriptVersion)
            let script = Script(hex: leaf["script"] as? String ?? "")
            leaves.append((depth, isTapscript ? try #require(script) : Script()))
        }
    }
}
