package import BitcoinConsensus
package import BitcoinPrimitives
import BitcoinScript
import ByteCoding

extension JSONValue {
    /// A transaction as Core shows it in `getblock` and `getrawtransaction` (Core's `TxToUniv`).
    ///
    /// - Parameters:
    ///   - spent: The coins of the inputs, for the fee; nil when unknown or a coinbase.
    ///   - withPreviousOutputs: Whether to show those coins.
    ///   - includesHex: Whether the serialised transaction is a member.
    ///   - isChange: Whether an output is change, as far as the wallet that asks can tell.
    package static func transaction(
        _ transaction: Transaction, network: Network, spent: [Coin]? = nil, withPreviousOutputs: Bool = false,
        includesHex: Bool = true, isChange: (TransactionOutput) -> Bool = { _ in false }
    ) -> JSONValue {
        var object = JSONObject()
        object.append("txid", .string(transaction.id.description))
        object.append("hash", .string(transaction.witnessID.description))
        object.append("version", .int(transaction.version))
        object.append("size", .int(transaction.totalSize))
        object.append("vsize", .int(transaction.virtualSize))
        object.append("weight", .int(transaction.weight))
        object.append("locktime", .int(transaction.lockTime))
        object.append(
            "vin",
            .array(
                transaction.inputs.enumerated().map { position, input in
                    let coin = spent.flatMap { $0.indices.contains(position) ? $0[position] : nil }
                    return Self.input(
                        input, isCoinbase: transaction.isCoinbase, network: network,
                        coin: withPreviousOutputs ? coin : nil)
                }))
        object.append(
            "vout",
            .array(
                transaction.outputs.enumerated().map { position, output in
                    var shown: JSONObject = [
                        "value": .amount(output.value), "n": .int(position),
                        "scriptPubKey": .script(output.scriptPubKey, network: network),
                    ]
                    if isChange(output) { shown.append("ischange", true) }
                    return .object(shown)
                }))
        if let spent, spent.count == transaction.inputs.count {
            let total = spent.reduce(Int64(0)) { $0 &+ $1.output.value }
            let paid = transaction.outputs.reduce(Int64(0)) { $0 &+ $1.value }
            object.append("fee", .amount(total &- paid))
        }
        if includesHex { object.append("hex", .string(Hex.encode(transaction.encoded()))) }
        return .object(object)
    }

    private static func input(
        _ input: TransactionInput, isCoinbase: Bool, network: Network, coin: Coin?
    ) -> JSONValue {
        var object = JSONObject()
        if isCoinbase {
            object.append("coinbase", .string(input.scriptSig.hex))
        } else {
            object.append("txid", .string(input.previousOutput.transactionID.description))
            object.append("vout", .int(input.previousOutput.index))
            object.append(
                "scriptSig",
                [
                    "asm": .string(input.scriptSig.assembly(decodingSignatures: true)),
                    "hex": .string(input.scriptSig.hex),
                ])
        }
        if !input.witness.isEmpty {
            object.append("txinwitness", .array(input.witness.map { .string(Hex.encode($0)) }))
        }
        if let coin {
            object.append(
                "prevout",
                [
                    "generated": .bool(coin.isCoinbase), "height": .int(coin.height),
                    "value": .amount(coin.output.value),
                    "scriptPubKey": .script(coin.output.scriptPubKey, network: network),
                ])
        }
        object.append("sequence", .int(input.sequence))
        return .object(object)
    }
}
