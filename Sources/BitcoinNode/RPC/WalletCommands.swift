import BitcoinInterfaces
import BitcoinRPC

/// Commands about which wallets there are. What happens inside a wallet is its process's business.
enum WalletCommands {
    static let all: [RPCCommand<NodeContext>] = [
        listWallets, listWalletDir, createWallet, loadWallet, unloadWallet,
    ]

    private static let listWallets = RPCCommand<NodeContext>(
        category: "wallet", name: "listwallets", description: "Returns the names of the wallets that are loaded.",
        results: [.init(.array, "", "", inner: [.init(.string, "walletname", "the wallet name")])],
        examples: helpExampleCli("listwallets", "")
    ) { call in
        .array(await call.context.wallets.attachedNames.map { .string($0) })
    }

    private static let listWalletDir = RPCCommand<NodeContext>(
        category: "wallet", name: "listwalletdir", description: "Returns the wallets in the wallet directory.",
        results: [
            .init(
                .object, "", "",
                inner: [
                    .init(
                        .array, "wallets", "",
                        inner: [.init(.object, "", "", inner: [.init(.string, "name", "The wallet name")])])
                ])
        ], examples: helpExampleCli("listwalletdir", "")
    ) { call in
        let names = call.context.wallets.configuration.directory.names()
        return ["wallets": .array(names.map { ["name": .string($0), "warnings": []] })]
    }

    private static let createWallet = RPCCommand<NodeContext>(
        category: "wallet", name: "createwallet",
        description: "Creates and loads a new wallet, blank or watch-only.",
        arguments: [
            .init("wallet_name", .string, .required, "The name for the new wallet"),
            .init("disable_private_keys", .bool, .value(false), "Make a wallet that never holds private keys"),
            .init("blank", .bool, .value(false), "Make a wallet without keys and descriptors"),
            .init("passphrase", .string, .omitted, "Encrypt the wallet with this passphrase"),
            .init("avoid_reuse", .bool, .value(false), "Keep track of coin reuse"),
            .init("descriptors", .bool, .value(true), "If set, must be \"true\""),
            .init("load_on_startup", .bool, .omitted, "Load this wallet at every start"),
            .init("external_signer", .bool, .value(false), "Use an external signer"),
        ],
        results: [
            .init(
                .object, "", "",
                inner: [
                    .init(.string, "name", "The wallet name if created successfully"),
                    .init(.array, "warnings", "", optional: true, inner: [.init(.string, "", "")]),
                ])
        ], examples: helpExampleCli("-named createwallet", "wallet_name=watch disable_private_keys=true blank=true")
    ) { call in
        let name = try call[0].requireString()
        let options = CreateWalletOptions(
            blank: try flag(call[2]), disablePrivateKeys: try flag(call[1]), avoidReuse: try flag(call[4]))
        let passphrase = call[3].isNull ? nil : try call[3].requireString()
        guard call[5].isNull || call[5] == true else {
            throw RPCError(
                .walletError,
                "descriptors argument must be set to \"true\"; it is no longer possible to create a legacy wallet.")
        }
        guard try !flag(call[7]) else { throw RPCError(.walletError, "External signers are not supported yet") }
        if let passphrase, !passphrase.isEmpty {
            guard options.disablePrivateKeys else {
                throw RPCError(.walletError, "Creating encrypted wallets is not supported yet; leave passphrase out")
            }
            throw RPCError(
                .walletError,
                "Passphrase provided but private keys are disabled. A passphrase is only used to encrypt private "
                    + "keys, so cannot be used for wallets with private keys disabled.")
        }
        guard options.blank || options.disablePrivateKeys else { throw WalletRPCText.keysNotSupported }
        var warnings = passphrase == nil ? [] : ["Empty string given as passphrase, wallet will not be encrypted."]
        let loadsOnStartup = try optionalFlag(call[6])
        let listing = try await call.context.wallets.load(name, create: options)
        warnings += remember(call, listing.name, loadsOnStartup)
        return named(listing, warnings)
    }

    /// Applies `load_on_startup`, if it was given.
    ///
    /// - Returns: What to tell when the settings cannot be written.
    private static func remember(
        _ call: RPCCall<NodeContext>, _ name: String, _ loadsOnStartup: Bool?
    ) -> [String] {
        guard let loadsOnStartup else { return [] }
        if let file = call.context.identity.settingsFile,
            (try? file.setLoadsOnStartup(name, loadsOnStartup)) != nil
        {
            return []
        }
        return [
            "Wallet load on startup setting could not be updated, so wallet may "
                + "\(loadsOnStartup ? "not" : "still") be loaded next node startup."
        ]
    }

    private static func named(_ listing: WalletListing, _ warnings: [String]) -> JSONValue {
        var object: JSONObject = ["name": .string(listing.name)]
        if !warnings.isEmpty { object.append("warnings", .array(warnings.map { .string($0) })) }
        return .object(object)
    }

    private static func optionalFlag(_ value: JSONValue) throws -> Bool? {
        value.isNull ? nil : try value.requireBool()
    }

    private static func flag(_ value: JSONValue) throws -> Bool { value.isNull ? false : try value.requireBool() }

    private static let loadWallet = RPCCommand<NodeContext>(
        category: "wallet", name: "loadwallet", description: "Loads a wallet, in a process of its own.",
        arguments: [
            .init(
                "filename", .string, .required,
                "The path to the directory of the wallet, absolute or relative to the wallet directory"),
            .init("load_on_startup", .bool, .omitted, "Load this wallet at every start"),
        ],
        results: [
            .init(
                .object, "", "",
                inner: [
                    .init(.string, "name", "The wallet name if loaded successfully"),
                    .init(.array, "warnings", "", optional: true, inner: [.init(.string, "", "")]),
                ])
        ], examples: helpExampleCli("loadwallet", "\"walletname\"")
    ) { call in
        let loadsOnStartup = try optionalFlag(call[1])
        let listing = try await call.context.wallets.load(try call[0].requireString())
        return named(listing, remember(call, listing.name, loadsOnStartup))
    }

    private static let unloadWallet = RPCCommand<NodeContext>(
        category: "wallet", name: "unloadwallet",
        description: "Unloads a wallet, named by the request's address or by the argument.",
        arguments: [
            .init("wallet_name", .string, .hint("the wallet name from the RPC endpoint"), "The name of the wallet"),
            .init("load_on_startup", .bool, .omitted, "Load this wallet at every start"),
        ],
        results: [
            .init(
                .object, "", "",
                inner: [.init(.array, "warnings", "", optional: true, inner: [.init(.string, "", "")])])
        ], examples: helpExampleCli("unloadwallet", "wallet_name")
    ) { call in
        let argument = call[0].isNull ? nil : try call[0].requireString()
        let endpoint = call.request.walletName
        if let argument, let endpoint, argument != endpoint {
            throw RPCError(
                .invalidParameter,
                "The RPC endpoint wallet and the wallet name parameter specify different wallets")
        }
        guard let name = endpoint ?? argument else {
            throw RPCError(
                .invalidParameter,
                "Either the RPC endpoint wallet or the wallet name parameter must be provided")
        }
        let loadsOnStartup = try optionalFlag(call[1])
        try await call.context.wallets.unload(name)
        let warnings = remember(call, name, loadsOnStartup)
        return warnings.isEmpty ? [:] : ["warnings": .array(warnings.map { .string($0) })]
    }
}
