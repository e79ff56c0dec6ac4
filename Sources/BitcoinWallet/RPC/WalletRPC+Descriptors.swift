import BitcoinDescriptors
import BitcoinRPC

// listdescriptors, importdescriptors.
extension WalletRPC {
    static let listDescriptors = Command(
        category: "wallet", name: "listdescriptors", description: "List all descriptors present in a wallet.\n",
        arguments: [RPCArgument("private", .bool, .value(false), "Show private descriptors.")],
        results: [
            RPCResultShape(
                .object,
                inner: [
                    RPCResultShape(.string, "wallet_name", "Name of wallet this operation was performed on"),
                    RPCResultShape(
                        .array, "descriptors",
                        "Array of descriptor objects (sorted by descriptor string representation)",
                        inner: [RPCResultShape(.object, inner: descriptorShapes)]),
                ])
        ],
        examples: helpExampleCli("listdescriptors", "") + helpExampleRpc("listdescriptors", "")
            + helpExampleCli("listdescriptors", "true") + helpExampleRpc("listdescriptors", "true")
    ) { call in
        try await call.context.descriptorsJSON(isPrivate: call[0].boolValue ?? false)
    }

    private static let descriptorShapes = [
        RPCResultShape(.string, "desc", "Descriptor string representation"),
        RPCResultShape(.number, "timestamp", "The creation time of the descriptor"),
        RPCResultShape(.bool, "active", "Whether this descriptor is currently used to generate new addresses"),
        RPCResultShape(
            .bool, "internal",
            "True if this descriptor is used to generate change addresses. False if this descriptor is used to "
                + "generate receiving addresses; defined only for active descriptors", optional: true),
        RPCResultShape(
            .fixedArray, "range", "Defined only for ranged descriptors", optional: true,
            inner: [
                RPCResultShape(.number, "", "Range start inclusive"),
                RPCResultShape(.number, "", "Range end inclusive"),
            ]),
        RPCResultShape(
            .number, "next", "Same as next_index field. Kept for compatibility reason.", optional: true),
        RPCResultShape(
            .number, "next_index",
            "The next index to generate addresses from; defined only for ranged descriptors", optional: true),
    ]

    static let importDescriptors = Command(
        category: "wallet", name: "importdescriptors",
        description: "Import descriptors. This will trigger a rescan of the blockchain based on the earliest timestamp "
            + "of all descriptors being imported. Requires a new wallet backup.\n"
            + "When importing descriptors with multipath key expressions, if the multipath specifier contains exactly "
            + "two elements, the descriptor produced from the second element will be imported as an internal "
            + "descriptor.\n"
            + "\nNote: This call can take over an hour to complete if using an early timestamp; during that time, "
            + "other rpc calls\n"
            + "may report that the imported keys, addresses or scripts exist but related transactions are still "
            + "missing.\n"
            + "The rescan is significantly faster if block filters are available (using startup option "
            + "\"-blockfilterindex=1\").\n",
        arguments: [
            RPCArgument(
                "requests", .array, .required, "Data to be imported",
                inner: [RPCArgument("", .object, .omitted, "", inner: importArguments)], oneLine: "requests")
        ],
        results: [
            RPCResultShape(
                .array, "", "Response is an array with the same size as the input that has the execution result",
                inner: [
                    RPCResultShape(
                        .object,
                        inner: [
                            RPCResultShape(.bool, "success"),
                            RPCResultShape(.array, "warnings", optional: true, inner: [RPCResultShape(.string)]),
                            RPCResultShape(
                                .object, "error", optional: true,
                                inner: [
                                    RPCResultShape(.number, "code", "JSONRPC error code"),
                                    RPCResultShape(.string, "message", "JSONRPC error message"),
                                ]),
                        ])
                ])
        ],
        examples: helpExampleCli(
            "importdescriptors",
            "'[{ \"desc\": \"<my descriptor>\", \"timestamp\":1455191478, \"internal\": true }, "
                + "{ \"desc\": \"<my descriptor 2>\", \"label\": \"example 2\", \"timestamp\": 1455191480 }]'")
            + helpExampleCli(
                "importdescriptors",
                "'[{ \"desc\": \"<my descriptor>\", \"timestamp\":1455191478, \"active\": true, \"range\": [0,100], "
                    + "\"label\": \"<my bech32 wallet>\" }]'")
    ) { call in
        await call.context.syncWithChain()
        return .array(try await call.context.importDescriptors(try call[0].requireArray()))
    }

    private static let importArguments = [
        RPCArgument("desc", .string, .required, "Descriptor to import."),
        RPCArgument(
            "active", .bool, .value(false),
            "Set this descriptor to be the active descriptor for the corresponding output type/externality"),
        RPCArgument(
            "range", .range, .omitted,
            "If a ranged descriptor is used, this specifies the end or the range (in the form [begin,end]) to import"),
        RPCArgument(
            "next_index", .number, .omitted,
            "If a ranged descriptor is set to active, this specifies the next index to generate addresses from"),
        RPCArgument(
            "timestamp", .number, .required,
            "Time from which to start rescanning the blockchain for this descriptor, in \(epochTime)\n"
                + "Use the string \"now\" to substitute the current synced blockchain time.\n"
                + "\"now\" can be specified to bypass scanning, for outputs which are known to never have been used, "
                + "and\n"
                + "0 can be specified to scan the entire blockchain. Blocks up to 2 hours before the earliest "
                + "timestamp\n"
                + "of all descriptors being imported will be scanned as well as the mempool.",
            typeText: ("timestamp | \"now\"", "integer / string")),
        RPCArgument(
            "internal", .bool, .value(false),
            "Whether matching outputs should be treated as not incoming payments (e.g. change)"),
        RPCArgument(
            "label", .string, .value(""),
            "Label to assign to the address, only allowed with internal=false. Disabled for ranged descriptors"),
    ]
}

extension WalletService {
    fileprivate func descriptorsJSON(isPrivate: Bool) throws -> JSONValue {
        let engine = try requireEngine()
        if isPrivate {
            guard !engine.flags.contains(.disablePrivateKeys) else {
                throw RPCError(.walletError, "Can't get private descriptor string for watch-only wallets")
            }
            try engine.ensureUnlocked()
        }
        var rows: [(text: String, row: JSONValue)] = []
        for manager in engine.managers {
            guard let text = descriptorText(manager, engine, isPrivate: isPrivate) else {
                throw RPCError(.walletError, "Can't get descriptor string.")
            }
            let isInternal = engine.isInternal(manager)
            var object: JSONObject = [
                "desc": .string(text), "timestamp": .int(manager.record.creationTime),
                "active": .bool(isInternal != nil),
            ]
            if let isInternal { object.append("internal", .bool(isInternal)) }
            if manager.descriptor.isRange {
                let record = manager.record
                object.append("range", [.int(record.rangeStart), .int(record.rangeEnd - 1)])
                object.append("next", .int(record.nextIndex))
                object.append("next_index", .int(record.nextIndex))
            }
            rows.append((text, .object(object)))
        }
        rows.sort { Array($0.text.utf8).lexicographicallyPrecedes(Array($1.text.utf8)) }
        return ["wallet_name": .string(engine.name), "descriptors": .array(rows.map(\.row))]
    }

    private func descriptorText(_ manager: DescriptorManager, _ engine: WalletEngine, isPrivate: Bool) -> String? {
        guard isPrivate else { return manager.normalizedText(masterKey: engine.masterKey) }
        let keys = manager.privateKeys(masterKey: engine.masterKey)
        let text = manager.descriptor.privateText(provider: FlatSigningProvider(privateKeys: keys))
        return text?.text ?? manager.descriptor.description
    }
}
