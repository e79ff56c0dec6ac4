import BitcoinInterfaces
import BitcoinPrimitives
import BitcoinRPC

// getwalletinfo, getbalances, getbalance.
extension WalletRPC {
    static let getWalletInfo = Command(
        category: "wallet", name: "getwalletinfo",
        description: "Returns an object containing various wallet state info.\n",
        results: [
            RPCResultShape(
                .object,
                inner: [
                    RPCResultShape(.string, "walletname", "the wallet name"),
                    RPCResultShape(
                        .number, "walletversion",
                        "(DEPRECATED) only related to unsupported legacy wallet, returns the latest version 169900 "
                            + "for backwards compatibility"),
                    RPCResultShape(.string, "format", "the database format (only sqlite)"),
                    RPCResultShape(.number, "txcount", "the total number of transactions in the wallet"),
                    RPCResultShape(
                        .number, "keypoolsize", "how many new keys are pre-generated (only counts external keys)"),
                    RPCResultShape(
                        .number, "keypoolsize_hd_internal",
                        "how many new keys are pre-generated for internal use (used for change outputs, only appears "
                            + "if the wallet is using this feature, otherwise external keys are used)", optional: true),
                    RPCResultShape(
                        .time, "unlocked_until",
                        "the \(epochTime) until which the wallet is unlocked for transfers, or 0 if the wallet is "
                            + "locked (only present for passphrase-encrypted wallets)", optional: true),
                    RPCResultShape(
                        .bool, "private_keys_enabled",
                        "false if privatekeys are disabled for this wallet (enforced watch-only wallet)"),
                    RPCResultShape(
                        .bool, "avoid_reuse", "whether this wallet tracks clean/dirty coins in terms of reuse"),
                    RPCResultShape(
                        .object, "scanning", "current scanning details, or false if no scan is in progress",
                        inner: [
                            RPCResultShape(.number, "duration", "elapsed seconds since scan start"),
                            RPCResultShape(.number, "progress", "scanning progress percentage [0.0, 1.0]"),
                        ]),
                    RPCResultShape(
                        .bool, "descriptors", "whether this wallet uses descriptors for output script management"),
                    RPCResultShape(
                        .bool, "external_signer",
                        "whether this wallet is configured to use an external signer such as a hardware wallet"),
                    RPCResultShape(
                        .bool, "blank",
                        "Whether this wallet intentionally does not contain any keys, scripts, or descriptors"),
                    RPCResultShape(
                        .time, "birthtime",
                        "The start time for blocks scanning. It could be modified by (re)importing any descriptor "
                            + "with an earlier timestamp.", optional: true),
                    RPCResultShape(
                        .array, "flags", "The flags currently set on the wallet",
                        inner: [RPCResultShape(.string, "flag", "The name of the flag")]),
                    lastProcessedBlockShape,
                ])
        ],
        examples: helpExampleCli("getwalletinfo", "") + helpExampleRpc("getwalletinfo", "")
    ) { call in
        await call.context.syncWithChain()
        return try await call.context.walletInfoJSON()
    }

    static let getBalances = Command(
        category: "wallet", name: "getbalances",
        description: "Returns an object with all balances in \(currencyUnit).\n",
        results: [
            RPCResultShape(
                .object,
                inner: [
                    RPCResultShape(
                        .object, "mine", "balances from outputs that the wallet can sign",
                        inner: [
                            RPCResultShape(
                                .amount, "trusted",
                                "trusted balance (outputs created by the wallet or confirmed outputs)"),
                            RPCResultShape(
                                .amount, "untrusted_pending",
                                "untrusted pending balance (outputs created by others that are in the mempool)"),
                            RPCResultShape(.amount, "immature", "balance from immature coinbase outputs"),
                            RPCResultShape(
                                .amount, "nonmempool",
                                "sum of coins that are spent by transactions not in the mempool (usually an "
                                    + "over-estimate due to not accounting for change or spends that conflict with "
                                    + "each other)"),
                            RPCResultShape(
                                .amount, "used",
                                "(only present if avoid_reuse is set) balance from coins sent to addresses that were "
                                    + "previously spent from (potentially privacy violating)", optional: true),
                        ]),
                    lastProcessedBlockShape,
                ])
        ],
        examples: helpExampleCli("getbalances", "") + helpExampleRpc("getbalances", "")
    ) { call in
        await call.context.syncWithChain()
        return try await call.context.balancesJSON()
    }

    static let getBalance = Command(
        category: "wallet", name: "getbalance",
        description: "Returns the total available balance.\n"
            + "The available balance is what the wallet considers currently spendable, and is\n"
            + "thus affected by options which limit spendability such as -spendzeroconfchange.\n",
        arguments: [
            RPCArgument(
                "dummy", .string, .omitted, "Remains for backward compatibility. Must be excluded or set to \"*\"."),
            RPCArgument(
                "minconf", .number, .value(0), "Only include transactions confirmed at least this many times."),
            RPCArgument("include_watchonly", .bool, .value(false), "No longer used"),
            RPCArgument(
                "avoid_reuse", .bool, .value(true),
                "(only available if avoid_reuse wallet flag is set) Do not include balance in dirty outputs; addresses "
                    + "are considered dirty if they have previously been used in a transaction."),
        ],
        results: [
            RPCResultShape(
                .amount, "", "The total amount in \(currencyUnit) received for this wallet.")
        ],
        examples: "\nThe total amount in the wallet with 0 or more confirmations\n" + helpExampleCli("getbalance", "")
            + "\nThe total amount in the wallet with at least 6 confirmations\n"
            + helpExampleCli("getbalance", "\"*\" 6") + "\nAs a JSON-RPC call\n"
            + helpExampleRpc("getbalance", "\"*\", 6")
    ) { call in
        await call.context.syncWithChain()
        guard call[0].isNull || call[0].stringValue == "*" else {
            throw RPCError(.methodDeprecated, "dummy first argument must be excluded or set to \"*\".")
        }
        let minimumDepth: Int32 = call[1].isNull ? 0 : try call[1].requireInteger()
        return .amount(try await call.context.trustedBalance(minimumDepth: minimumDepth, avoidReuse: call[3].boolValue))
    }
}

extension WalletService {
    fileprivate func walletInfoJSON() throws -> JSONValue {
        let engine = try requireEngine()
        let external = engine.activeExternal.values.reduce(0) { $0 + $1.keyPoolSize }
        let all = engine.activeManagers.reduce(0) { $0 + $1.keyPoolSize }
        var object: JSONObject = [
            "walletname": .string(engine.name), "walletversion": 169_900, "format": "sqlite",
            "txcount": .int(engine.transactions.count), "keypoolsize": .int(external),
            "keypoolsize_hd_internal": .int(all - external),
        ]
        if engine.isEncrypted { object["unlocked_until"] = .int(engine.unlockedUntil) }
        object["private_keys_enabled"] = .bool(!engine.flags.contains(.disablePrivateKeys))
        object["avoid_reuse"] = .bool(engine.flags.contains(.avoidReuse))
        if let runningScan {
            let duration = ContinuousClock.now - runningScan.start
            object["scanning"] = [
                "duration": .int(duration.components.seconds), "progress": .double(runningScan.progress),
            ]
        } else {
            object["scanning"] = false
        }
        object["descriptors"] = .bool(engine.flags.contains(.descriptors))
        object["external_signer"] = .bool(engine.flags.contains(.externalSigner))
        object["blank"] = .bool(engine.flags.contains(.blank))
        if engine.birthTime != .max { object["birthtime"] = .int(engine.birthTime) }
        object["flags"] = .array(engine.flags.names.map { .string($0) })
        object["lastprocessedblock"] = engine.lastProcessedBlockJSON
        return .object(object)
    }

    fileprivate func balancesJSON() throws -> JSONValue {
        let engine = try requireEngine()
        let (amounts, used) = engine.balances()
        var mine: JSONObject = [
            "trusted": .amount(amounts.trusted), "untrusted_pending": .amount(amounts.untrustedPending),
            "immature": .amount(amounts.immature), "nonmempool": .amount(amounts.nonMempool),
        ]
        if engine.flags.contains(.avoidReuse) { mine["used"] = .amount(used) }
        return ["mine": .object(mine), "lastprocessedblock": engine.lastProcessedBlockJSON]
    }

    fileprivate func trustedBalance(minimumDepth: Int32, avoidReuse: Bool?) throws -> Amount {
        let engine = try requireEngine()
        let canAvoid = engine.flags.contains(.avoidReuse)
        guard canAvoid || avoidReuse != true else {
            throw RPCError(.walletError, "wallet does not have the \"avoid reuse\" feature enabled")
        }
        return engine.trustedBalance(minimumDepth: minimumDepth, avoidReuse: avoidReuse ?? canAvoid)
    }
}
