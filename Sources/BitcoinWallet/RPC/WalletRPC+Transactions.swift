import BitcoinCrypto
import BitcoinInterfaces
import BitcoinPrimitives
import BitcoinRPC
import BitcoinScript
import ByteCoding

// listtransactions, gettransaction, abandontransaction.
extension WalletRPC {
    /// What results say of a transaction as a whole.
    private static let transactionShapes = [
        RPCResultShape(
            .number, "confirmations",
            "The number of confirmations for the transaction. Negative confirmations means the\n"
                + "transaction conflicted that many blocks ago."),
        RPCResultShape(
            .bool, "generated", "Only present if the transaction's only input is a coinbase one.", optional: true),
        RPCResultShape(
            .bool, "trusted",
            "Whether we consider the transaction to be trusted and safe to spend from.\n"
                + "Only present when the transaction has 0 confirmations (or negative confirmations, if conflicted).",
            optional: true),
        RPCResultShape(.hex, "blockhash", "The block hash containing the transaction.", optional: true),
        RPCResultShape(.number, "blockheight", "The block height containing the transaction.", optional: true),
        RPCResultShape(
            .number, "blockindex", "The index of the transaction in the block that includes it.", optional: true),
        RPCResultShape(.time, "blocktime", "The block time expressed in \(epochTime).", optional: true),
        RPCResultShape(.hex, "txid", "The transaction id."),
        RPCResultShape(.hex, "wtxid", "The hash of serialized transaction, including witness data."),
        RPCResultShape(
            .array, "alternate_wtxids",
            "The wtxids of transactions with different witness data but the same txid.",
            inner: [RPCResultShape(.hex, "wtxid", "The witness transaction id.")]),
        RPCResultShape(
            .array, "walletconflicts",
            "Confirmed transactions that have been detected by the wallet to conflict with this transaction.",
            inner: [RPCResultShape(.hex, "txid", "The transaction id.")]),
        RPCResultShape(
            .hex, "replaced_by_txid", "Only if 'category' is 'send'. The txid if this tx was replaced.",
            optional: true),
        RPCResultShape(
            .hex, "replaces_txid", "Only if 'category' is 'send'. The txid if this tx replaces another.",
            optional: true),
        RPCResultShape(
            .array, "mempoolconflicts",
            "Transactions in the mempool that directly conflict with either this transaction or an ancestor "
                + "transaction", inner: [RPCResultShape(.hex, "txid", "The transaction id.")]),
        RPCResultShape(.string, "to", "If a comment to is associated with the transaction.", optional: true),
        RPCResultShape(.time, "time", "The transaction time expressed in \(epochTime)."),
        RPCResultShape(.time, "timereceived", "The time received expressed in \(epochTime)."),
        RPCResultShape(
            .string, "comment", "If a comment is associated with the transaction, only present if not empty.",
            optional: true),
        RPCResultShape(
            .string, "bip125-replaceable",
            "(\"yes|no|unknown\") (DEPRECATED) Whether this transaction signals BIP125 replaceability or has an "
                + "unconfirmed ancestor signaling BIP125 replaceability.\n"
                + "May be unknown for unconfirmed transactions not in the mempool because their unconfirmed ancestors "
                + "are unknown.", optional: true),
        RPCResultShape(
            .array, "parent_descs",
            "Only if 'category' is 'received'. List of parent descriptors for the output script of this coin.",
            optional: true, inner: [RPCResultShape(.string, "desc", "The descriptor string.")]),
    ]

    private static let categories =
        "The transaction category.\n" + "\"send\"                  Transactions sent.\n"
        + "\"receive\"               Non-coinbase transactions received.\n"
        + "\"generate\"              Coinbase transactions received with more than 100 confirmations.\n"
        + "\"immature\"              Coinbase transactions received with 100 or fewer confirmations.\n"
        + "\"orphan\"                Orphaned coinbase transactions received."

    static let listTransactions = Command(
        category: "wallet", name: "listtransactions",
        description: "If a label name is provided, this will return only incoming transactions paying to addresses "
            + "with the specified label.\n"
            + "Returns up to 'count' most recent transactions ordered from oldest to newest while skipping the first "
            + "number of \ntransactions specified in the 'skip' argument. A transaction can have multiple entries in "
            + "this RPC response. \nFor instance, a wallet transaction that pays three addresses — one wallet-owned "
            + "and two external — will produce \nfour entries. The payment to the wallet-owned address appears both "
            + "as a send entry and as a receive entry. \nAs a result, the RPC response will contain one entry in the "
            + "receive category and three entries in the send category.\n",
        arguments: [
            RPCArgument(
                "label", .string, .omitted,
                "If set, should be a valid label name to return only incoming transactions\n"
                    + "with the specified label, or \"*\" to disable filtering and return all transactions."),
            RPCArgument("count", .number, .value(10), "The number of transactions to return"),
            RPCArgument("skip", .number, .value(0), "The number of transactions to skip"),
            RPCArgument("include_watchonly", .bool, .value(false), "(DEPRECATED) No longer used"),
        ],
        results: [
            RPCResultShape(
                .array,
                inner: [
                    RPCResultShape(
                        .object,
                        inner: [
                            RPCResultShape(
                                .string, "address",
                                "The bitcoin address of the transaction (not returned if the output does not have an "
                                    + "address, e.g. OP_RETURN null data).", optional: true),
                            RPCResultShape(.string, "category", categories),
                            RPCResultShape(
                                .amount, "amount",
                                "The amount in \(currencyUnit). This is negative for the 'send' category, and is "
                                    + "positive\nfor all other categories"),
                            RPCResultShape(
                                .string, "label", "A comment for the address/transaction, if any", optional: true),
                            RPCResultShape(.number, "vout", "the vout value"),
                            RPCResultShape(
                                .amount, "fee",
                                "The amount of the fee in \(currencyUnit). This is negative and only available for "
                                    + "the\n'send' category of transactions.", optional: true),
                        ] + transactionShapes + [
                            RPCResultShape(
                                .bool, "abandoned",
                                "'true' if the transaction has been abandoned (inputs are respendable).")
                        ])
                ])
        ],
        examples: "\nList the most recent 10 transactions in the systems\n" + helpExampleCli("listtransactions", "")
            + "\nList transactions 100 to 120\n" + helpExampleCli("listtransactions", "\"*\" 20 100")
            + "\nAs a JSON-RPC call\n" + helpExampleRpc("listtransactions", "\"*\", 20, 100")
    ) { call in
        await call.context.syncWithChain()
        var label: String?
        if !call[0].isNull, call[0].stringValue != "*" {
            label = try WalletEngine.label(call[0])
            guard label != "" else {
                throw RPCError(.invalidParameter, "Label argument must be a valid label name or \"*\".")
            }
        }
        let count: Int32 = call[1].isNull ? 10 : try call[1].requireInteger()
        let skip: Int32 = call[2].isNull ? 0 : try call[2].requireInteger()
        guard count >= 0 else { throw RPCError(.invalidParameter, "Negative count") }
        guard skip >= 0 else { throw RPCError(.invalidParameter, "Negative from") }
        return .array(try await call.context.transactionsJSON(label: label, count: Int(count), skip: Int(skip)))
    }

    static let getTransaction = Command(
        category: "wallet", name: "gettransaction",
        description: "Get detailed information about in-wallet transaction <txid>\n",
        arguments: [
            RPCArgument("txid", .hex, .required, "The transaction id"),
            RPCArgument("include_watchonly", .bool, .value(false), "(DEPRECATED) No longer used"),
            RPCArgument(
                "verbose", .bool, .value(false),
                "Whether to include a `decoded` field containing the decoded transaction (equivalent to RPC "
                    + "decoderawtransaction)"),
        ],
        results: [
            RPCResultShape(
                .object,
                inner: [
                    RPCResultShape(.amount, "amount", "The amount in \(currencyUnit)"),
                    RPCResultShape(
                        .amount, "fee",
                        "The amount of the fee in \(currencyUnit). This is negative and only available for the\n"
                            + "'send' category of transactions.", optional: true),
                ] + transactionShapes + [
                    RPCResultShape(
                        .array, "details",
                        inner: [
                            RPCResultShape(
                                .object,
                                inner: [
                                    RPCResultShape(
                                        .string, "address", "The bitcoin address involved in the transaction.",
                                        optional: true),
                                    RPCResultShape(.string, "category", categories),
                                    RPCResultShape(.amount, "amount", "The amount in \(currencyUnit)"),
                                    RPCResultShape(
                                        .string, "label", "A comment for the address/transaction, if any",
                                        optional: true),
                                    RPCResultShape(.number, "vout", "the vout value"),
                                    RPCResultShape(
                                        .amount, "fee",
                                        "The amount of the fee in \(currencyUnit). This is negative and only "
                                            + "available for the \n'send' category of transactions.", optional: true),
                                    RPCResultShape(
                                        .bool, "abandoned",
                                        "'true' if the transaction has been abandoned (inputs are respendable)."),
                                    RPCResultShape(
                                        .array, "parent_descs",
                                        "Only if 'category' is 'received'. List of parent descriptors for the output "
                                            + "script of this coin.", optional: true,
                                        inner: [RPCResultShape(.string, "desc", "The descriptor string.")]),
                                ])
                        ]),
                    RPCResultShape(.hex, "hex", "Raw data for transaction"),
                    RPCResultShape(
                        .object, "decoded", "The decoded transaction (only present when `verbose` is passed)",
                        optional: true, inner: decodedTransactionShapes),
                    lastProcessedBlockShape,
                ])
        ],
        examples: helpExampleCli("gettransaction", exampleTransaction)
            + helpExampleCli("gettransaction", "\(exampleTransaction) true")
            + helpExampleCli("gettransaction", "\(exampleTransaction) false true")
            + helpExampleRpc("gettransaction", exampleTransaction)
    ) { call in
        await call.context.syncWithChain()
        return try await call.context.transactionJSON(
            id: try call[0].requireHash("txid"), isVerbose: call[2].isNull ? false : try call[2].requireBool())
    }

    private static let exampleTransaction = "\"1075db55d416d3ca199f55b6084e2115b9345e16c5cf302fc80e9d5fbf5d48d\""

    static let abandonTransaction = Command(
        category: "wallet", name: "abandontransaction",
        description: "Mark in-wallet transaction <txid> as abandoned\n"
            + "This will mark this transaction and all its in-wallet descendants as abandoned which will allow\n"
            + "for their inputs to be respent.  It can be used to replace \"stuck\" or evicted transactions.\n"
            + "It only works on transactions which are not included in a block and are not currently in the mempool.\n"
            + "It has no effect on transactions which are already abandoned.\n",
        arguments: [RPCArgument("txid", .hex, .required, "The transaction id")],
        results: [RPCResultShape(.none)],
        examples: helpExampleCli(
            "abandontransaction", "\"1075db55d416d3ca199f55b6084e2115b9345e16c5cf302fc80e9d5fbf5d48d\"")
            + helpExampleRpc(
                "abandontransaction", "\"1075db55d416d3ca199f55b6084e2115b9345e16c5cf302fc80e9d5fbf5d48d\"")
    ) { call in
        await call.context.syncWithChain()
        try await call.context.abandon(id: try call[0].requireHash("txid"))
        return .null
    }
}

extension WalletService {
    /// Rows from oldest to newest, after skipping the newest `skip`.
    fileprivate func transactionsJSON(label: String?, count: Int, skip: Int) throws -> [JSONValue] {
        let engine = try requireEngine()
        var rows: [JSONValue] = []
        for transaction in engine.ordered.reversed() {
            for entry in engine.history(of: transaction) {
                if let label, entry.category == .send || (engine.label(of: entry) ?? "") != label { continue }
                rows.append(.object(json(entry, engine, isLong: true)))
            }
            if rows.count >= count + skip { break }
        }
        return rows.dropFirst(skip).prefix(count).reversed()
    }

    /// One row, in the order of Core's members.
    private func json(_ entry: WalletEngine.HistoryEntry, _ engine: WalletEngine, isLong: Bool) -> JSONObject {
        let transaction = entry.transaction
        var object = JSONObject()
        if let address = entry.destination?.address(on: network) { object.append("address", .string(address)) }
        if entry.category != .send {
            let script = transaction.transaction.outputs[entry.output].scriptPubKey
            object.append("parent_descs", .array(engine.parentDescriptors(of: script).map { .string($0) }))
        }
        object.append("category", .string(entry.category.rawValue))
        object.append("amount", .amount(entry.amount))
        if let label = engine.label(of: entry) { object.append("label", .string(label)) }
        object.append("vout", .int(entry.output))
        if let fee = entry.fee, entry.category == .send {
            object.append("fee", .amount(fee))
            if isLong { append(transaction, engine, to: &object) }
            object.append("abandoned", .bool(transaction.state.isAbandoned))
        } else {
            object.append("abandoned", .bool(transaction.state.isAbandoned))
            if isLong { append(transaction, engine, to: &object) }
        }
        return object
    }

    /// What is said of a transaction as a whole (Core's `WalletTxToJSON`).
    private func append(_ entry: WalletTransaction, _ engine: WalletEngine, to object: inout JSONObject) {
        object.append("confirmations", .int(engine.depth(of: entry)))
        if entry.isCoinbase { object.append("generated", true) }
        if case .confirmed(let block, let index, let time) = entry.state {
            object.append("blockhash", .string(block.hash.description))
            object.append("blockheight", .int(block.height))
            object.append("blockindex", .int(index))
            object.append("blocktime", .int(time))
        } else {
            object.append("trusted", .bool(engine.isTrusted(entry)))
        }
        object.append("txid", .string(entry.id.description))
        object.append("wtxid", .string(entry.transaction.witnessID.description))
        object.append("alternate_wtxids", .array(entry.alternateWitnessIDs.map { .string($0.description) }))
        object.append("walletconflicts", .array(engine.conflicts(of: entry).map { .string($0.description) }))
        let opponents = entry.mempoolConflicts.sorted { $0.rawValue.precedesInByteOrder($1.rawValue) }
        object.append("mempoolconflicts", .array(opponents.map { .string($0.description) }))
        object.append("time", .int(entry.time))
        object.append("timereceived", .int(entry.details.timeReceived))
        if let comment = entry.details.comment { object.append("comment", .string(comment)) }
        if let commentTo = entry.details.commentTo { object.append("to", .string(commentTo)) }
        if let id = entry.details.replaces { object.append("replaces_txid", .string(id.description)) }
        if let id = entry.details.replacedBy { object.append("replaced_by_txid", .string(id.description)) }
    }

    private func requireTransaction(_ id: String, _ engine: WalletEngine) throws(RPCError) -> WalletTransaction {
        guard let id = TransactionID(hex: id), let entry = engine.transactions[id] else {
            throw RPCError(.invalidAddressOrKey, "Invalid or non-wallet transaction id")
        }
        return entry
    }

    fileprivate func transactionJSON(id: String, isVerbose: Bool) throws -> JSONValue {
        let engine = try requireEngine()
        let entry = try requireTransaction(id, engine)
        let transaction = entry.transaction
        let credit = engine.isImmature(entry) ? 0 : engine.credit(transaction)
        let debit = engine.debit(transaction)
        let isFromMe = engine.isFromMe(transaction)
        let fee = isFromMe ? transaction.outputs.reduce(0) { $0 + $1.value } - debit : 0
        var object: JSONObject = ["amount": .amount(credit - debit - fee)]
        if isFromMe { object.append("fee", .amount(fee)) }
        append(entry, engine, to: &object)
        let details = engine.history(of: entry).map { JSONValue.object(json($0, engine, isLong: false)) }
        object.append("details", .array(details))
        object.append("hex", .string(Hex.encode(transaction.encoded())))
        if isVerbose {
            object.append(
                "decoded",
                .transaction(transaction, network: network, includesHex: false) {
                    engine.isChange($0.scriptPubKey)
                })
        }
        object.append("lastprocessedblock", engine.lastProcessedBlockJSON)
        return .object(object)
    }

    fileprivate func abandon(id: String) throws {
        let engine = try requireEngine()
        let entry = try requireTransaction(id, engine)
        guard try engine.abandon(entry) else {
            throw RPCError(.invalidAddressOrKey, "Transaction not eligible for abandonment")
        }
    }
}
