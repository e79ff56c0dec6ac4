import BitcoinPrimitives
import BitcoinScript

/// A transaction of one input, as Core's script tests make it.
struct Spend {
    var scriptSig = Script()
    var witness: [[UInt8]] = []
    var scriptPubKey: Script
    var amount: Amount = 0

    /// The transaction with what it spends.
    var data: PrecomputedTransactionData {
        let credit = Transaction(
            version: 1, inputs: [TransactionInput(previousOutput: .null, scriptSig: Script([0, 0]))],
            outputs: [TransactionOutput(value: amount, scriptPubKey: scriptPubKey)])
        let spending = Transaction(
            version: 1,
            inputs: [
                TransactionInput(
                    previousOutput: OutPoint(transactionID: credit.id, index: 0), scriptSig: scriptSig,
                    witness: witness)
            ], outputs: [TransactionOutput(value: amount, scriptPubKey: Script())])
        return PrecomputedTransactionData(spending, spending: credit.outputs)
    }

    /// The error of the verification; nil for none.
    func error(_ flags: ScriptFlags) -> ScriptError? { data.error(input: 0, flags) }
}

extension PrecomputedTransactionData {
    func error(input: Int, _ flags: ScriptFlags, cache: SignatureCache? = nil) -> ScriptError? {
        do {
            try ScriptVerifier(flags: flags, cache: cache).verify(input: input, of: self)
            return nil
        } catch {
            return error
        }
    }
}
