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

    /// A block as its miner must have meant it: old mining software leaves out the reserved value of the commitment to
    /// witnesses (Core's `UpdateUncommittedBlockStructures`).
    ///
    /// - Returns: `block` itself where there are no witnesses yet, or when the block before it is not known.
    func completed(_ block: Block) -> Block {
        guard let parent = tree[block.header.previousBlockHash], parent.height + 1 >= parameters.segwitHeight else {
            return block
        }
        return block.withReservedWitnessValue
    }
}

extension Block {
    /// The block with the reserved value of the witness commitment, all zeros, in a coinbase that commits to witnesses
    /// but has none.
    fileprivate var withReservedWitnessValue: Block {
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
