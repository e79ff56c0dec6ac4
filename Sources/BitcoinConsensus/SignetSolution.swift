internal import BitcoinCrypto
package import BitcoinPrimitives
internal import BitcoinScript
internal import ByteCoding

/// The signature that every block of a signet carries (BIP325).
///
/// It stands in a push of its own behind the witness commitment. What it signs is a transaction that spends an output
/// with the network's challenge, made from the header and from the merkle root as it was without the signature.
package enum SignetSolution {
    /// Whether a block carries a solution of the challenge. The first block needs none.
    package static func isValid(_ block: Block, parameters: ChainParameters) -> Bool {
        if block.hash == parameters.genesisHash { return true }
        let challenge = Script(parameters.signetChallenge)
        guard let spending = spending(of: block, challenge: challenge) else { return false }
        let data = PrecomputedTransactionData(
            spending, spending: [TransactionOutput(value: 0, scriptPubKey: challenge)])
        let flags: ScriptFlags = [.p2sh, .witness, .derSignatures, .nullDummy]
        do {
            try ScriptVerifier(flags: flags).verify(input: 0, of: data)
            return true
        } catch {
            return false
        }
    }

    /// What precedes the solution in its push.
    private static let marker: [UInt8] = [0xec, 0xc7, 0xda, 0xa2]

    /// The transaction that the solution signs, with the solution in place; nil when there is no commitment, or when
    /// the solution cannot be read. Without a solution it is empty: a challenge may ask for none.
    private static func spending(of block: Block, challenge: Script) -> Transaction? {
        guard let coinbase = block.transactions.first, let position = block.witnessCommitmentIndex else { return nil }
        var input = TransactionInput(previousOutput: .null, sequence: 0)
        var outputs = coinbase.outputs
        if let (commitment, solution) = split(outputs[position].scriptPubKey) {
            outputs[position].scriptPubKey = commitment
            guard read(solution, into: &input) else { return nil }
        }
        let unsigned = Transaction(
            version: coinbase.version, inputs: coinbase.inputs, outputs: outputs, lockTime: coinbase.lockTime)
        let leaves = [unsigned.id.rawValue] + block.transactions.dropFirst().map(\.id.rawValue)

        var message = ByteWriter(capacity: 72)
        message.writeInt32(block.header.version)
        message.writeHash256(block.header.previousBlockHash.rawValue)
        message.writeHash256(MerkleTree.root(of: leaves).root)
        message.writeUInt32(block.header.time)
        var scriptSig = ScriptBuilder()
        scriptSig.append(.push0)
        scriptSig.push(message.bytes)
        let spent = Transaction(
            version: 0,
            inputs: [TransactionInput(previousOutput: .null, scriptSig: scriptSig.script, sequence: 0)],
            outputs: [TransactionOutput(value: 0, scriptPubKey: challenge)])
        input.previousOutput = OutPoint(transactionID: spent.id, index: 0)
        return Transaction(
            version: 0, inputs: [input],
            outputs: [TransactionOutput(value: 0, scriptPubKey: Script([Opcode.return.rawValue]))])
    }

    /// Takes the solution out of a commitment and leaves its marker. Only the first push with the marker and something
    /// behind counts; nil if there is none.
    ///
    /// The rest is written anew with pushes of the shortest length, and ends at a broken push: this is what is signed.
    private static func split(_ script: Script) -> (commitment: Script, solution: ArraySlice<UInt8>)? {
        var solution: ArraySlice<UInt8>?
        var commitment = ScriptBuilder()
        var reader = ScriptReader(script.slice)
        while let instruction = try? reader.next() {
            let data = instruction.data
            if data.isEmpty {
                commitment.append(instruction.opcode)
            } else if solution == nil, data.count > marker.count, data.starts(with: marker) {
                solution = data.dropFirst(marker.count)
                commitment.push(marker)
            } else {
                commitment.push(data)
            }
        }
        return solution.map { (commitment.script, $0) }
    }

    /// Reads an input script and a witness that take up all of `solution`.
    private static func read(_ solution: ArraySlice<UInt8>, into input: inout TransactionInput) -> Bool {
        var reader = ByteReader(solution)
        do {
            input.scriptSig = Script(try reader.readSizedBytes())
            let count = try reader.readCompactSize()
            // The count is not believed: items are added as they come.
            for _ in 0..<count { input.witness.append(try reader.readSizedBytes()) }
            try reader.finish()
            return true
        } catch {
            return false
        }
    }
}
