import BitcoinConsensus
import BitcoinPrimitives
import ByteCoding
import Foundation
import TestData
import Testing

/// Core's test data, where it is at hand.
struct VectorTests {
    @Test func checksTransactionsAsCoresVectorsSay() throws {
        var counts = (valid: 0, bad: 0)
        for name in ["tx_valid.json", "tx_invalid.json"] {
            guard let data = SharedFiles.file("vectors/\(name)"),
                let cases = try JSONSerialization.jsonObject(with: data) as? [[Any]]
            else { return }
            for entry in cases where entry.count == 3 {
                guard let hex = entry[1] as? String, let flags = entry[2] as? String else { continue }
                let isBad = name == "tx_invalid.json" && flags == "BADTX"
                guard isBad || name == "tx_valid.json" else { continue }
                let transaction = try Transaction(decoding: Hex.decode(hex))
                if isBad {
                    counts.bad += 1
                    #expect(throws: ConsensusFailure.self) { try TransactionRules.check(transaction) }
                } else {
                    counts.valid += 1
                    #expect(throws: Never.self) { try TransactionRules.check(transaction) }
                }
            }
        }
        #expect(counts.bad == 9)
        #expect(counts.valid == 121)
    }

    @Test func takesARealBlock() throws {
        guard let bytes = SharedFiles.unpacked("vectors/block413567.raw.xz") else { return }
        let block = try Block(decoding: bytes)
        try BlockRules.check(block, parameters: .main)
        var reader = ByteReader(bytes)
        try reader.skip(BlockHeader.size)
        #expect(block.transactions.count == (try reader.readCompactSize()))
        // The same bytes with one transaction less, or one changed, are another block.
        let shorter = Block(header: block.header, transactions: block.transactions.dropLast())
        #expect(throws: ConsensusFailure.self) { try BlockRules.check(shorter, parameters: .main) }
    }
}
