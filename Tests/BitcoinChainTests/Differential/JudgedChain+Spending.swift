import BitcoinConsensus
import BitcoinPrimitives
import Testing

/// An output on the chain, with what spends it.
struct Funded {
    var outPoint: OutPoint
    var output: TransactionOutput
    var lock: Lock
}

extension JudgedChain {
    /// The coinbase at a height.
    func coinbase(_ height: Int) throws -> Funded {
        let (outPoint, value) = try test.coinbase(at: height)
        return Funded(
            outPoint: outPoint, output: TransactionOutput(value: value, scriptPubKey: TestChain.script),
            lock: try Lock(.anything))
    }

    /// Pays from the coinbase at a height to locks, and adds the block.
    func fund(_ locks: [Lock], from height: Int, value: Amount = 1_000_000) throws -> [Funded] {
        let outputs = locks.map { TransactionOutput(value: value, scriptPubKey: $0.script) }
        let payment = try transaction([coinbase(height)], to: outputs)
        expect(try test.block([payment]), nil)
        return Self.outputs(of: payment, locks)
    }

    static func outputs(of transaction: Transaction, _ locks: [Lock]) -> [Funded] {
        locks.enumerated().map { index, lock in
            Funded(
                outPoint: OutPoint(transactionID: transaction.id, index: UInt32(index)),
                output: transaction.outputs[index], lock: lock)
        }
    }

    /// A signed transaction; all it spends goes to one output when none are given.
    func transaction(
        _ spent: [Funded], to outputs: [TransactionOutput]? = nil, version: UInt32 = 2, lockTime: UInt32 = 0,
        sequence: UInt32 = TransactionInput.finalSequence, type: UInt8 = 1
    ) throws -> Transaction {
        let inputs = spent.map { TransactionInput(previousOutput: $0.outPoint, sequence: sequence) }
        let value = spent.reduce(0) { $0 + $1.output.value }
        var transaction = Transaction(
            version: version, inputs: inputs,
            outputs: outputs ?? [TransactionOutput(value: value, scriptPubKey: TestChain.script)], lockTime: lockTime)
        for (input, one) in spent.enumerated() {
            try one.lock.sign(&transaction, input: input, spending: spent.map(\.output), type: type)
        }
        return transaction
    }

    /// Hands in a block with these transactions on the tip.
    func expect(
        _ transactions: [Transaction], _ reason: String?, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        expect(try test.block(transactions), reason, sourceLocation: sourceLocation)
    }
}
