import BitcoinInterfaces
import BitcoinPrimitives
package import BitcoinRPC

/// The RPCs that a wallet answers.
package enum WalletRPC {
    /// One call.
    typealias Call = RPCCall<WalletService>
    /// A method with its description.
    typealias Command = RPCCommand<WalletService>

    /// Every method with its description, as in Core.
    package static let table: RPCCommandTable<WalletService> = RPCCommandTable([
        getWalletInfo, getBalances, getBalance, listTransactions, getTransaction, listUnspent, lockUnspent,
        listLockUnspent, getAddressInfo, getAddressesByLabel, listLabels, setLabel, getNewAddress,
        getRawChangeAddress, keyPoolRefill, listDescriptors, importDescriptors, walletPassphrase, walletLock,
        abandonTransaction, backupWallet, help,
    ])

    /// For the node, which asks a wallet for what it does not know itself.
    private static let help: Command = Command(
        category: "hidden", name: "help",
        description: "List all commands of the wallet, or get help for a specified command.\n",
        arguments: [
            RPCArgument("command", .string, .hint("all commands"), "The command to get help on")
        ],
        results: [RPCResultShape(.string, "", "The help text")]
    ) { call in
        .string(table.help(call[0].stringValue ?? ""))
    }

    /// The place where the wallet stands, which many results end in.
    static let lastProcessedBlockShape = RPCResultShape(
        .object, "lastprocessedblock",
        "hash and height of the block this information was generated on",
        inner: [
            RPCResultShape(.hex, "hash", "hash of the block this information was generated on"),
            RPCResultShape(.number, "height", "height of the block this information was generated on"),
        ])

    /// The name that helps use for times.
    static let epochTime = "UNIX epoch time"
    /// The unit that helps use for amounts.
    static let currencyUnit = "BTC"
    /// Addresses for examples.
    static let exampleAddresses = [
        "bc1q09vm5lfy0j5reeulh4x5752q25uqqvz34hufdl", "bc1q02ad21edsxd23d32dfgqqsz4vv4nmtfzuklhy3",
    ]
}

extension WalletEngine {
    /// The place where the wallet stands.
    var lastProcessedBlockJSON: JSONValue {
        ["hash": .string((lastBlock?.hash ?? .zero).description), "height": .int(lastBlock?.height ?? -1)]
    }

    /// The label in an argument: empty for null.
    ///
    /// - Throws: -3 when it is no string, -11 for "*".
    static func label(_ value: JSONValue) throws(RPCError) -> String {
        if value.isNull { return "" }
        let label = try value.requireString()
        guard label != "*" else { throw RPCError(.walletInvalidLabelName, "Invalid label name") }
        return label
    }

    /// - Throws: -13 when the wallet is locked.
    func ensureUnlocked() throws(RPCError) {
        guard !isLocked else {
            throw RPCError(
                .walletUnlockNeeded,
                "Error: Please enter the wallet passphrase with walletpassphrase first.")
        }
    }
}
