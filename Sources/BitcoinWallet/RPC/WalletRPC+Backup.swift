import BitcoinRPC
import FoundationEssentials
import Logging

// backupwallet.
extension WalletRPC {
    static let backupWallet = Command(
        category: "wallet", name: "backupwallet",
        description: "Safely copies the current wallet file to the specified destination, which can either be a "
            + "directory or a path with a filename.\n",
        arguments: [RPCArgument("destination", .string, .required, "The destination directory or file")],
        results: [RPCResultShape(.none)],
        examples: helpExampleCli("backupwallet", "\"backup.dat\"") + helpExampleRpc("backupwallet", "\"backup.dat\"")
    ) { call in
        await call.context.syncWithChain()
        try await call.context.backUp(to: try call[0].requireString())
        return .null
    }
}

extension WalletService {
    fileprivate func backUp(to destination: String) async throws {
        let engine = try requireEngine()
        try await writeLocator(engine)
        var isDirectory = false
        let exists = FileManager.default.fileExists(atPath: destination, isDirectory: &isDirectory)
        let path = exists && isDirectory ? destination + "/wallet.dat" : destination
        do {
            try engine.backUp(to: path)
        } catch {
            log("Backup to \(path) failed: \(error)", level: .error)
            throw RPCError(.walletError, "Error: Wallet backup failed!")
        }
    }
}
