import BitcoinCommon
import Foundation

/// Where wallets lie, as the node finds them.
enum WalletFolder {
    static func path(_ arguments: Arguments, networkDirectory: String) -> String {
        if let given = arguments.string("walletdir"), !given.isEmpty {
            return given.hasPrefix("/") ? given : networkDirectory + "/" + given
        }
        let usual = networkDirectory + "/wallets"
        return FileManager.default.fileExists(atPath: usual) ? usual : networkDirectory
    }
}
