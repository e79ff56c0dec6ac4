import BitcoinPrimitives
import BitcoinScript
import TestData

/// The spends of Core's test data, to begin from.
enum VectorSpends {
    /// All that the files hold; none when they are absent.
    static func all() throws -> [GeneratedSpend] {
        var spends: [GeneratedSpend] = []
        for row in SharedFiles.json("vectors/script_tests.json") as? [[Any]] ?? [] {
            guard let test = try ScriptVectorTests.Case(row) else { continue }
            spends += all(of: test.spend.data, kind: "script_tests.json")
        }
        for name in ["tx_valid.json", "tx_invalid.json"] {
            for row in SharedFiles.json("vectors/\(name)") as? [[Any]] ?? [] {
                guard let data = try TransactionVectorTests.Case(row)?.data else { continue }
                spends += all(of: data, kind: name)
            }
        }
        return spends
    }

    private static func all(of data: PrecomputedTransactionData, kind: String) -> [GeneratedSpend] {
        let transaction = data.transaction
        return transaction.inputs.indices.map { input in
            GeneratedSpend(
                kind: kind, version: transaction.version, lockTime: transaction.lockTime, inputs: transaction.inputs,
                outputs: transaction.outputs, spent: data.spentOutputs, input: input)
        }
    }
}
