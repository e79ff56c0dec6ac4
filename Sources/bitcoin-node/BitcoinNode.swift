import Foundation

/// The node: validates, serves RPC and IPC, spawns wallets. Holds no keys.
@main
struct BitcoinNodeMain {
    static func main() async {
        exit(await NodeProgram(words: CommandLine.arguments).run())
    }
}
