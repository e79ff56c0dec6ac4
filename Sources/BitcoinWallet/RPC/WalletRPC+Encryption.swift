import BitcoinCrypto
import BitcoinRPC

// walletpassphrase, walletlock.
extension WalletRPC {
    static let walletPassphrase = Command(
        category: "wallet", name: "walletpassphrase",
        description: "Stores the wallet decryption key in memory for 'timeout' seconds.\n"
            + "This is needed prior to performing transactions related to private keys such as sending bitcoins\n"
            + "\nNote:\n"
            + "Issuing the walletpassphrase command while the wallet is already unlocked will set a new unlock\n"
            + "time that overrides the old one.\n",
        arguments: [
            RPCArgument("passphrase", .string, .required, "The wallet passphrase"),
            RPCArgument(
                "timeout", .number, .required,
                "The time to keep the decryption key in seconds; capped at 100000000 (~3 years)."),
        ],
        results: [RPCResultShape(.none)],
        examples: "\nUnlock the wallet for 60 seconds\n"
            + helpExampleCli("walletpassphrase", "\"my pass phrase\" 60")
            + "\nLock the wallet again (before 60 seconds)\n" + helpExampleCli("walletlock", "")
            + "\nAs a JSON-RPC call\n" + helpExampleRpc("walletpassphrase", "\"my pass phrase\", 60")
    ) { call in
        var bytes = Array(try call[0].requireString().utf8)
        let hasNull = bytes.contains(0)
        let passphrase = SecretBytes(consuming: &bytes)
        let seconds: Int64 = try call[1].requireInteger()
        guard try await call.context.unlock(passphrase: passphrase, seconds: seconds) == .unlocked else {
            throw RPCError(
                .walletPassphraseIncorrect,
                hasNull
                    ? "Error: The wallet passphrase entered is incorrect. It contains a null character (ie - a zero "
                        + "byte). If the passphrase was set with a version of this software prior to 25.0, please try "
                        + "again with only the characters up to — but not including — the first null character. If "
                        + "this is successful, please set a new passphrase to avoid this issue in the future."
                    : "Error: The wallet passphrase entered was incorrect.")
        }
        return .null
    }

    static let walletLock = Command(
        category: "wallet", name: "walletlock",
        description: "Removes the wallet encryption key from memory, locking the wallet.\n"
            + "After calling this method, you will need to call walletpassphrase again\n"
            + "before being able to call any methods which require the wallet to be unlocked.\n",
        results: [RPCResultShape(.none)],
        examples: "\nSet the passphrase for 2 minutes to perform a transaction\n"
            + helpExampleCli("walletpassphrase", "\"my pass phrase\" 120")
            + "\nPerform a send (requires passphrase set)\n"
            + helpExampleCli("sendtoaddress", "\"\(exampleAddresses[0])\" 1.0")
            + "\nClear the passphrase since we are done before 2 minutes is up\n" + helpExampleCli("walletlock", "")
            + "\nAs a JSON-RPC call\n" + helpExampleRpc("walletlock", "")
    ) { call in
        try await call.context.lockByRequest()
        return .null
    }
}

extension WalletService {
    fileprivate func lockByRequest() async throws {
        guard try requireEngine().isEncrypted else {
            throw RPCError(
                .walletWrongEncryptionState,
                "Error: running with an unencrypted wallet, but walletlock was called.")
        }
        try await lock()
    }
}
