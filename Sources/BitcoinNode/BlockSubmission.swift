import BitcoinChain
import BitcoinConsensus
import BitcoinPrimitives

extension ChainState {
    /// Takes a block that a miner hands in (Core's `SubmitBlock`).
    ///
    /// - Returns: why it is not the tip now, in the words of BIP 22, with details; two empty texts when it is.
    /// - Throws: `storage` or `inconsistent`.
    func submit(_ block: Block) throws(BlockAcceptanceError) -> (reason: String, debug: String) {
        do throws(BlockAcceptanceError) {
            switch try acceptBlock(block) {
            case .duplicate: return ("duplicate", "")
            case .new:
                let isActive = tree[block.hash].map { activeChain.contains($0) } ?? false
                return (isActive ? "" : "inconclusive", "")
            }
        } catch {
            guard case .invalid(let failure) = error else { throw error }
            return (failure.rejectReason, failure.detail)
        }
    }
}

extension Block {
    /// The block with the reserved value of the witness commitment, all zeros, in a coinbase that commits to witnesses
    /// but has none: old mining software leaves it out (Core's `UpdateUncommittedBlockStructures`).
    var withReservedWitnessValue: Block {
        guard witnessCommitment != nil, let coinbase = transactions.first, !coinbase.hasWitness,
            let input = coinbase.inputs.first
        else { return self }
        let completed = TransactionInput(
            previousOutput: input.previousOutput, scriptSig: input.scriptSig, sequence: input.sequence,
            witness: [[UInt8](repeating: 0, count: 32)])
        let first = Transaction(
            version: coinbase.version, inputs: [completed] + coinbase.inputs.dropFirst(), outputs: coinbase.outputs,
            lockTime: coinbase.lockTime)
        return Block(header: header, transactions: [first] + transactions.dropFirst())
    }
}
