import BitcoinDescriptors
import BitcoinInterfaces
import BitcoinPrimitives
import BitcoinRPC
import BitcoinScript

// listunspent, lockunspent, listlockunspent.
extension WalletRPC {
    static let listUnspent = Command(
        category: "wallet", name: "listunspent",
        description: "Returns array of unspent transaction outputs\n"
            + "with between minconf and maxconf (inclusive) confirmations.\n"
            + "Optionally filter to only include txouts paid to specified addresses.\n",
        arguments: [
            RPCArgument("minconf", .number, .value(1), "The minimum confirmations to filter"),
            RPCArgument("maxconf", .number, .value(9_999_999), "The maximum confirmations to filter"),
            RPCArgument(
                "addresses", .array, .value([]), "The bitcoin addresses to filter",
                inner: [RPCArgument("address", .string, .omitted, "bitcoin address")]),
            RPCArgument(
                "include_unsafe", .bool, .value(true),
                "Include outputs that are not safe to spend\nSee description of \"safe\" attribute below."),
            RPCArgument(
                "query_options", .namedOptions, .omitted, "",
                inner: [
                    RPCArgument(
                        "minimumAmount", .amount, .value("0.00"), "Minimum value of each UTXO in \(currencyUnit)"),
                    RPCArgument(
                        "maximumAmount", .amount, .hint("unlimited"),
                        "Maximum value of each UTXO in \(currencyUnit)"),
                    RPCArgument("maximumCount", .number, .hint("unlimited"), "Maximum number of UTXOs"),
                    RPCArgument(
                        "minimumSumAmount", .amount, .hint("unlimited"),
                        "Minimum sum value of all UTXOs in \(currencyUnit)"),
                    RPCArgument(
                        "include_immature_coinbase", .bool, .value(false), "Include immature coinbase UTXOs"),
                ], oneLine: "query_options"),
        ],
        results: [RPCResultShape(.array, inner: [RPCResultShape(.object, inner: coinShapes)])],
        examples: helpExampleCli("listunspent", "")
            + helpExampleCli(
                "listunspent", "6 9999999 \"[\\\"\(exampleAddresses[0])\\\",\\\"\(exampleAddresses[1])\\\"]\"")
            + helpExampleRpc(
                "listunspent", "6, 9999999 \"[\\\"\(exampleAddresses[0])\\\",\\\"\(exampleAddresses[1])\\\"]\"")
            + helpExampleCli("listunspent", "6 9999999 '[]' true '{ \"minimumAmount\": 0.005 }'")
            + helpExampleRpc("listunspent", "6, 9999999, [] , true, { \"minimumAmount\": 0.005 } ")
    ) { call in
        let query = try CoinQuery(call)
        await call.context.syncWithChain()
        return .array(try await call.context.coinsJSON(query))
    }

    private static let coinShapes = [
        RPCResultShape(.hex, "txid", "the transaction id"),
        RPCResultShape(.number, "vout", "the vout value"),
        RPCResultShape(.string, "address", "the bitcoin address", optional: true),
        RPCResultShape(
            .string, "label", "The associated label, or \"\" for the default label", optional: true),
        RPCResultShape(.string, "scriptPubKey", "the output script"),
        RPCResultShape(.amount, "amount", "the transaction output amount in \(currencyUnit)"),
        RPCResultShape(.number, "confirmations", "The number of confirmations"),
        RPCResultShape(
            .number, "ancestorcount",
            "The number of in-mempool ancestor transactions, including this one (if transaction is in the mempool)",
            optional: true),
        RPCResultShape(
            .number, "ancestorsize",
            "The virtual transaction size of in-mempool ancestors, including this one (if transaction is in the "
                + "mempool)", optional: true),
        RPCResultShape(
            .amount, "ancestorfees",
            "The total fees of in-mempool ancestors (including this one) with fee deltas used for mining priority in "
                + "sat (if transaction is in the mempool)", optional: true),
        RPCResultShape(.hex, "redeemScript", "The redeem script if the output script is P2SH", optional: true),
        RPCResultShape(
            .string, "witnessScript", "witness script if the output script is P2WSH or P2SH-P2WSH", optional: true),
        RPCResultShape(.bool, "spendable", "(DEPRECATED) Always true"),
        RPCResultShape(
            .bool, "solvable", "Whether we know how to spend this output, ignoring the lack of keys"),
        RPCResultShape(
            .bool, "reused",
            "(only present if avoid_reuse is set) Whether this output is reused/dirty (sent to an address that was "
                + "previously spent from)", optional: true),
        RPCResultShape(
            .string, "desc", "(only when solvable) A descriptor for spending this output", optional: true),
        RPCResultShape(
            .array, "parent_descs", "List of parent descriptors for the output script of this coin.",
            inner: [RPCResultShape(.string, "desc", "The descriptor string.")]),
        RPCResultShape(
            .bool, "safe",
            "Whether this output is considered safe to spend. Unconfirmed transactions\n"
                + "from outside keys and unconfirmed replacement transactions are considered unsafe\n"
                + "and are not eligible for spending by fundrawtransaction and sendtoaddress."),
    ]

    private static let exampleOutput =
        "\"[{\\\"txid\\\":\\\"a08e6907dbbd3d809776dbfc5d82e371b764ed838b5655e72f463568df1aadf0\\\",\\\"vout\\\":1}]\""

    private static let lockExamples =
        "\nList the unspent transactions\n" + helpExampleCli("listunspent", "")
        + "\nLock an unspent transaction\n" + helpExampleCli("lockunspent", "false \(exampleOutput)")
        + "\nList the locked transactions\n" + helpExampleCli("listlockunspent", "")
        + "\nUnlock the transaction again\n" + helpExampleCli("lockunspent", "true \(exampleOutput)")

    static let lockUnspent = Command(
        category: "wallet", name: "lockunspent",
        description: "Updates list of temporarily unspendable outputs.\n"
            + "Temporarily lock (unlock=false) or unlock (unlock=true) specified transaction outputs.\n"
            + "If no transaction outputs are specified when unlocking then all current locked transaction outputs are "
            + "unlocked.\n"
            + "A locked transaction output will not be chosen by automatic coin selection, when spending bitcoins.\n"
            + "Manually selected coins are automatically unlocked.\n"
            + "Locks are stored in memory only, unless persistent=true, in which case they will be written to the\n"
            + "wallet database and loaded on node start. Unwritten (persistent=false) locks are always cleared\n"
            + "(by virtue of process exit) when a node stops or fails. Unlocking will clear both persistent and not.\n"
            + "Also see the listunspent call\n",
        arguments: [
            RPCArgument(
                "unlock", .bool, .required, "Whether to unlock (true) or lock (false) the specified transactions"),
            RPCArgument(
                "transactions", .array, .value([]),
                "The transaction outputs and within each, the txid (string) vout (numeric).",
                inner: [
                    RPCArgument(
                        "", .object, .omitted, "",
                        inner: [
                            RPCArgument("txid", .hex, .required, "The transaction id"),
                            RPCArgument("vout", .number, .required, "The output number"),
                        ])
                ]),
            RPCArgument(
                "persistent", .bool, .value(false),
                "Whether to write/erase this lock in the wallet database, or keep the change in memory only. Ignored "
                    + "for unlocking."),
        ],
        results: [RPCResultShape(.bool, "", "Whether the command was successful or not")],
        examples: lockExamples + "\nLock the transaction persistently in the wallet database\n"
            + helpExampleCli("lockunspent", "false \(exampleOutput) true") + "\nAs a JSON-RPC call\n"
            + helpExampleRpc("lockunspent", "false, \(exampleOutput)")
    ) { call in
        await call.context.syncWithChain()
        try await call.context.lockCoins(
            unlock: try call[0].requireBool(), outputs: call[1], isPersistent: call[2].boolValue ?? false)
        return true
    }

    static let listLockUnspent = Command(
        category: "wallet", name: "listlockunspent",
        description: "Returns list of temporarily unspendable outputs.\n"
            + "See the lockunspent call to lock and unlock transactions for spending.\n",
        results: [
            RPCResultShape(
                .array,
                inner: [
                    RPCResultShape(
                        .object,
                        inner: [
                            RPCResultShape(.hex, "txid", "The transaction id locked"),
                            RPCResultShape(.number, "vout", "The vout value"),
                        ])
                ])
        ],
        examples: lockExamples + "\nAs a JSON-RPC call\n" + helpExampleRpc("listlockunspent", "")
    ) { call in
        let engine = call.context
        return .array(try await engine.lockedCoinsJSON())
    }
}

/// What `listunspent` was asked for.
private struct CoinQuery: Sendable {
    var filter = WalletEngine.CoinFilter()
    var addresses: [String] = []

    init(_ call: WalletRPC.Call) throws(RPCError) {
        filter.minimumDepth = call[0].isNull ? 1 : try call[0].requireInteger()
        filter.maximumDepth = call[1].isNull ? 9_999_999 : try call[1].requireInteger()
        for address in call[2].arrayValue ?? [] { addresses.append(try address.requireString()) }
        filter.includesUnsafe = call[3].boolValue ?? true
        guard case .object(let options) = call[4] else { return }
        for (name, type) in [("maximumCount", "number"), ("include_immature_coinbase", "bool")] {
            let value = call[4][name]
            guard value.isNull || value.typeName == type else {
                throw RPCError(
                    .typeError,
                    "JSON value of type \(value.typeName) for field \(name) is not of expected type \(type)")
            }
        }
        for key in options.keys {
            let value = call[4][key]
            switch key {
            case "minimumAmount": filter.minimumAmount = try value.requireAmount()
            case "maximumAmount": filter.maximumAmount = try value.requireAmount()
            case "minimumSumAmount": filter.minimumSum = try value.requireAmount()
            case "maximumCount": filter.maximumCount = Int(try value.requireInteger(as: Int64.self))
            case "include_immature_coinbase": filter.includesImmature = try value.requireBool()
            default: throw RPCError(.typeError, "Unexpected key \(key)")
            }
        }
    }
}

extension WalletService {
    fileprivate func coinsJSON(_ query: CoinQuery) async throws -> [JSONValue] {
        var wanted: Set<Destination> = []
        for address in query.addresses {
            guard let destination = try? Destination(address: address, on: network) else {
                throw RPCError(.invalidAddressOrKey, "Invalid Bitcoin address: \(address)")
            }
            guard wanted.insert(destination).inserted else {
                throw RPCError(.invalidParameter, "Invalid parameter, duplicated address: \(address)")
            }
        }
        let engine = try requireEngine()
        var rows: [JSONValue] = []
        var unconfirmed: [(row: Int, id: TransactionID)] = []
        for coin in engine.availableCoins(query.filter) {
            let destination = Destination(scriptPubKey: coin.output.scriptPubKey)
            if !wanted.isEmpty {
                guard let destination, wanted.contains(destination) else { continue }
            }
            if coin.depth == 0 { unconfirmed.append((rows.count, coin.outPoint.transactionID)) }
            rows.append(.object(json(coin, engine)))
        }
        for (row, id) in unconfirmed {
            guard let ancestry = try await chain.getMempoolAncestry(transactionID: id), ancestry.ancestors > 0 else {
                continue
            }
            rows[row] = rows[row].inserting(
                [
                    "ancestorcount": .int(ancestry.ancestors), "ancestorsize": .int(ancestry.ancestorSize),
                    "ancestorfees": .int(ancestry.ancestorFees),
                ], after: "confirmations")
        }
        return rows
    }

    private func json(_ coin: WalletEngine.AvailableCoin, _ engine: WalletEngine) -> JSONObject {
        let script = coin.output.scriptPubKey
        var object: JSONObject = [
            "txid": .string(coin.outPoint.transactionID.description), "vout": .int(coin.outPoint.index),
        ]
        if let destination = Destination(scriptPubKey: script), let address = destination.address(on: network) {
            object.append("address", .string(address))
            if let label = engine.addressBook.label(of: destination) { object.append("label", .string(label)) }
            let inner = engine.innerScripts(of: destination)
            if let redeemScript = inner.redeemScript { object.append("redeemScript", .string(redeemScript.hex)) }
            if let witnessScript = inner.witnessScript { object.append("witnessScript", .string(witnessScript.hex)) }
        }
        let descriptor = engine.solvingDescriptor(of: script)
        let isSolvable = descriptor?.maxSatisfactionWeight(assumingLargeSignatures: true) != nil
        object.append("scriptPubKey", .string(script.hex))
        object.append("amount", .amount(coin.output.value))
        object.append("confirmations", .int(coin.depth))
        object.append("spendable", true)
        object.append("solvable", .bool(isSolvable))
        if isSolvable, let descriptor { object.append("desc", .string(descriptor.description)) }
        object.append("parent_descs", .array(engine.parentDescriptors(of: script).map { .string($0) }))
        if engine.flags.contains(.avoidReuse) { object.append("reused", .bool(engine.isSpentKey(script))) }
        object.append("safe", .bool(coin.isSafe))
        return object
    }

    fileprivate func lockedCoinsJSON() throws -> [JSONValue] {
        try requireEngine().lockedCoins.keys.sorted().map {
            ["txid": .string($0.transactionID.description), "vout": .int($0.index)]
        }
    }

    fileprivate func lockCoins(unlock: Bool, outputs: JSONValue, isPersistent: Bool) throws {
        let engine = try requireEngine()
        guard case .array(let list) = outputs else {
            if unlock {
                for output in engine.lockedCoins.keys { try engine.unlockCoin(output) }
            }
            return
        }
        let checked = try list.map { try lockableOutput($0, engine, unlock: unlock, isPersistent: isPersistent) }
        for output in checked {
            if unlock {
                try engine.unlockCoin(output)
            } else {
                try engine.lockCoin(output, persistently: isPersistent)
            }
        }
    }

    private func lockableOutput(
        _ value: JSONValue, _ engine: WalletEngine, unlock: Bool, isPersistent: Bool
    ) throws(RPCError) -> OutPoint {
        _ = try value.requireObject()
        for (name, type) in [("txid", "string"), ("vout", "number")] {
            guard !value[name].isNull else { throw RPCError(.typeError, "Missing \(name)") }
            guard value[name].typeName == type else {
                throw RPCError(
                    .typeError,
                    "JSON value of type \(value[name].typeName) for field \(name) is not of expected type \(type)")
            }
        }
        let hash = try value["txid"].requireHash("txid")
        let index: Int32 = try value["vout"].requireInteger()
        func invalid(_ text: String) -> RPCError { RPCError(.invalidParameter, "Invalid parameter, \(text)") }
        guard index >= 0 else { throw invalid("vout cannot be negative") }
        guard let id = TransactionID(hex: hash), let entry = engine.transactions[id] else {
            throw invalid("unknown transaction")
        }
        guard Int(index) < entry.transaction.outputs.count else { throw invalid("vout index out of bounds") }
        let output = OutPoint(transactionID: id, index: UInt32(index))
        guard !engine.isSpent(output) else { throw invalid("expected unspent output") }
        let isLocked = engine.lockedCoins[output] != nil
        guard !unlock || isLocked else { throw invalid("expected locked output") }
        guard unlock || !isLocked || isPersistent else { throw invalid("output already locked") }
        return output
    }
}

extension JSONValue {
    /// The object with more members behind one of its own.
    fileprivate func inserting(_ more: JSONObject, after key: String) -> JSONValue {
        guard case .object(let object) = self else { return self }
        var result = JSONObject()
        for member in object.members {
            result.append(member.key, member.value)
            if member.key == key { result.append(contentsOf: more) }
        }
        return .object(result)
    }
}
