import BitcoinCommon
import BitcoinPrimitives
import BitcoinWallet
import Foundation

struct OfflineRun {
    let arguments: Arguments
    let network: Network
    func run(_ command: String) throws -> Int32 { throw OptionError("Invalid command '\(command)'") }
}
