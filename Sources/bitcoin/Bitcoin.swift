import BitcoinCommon
import Foundation

/// The wrapper command: runs the other programs under one name.
@main
struct BitcoinMain {
    static func main() async {
        exit(await WrapperProgram(words: CommandLine.arguments).run())
    }
}
