import BitcoinCommon
import Foundation

/// The wallet: holds one wallet and sees the chain only through a node.
@main
struct BitcoinWalletMain {
    static func main() async {
        // Keys pass through this process: its memory stays out of core dumps and away from debuggers of the same user.
        ProcessHardening.forbidCoreDumps()
        exit(await WalletProgram(words: CommandLine.arguments).run())
    }
}
