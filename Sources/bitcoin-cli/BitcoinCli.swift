import Foundation

/// Sends one RPC to a node and prints the answer.
@main
struct BitcoinCliMain {
    static func main() async {
        exit(await CliProgram(words: CommandLine.arguments).run())
    }
}
