import BitcoinConsensus
import BitcoinPrimitives
import BitcoinScript
import ByteCoding
import Foundation
import TestData
import Testing

/// Core's tx_valid.json and tx_invalid.json.
struct TransactionVectorTests {
    struct Case {
        var transaction: Transaction
        var data: PrecomputedTransactionData?
        var flagText: String
        var text: String

        init?(_ row: [Any]) throws {
            guard row.count == 3, let spent = row[0] as? [[Any]], let hex = row[1] as? String,
                let flagText = row[2] as? String
            else { return nil }
            self.flagText = flagText
            text = "\(row)"
            transaction = try Transaction(decoding: try Hex.decode(hex))
            var outputs: [OutPoint: TransactionOutput] = [:]
            for output in spent {
                let hash = try #require((output[0] as? String).flatMap { TransactionID(hex: $0) })
                let index = UInt32(truncatingIfNeeded: try #require(output[1] as? Int))
                outputs[OutPoint(transactionID: hash, index: index)] = TransactionOutput(
                    value: output.count > 3 ? Amount(try #require(output[3] as? Int)) : 0,
                    scriptPubKey: try ScriptText.parse(try #require(output[2] as? String)))
            }
            let inOrder = transaction.inputs.compactMap { outputs[$0.previousOutput] }
            if inOrder.count == transaction.inputs.count {
                data = PrecomputedTransactionData(transaction, spending: inOrder)
            }
        }

        var breaksARule: Bool {
            do {
                try TransactionRules.check(transaction)
                return false
            } catch {
                return true
            }
        }

        func isValid(_ flags: ScriptFlags) throws -> Bool {
            let data = try #require(data)
            return transaction.inputs.indices.allSatisfy { data.error(input: $0, flags) == nil }
        }
    }

    private func cases(_ name: String) throws -> [Case] {
        guard let rows = SharedFiles.json("vectors/\(name)") as? [[Any]] else { return [] }
        let cases = try rows.compactMap { try Case($0) }
        print("\(name): \(cases.count) cases")
        return cases
    }

    private var randomFlags: ScriptFlags { ScriptFlags(rawValue: UInt32.random(in: 0..<(1 << 21))) }

    @Test func validTransactionsAreValidUnlessOneMoreRuleHolds() throws {
        let cases = try cases("tx_valid.json")
        #expect(cases.isEmpty || cases.count == 121)
        for test in cases {
            #expect(!test.breaksARule, "\(test.text)")
            let excluded = try ScriptText.flags(test.flagText)
            let flags = ScriptFlags.all.subtracting(excluded)
            #expect(flags == flags.filled)
            #expect(try test.isValid(flags), "\(test.text)")
            for flag in ScriptFlags.each {
                #expect(try test.isValid(flags.subtracting(flag).trimmed), "\(test.text)")
                #expect(try test.isValid(flags.subtracting(randomFlags).trimmed), "\(test.text)")
                let fewer = excluded.subtracting(flag).trimmed
                if fewer != excluded {
                    #expect(try !test.isValid(ScriptFlags.all.subtracting(fewer)), "\(flag.names) \(test.text)")
                }
            }
        }
    }

    @Test func invalidTransactionsAreInvalidUnlessOneRuleLessHolds() throws {
        let cases = try cases("tx_invalid.json")
        #expect(cases.isEmpty || cases.count == 93)
        for test in cases {
            #expect(test.breaksARule == (test.flagText == "BADTX"), "\(test.text)")
            guard test.flagText != "BADTX" else { continue }
            let flags = try ScriptText.flags(test.flagText)
            #expect(flags == flags.filled)
            #expect(try !test.isValid(flags), "\(test.text)")
            for flag in ScriptFlags.each {
                #expect(try !test.isValid(flags.union(flag).filled), "\(test.text)")
                #expect(try !test.isValid(flags.union(randomFlags).filled), "\(test.text)")
                let fewer = flags.subtracting(flag).trimmed
                if fewer != flags { #expect(try test.isValid(fewer), "\(flag.names) \(test.text)") }
            }
        }
    }
}
