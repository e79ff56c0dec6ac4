import BitcoinCrypto
import BitcoinPrimitives
import ByteCoding
import TestData
import Testing

/// Filters of BIP158, with Core's test data (src/test/blockfilter_tests.cpp and blockfilters.json).
struct BlockFilterTests {
    /// Height, block hash, block, spent scripts, previous header, filter, header.
    @Test func filtersAndHeadersEqualTheVectors() throws {
        for row in SharedFiles.json("vectors/blockfilters.json") as? [Any] ?? [] {
            guard let row = row as? [Any], row.count >= 7, let hash = row[1] as? String else { continue }
            let block = try Block(decoding: Hex.decode(row[2] as? String ?? ""))
            let scripts = try #require(row[3] as? [String]).compactMap { Script(hex: $0) }
            let previous = try #require(Hash256(hex: row[4] as? String ?? ""))
            let filter = BlockFilter(block, spending: scripts)
            #expect(block.hash.description == hash)
            #expect(Hex.encode(filter.encoded) == row[5] as? String)
            #expect(filter.header(after: previous).description == row[6] as? String)
            #expect(try BlockFilter(of: block.hash, decoding: filter.encoded) == filter)
        }
    }

    @Test func filterOfTheFirstTestBlockEqualsTheSpecification() throws {
        let hash = try #require(BlockHash(hex: "000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943"))
        let filter = try BlockFilter(of: hash, decoding: Hex.decode("019dfca8"))
        let script = try #require(
            Script(
                hex:
                    "4104678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4f35504e51ec112"
                    + "de5c384df7ba0b8d578a4c702b6bf11d5fac"))
        #expect(filter.scripts.contains(script.bytes))
        #expect(!filter.scripts.contains([0x51]))
        let header = "21584579b7eb08997773e5aeff3a7f932700042d0ed2a6129012b7d7ae81b750"
        #expect(filter.header(after: .zero).description == header)
    }

    private func output(_ value: Amount, _ script: [UInt8]) -> TransactionOutput {
        TransactionOutput(value: value, scriptPubKey: Script(script))
    }

    @Test func holdsWhatIsMadeAndSpentButNothingUnspendableOrEmpty() throws {
        let included: [[UInt8]] = [
            [65] + [UInt8](repeating: 0, count: 65) + [0xac],
            [0x76, 0xa9, 20] + [UInt8](repeating: 1, count: 20) + [0x88, 0xac],
            [0x51, 33] + [UInt8](repeating: 2, count: 33) + [0x51, 0xae],
            [0x00, 32] + [UInt8](repeating: 3, count: 32), [0x54, 0x93, 0x58, 0x87],
        ]
        let excluded: [[UInt8]] = [
            [0x6a, 40] + [UInt8](repeating: 4, count: 40), [33] + [UInt8](repeating: 5, count: 33) + [0xac],
            [0x6a, 0x54, 0x93, 0x58, 0x87], [],
        ]
        let outputs = [
            [output(100, included[0]), output(200, included[1]), output(0, excluded[0])],
            [output(300, included[2]), output(0, excluded[2]), output(400, excluded[3])],
        ]
        let header = BlockHeader(
            version: 1, previousBlockHash: .zero, merkleRoot: .zero, time: 0, bits: 0, nonce: 0)
        let block = Block(header: header, transactions: outputs.map { Transaction(inputs: [], outputs: $0) })
        let filter = BlockFilter(
            block, spending: [included[3], included[4], excluded[3], included[3]].map(Script.init))
        #expect(filter.scripts.count == 5)
        for script in included { #expect(filter.scripts.contains(script)) }
        for script in excluded { #expect(!filter.scripts.contains(script)) }
        #expect(filter.scripts.containsAny(of: Set(excluded + [included[4]])))
        #expect(!filter.scripts.containsAny(of: Set(excluded)))
        #expect(!filter.scripts.containsAny(of: []))
    }

    @Test func everyMemberIsFoundAndFewStrangers() {
        let hash = BlockHash(rawValue: SHA256d.hash([1]))
        let parameters = GolombCodedSet.Parameters(basicFilterOf: hash)
        let members = Set((0..<2000).map { SHA256.hash([UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8), 1]) })
        let strangers = (0..<500).map { SHA256.hash([UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8), 2]) }
        let set = GolombCodedSet(members, parameters)
        #expect(members.prefix(100).allSatisfy { set.contains($0) })
        #expect(strangers.prefix(100).count { set.contains($0) } <= 1)
        // Among many that are asked for at once one is enough.
        #expect(set.containsAny(of: Set(strangers + members.suffix(1))))
        // About 20.6 bits an element.
        #expect(set.encoded.count < 2000 * 22 / 8)
    }

    @Test func brokenCodesAreRefused() throws {
        let hash = BlockHash(rawValue: SHA256d.hash([1]))
        let parameters = GolombCodedSet.Parameters(basicFilterOf: hash)
        let good = GolombCodedSet([[1], [2], [3]], parameters).encoded
        #expect(try GolombCodedSet(decoding: good, parameters).count == 3)
        #expect(try GolombCodedSet(decoding: [0], parameters).count == 0)
        let codes: [[UInt8]] = [
            [], [4] + good.dropFirst(), Array(good.dropLast()), [253], [UInt8](repeating: 255, count: 9),
        ]
        for broken in codes {
            #expect(throws: GolombCodedSet.Failure.malformed) { try GolombCodedSet(decoding: broken, parameters) }
        }
        #expect(throws: GolombCodedSet.Failure.trailingBytes) { try GolombCodedSet(decoding: good + [0], parameters) }
        #expect(throws: GolombCodedSet.Failure.trailingBytes) { try GolombCodedSet(decoding: [0, 0], parameters) }
        // All ones: the unary part never ends.
        #expect(throws: GolombCodedSet.Failure.malformed) {
            try GolombCodedSet(decoding: [1] + [UInt8](repeating: 255, count: 5000), parameters)
        }
    }
}
