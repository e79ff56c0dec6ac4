import BitcoinRPC

/// What the node must know of wallet methods in order to send them on.
enum WalletRPCText {
    /// Names of Core's wallet methods, without those that the node answers itself.
    static let methods: Set<String> = [
        "abandontransaction", "abortrescan", "addhdkey", "backupwallet", "bumpfee", "createwalletdescriptor",
        "derivehdkey", "encryptwallet", "exportwatchonlywallet", "getaddressesbylabel", "getaddressinfo", "getbalance",
        "getbalances", "gethdkeys", "getnewaddress", "getrawchangeaddress", "getreceivedbyaddress",
        "getreceivedbylabel", "gettransaction", "getwalletinfo", "importdescriptors", "importprunedfunds",
        "keypoolrefill", "listaddressgroupings", "listdescriptors", "listlabels", "listlockunspent",
        "listreceivedbyaddress", "listreceivedbylabel", "listsinceblock", "listtransactions", "listunspent",
        "lockunspent", "psbtbumpfee", "removeprunedfunds", "rescanblockchain", "send", "sendall", "sendmany",
        "sendtoaddress", "setfeerate", "setlabel", "setwalletflag", "signmessage", "signrawtransactionwithwallet",
        "simulaterawtransaction", "walletcreatefundedpsbt", "walletdisplayaddress", "walletlock", "walletpassphrase",
        "walletpassphrasechange", "walletprocesspsbt",
    ]

    /// Why a wallet with keys is not created yet.
    static let keysNotSupported = RPCError(
        .walletError,
        "Creating wallets with private keys is not supported yet; set blank or disable_private_keys to true")
}
