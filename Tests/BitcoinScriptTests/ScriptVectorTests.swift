import BitcoinCrypto
import BitcoinPrimitives
import BitcoinScript
import ByteCoding
import Foundation
import TestData
import Testing

/// Core's script_tests.json.
struct ScriptVectorTests {
    /// One line of the file.
    struct Case {
        var spend: Spend
        var flags: ScriptFlags
        var expected: String
        var text: String

        init?(_ row: [Any]) throws {
            guard row.count >= 4 else { return nil }
            text = row.map { "\($0)" }.joined(separator: " | ")
            var row = row
            var witness: [[UInt8]] = []
            var amount: Amount = 0
            var outputKey: [UInt8] = []
            if let items = row.first as? [Any] {
                row.removeFirst()
                amount = Amount(((items.last as? Double) ?? 0) * 1e8 + 0.5)
                for item in items.dropLast().compactMap({ $0 as? String }) {
                    if item.hasPrefix("#SCRIPT#") {
                        witness.append(try ScriptText.parse(String(item.dropFirst(8))).bytes)
                    } else if item == "#CONTROLBLOCK#" {
                        let nobody = try Self.nobody
                        let leaf = Taproot.leafHash(version: 0xc0, script: (witness.last ?? [])[...])
                        let output = try nobody.taprootOutputKey(merkleRoot: leaf)
                        outputKey = output.key.bytes
                        witness.append([output.isOdd ? 0xc1 : 0xc0] + nobody.bytes)
                    } else {
                        witness.append(try Hex.decode(item))
                    }
                }
            }
            let texts = row.compactMap { $0 as? String }
            let scriptPubKey =
                texts[1] == "0x51 0x20 #TAPROOTOUTPUT#"
                ? Script([0x51, 0x20] + outputKey) : try ScriptText.parse(texts[1])
            spend = Spend(
                scriptSig: try ScriptText.parse(texts[0]), witness: witness, scriptPubKey: scriptPubKey,
                amount: amount)
            flags = try ScriptText.flags(texts[2]).filled
            expected = texts[3] == "NULLFAIL" ? "SIG_NULLFAIL" : texts[3]
        }

        /// The key whose secret nobody knows (BIP341).
        private static var nobody: XOnlyPublicKey {
            get throws {
                try XOnlyPublicKey(
                    bytes: Hex.decode("50929b74c1a04954b78b4b6035e97a5e078a5a0f28ec96d547bfee9ace803ac0"))
            }
        }
    }

    @Test func everyCaseEndsWithItsError() throws {
        guard let rows = SharedFiles.json("vectors/script_tests.json") as? [[Any]] else { return }
        var count = 0
        var generator = SystemRandomNumberGenerator()
        for row in rows {
            guard let test = try Case(row) else { continue }
            count += 1
            let data = test.spend.data
            let error = data.error(input: 0, test.flags)
            #expect(error?.rawValue ?? "OK" == test.expected, "\(test.text)")
            // Flags are soft forks: fewer never fail what passed, more never pass what failed.
            for _ in 0..<16 {
                let random = ScriptFlags(rawValue: UInt32.random(in: 0..<(1 << 21), using: &generator))
                let flags =
                    error == nil ? test.flags.intersection(random).trimmed : test.flags.union(random).filled
                #expect((data.error(input: 0, flags) == nil) == (error == nil), "\(flags.names) \(test.text)")
            }
        }
        #expect(count == 1233)
        print("script_tests.json: \(count) cases")
    }
}
