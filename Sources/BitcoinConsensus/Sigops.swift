package import BitcoinPrimitives
internal import BitcoinScript

/// Counting signature operations (Core's `GetLegacySigOpCount`, `GetTransactionSigOpCost`).
package enum Sigops {
    /// The operations in all scripts of a transaction, whether or not they ever run.
    package static func legacyCount(of transaction: Transaction) -> Int {
        // By index: a loop over the items would copy each.
        transaction.inputs.indices.reduce(0) {
            $0 + transaction.inputs[$1].scriptSig.signatureOperationCount(accurate: false)
        }
            + transaction.outputs.indices.reduce(0) {
                $0 + transaction.outputs[$1].scriptPubKey.signatureOperationCount(accurate: false)
            }
    }

    /// The cost of a transaction's signature operations (BIP141): four for each operation outside of witnesses.
    ///
    /// - Parameters:
    ///   - transaction: any transaction.
    ///   - coins: the coin of each input, in order; none for a coinbase.
    ///   - countsP2SH: false only for the block that came before the rules of BIP16 and BIP141.
    package static func cost(of transaction: Transaction, spending coins: [Coin], countsP2SH: Bool) -> Int {
        let scale = ConsensusLimits.witnessScaleFactor
        var cost = legacyCount(of: transaction) * scale
        guard !transaction.isCoinbase, countsP2SH else { return cost }
        for (input, coin) in zip(transaction.inputs, coins) {
            let script = coin.output.scriptPubKey
            if script.isPayToScriptHash { cost += script.signatureOperationCount(spentBy: input.scriptSig) * scale }
            cost += script.witnessSignatureOperationCount(scriptSig: input.scriptSig, witness: input.witness)
        }
        return cost
    }
}
