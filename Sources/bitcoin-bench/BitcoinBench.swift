import Foundation

// Design note, program bitcoin-bench.
//
// A measurement without a yardstick says more about the machine than about the program. So every figure here is taken
// beside the least that the same machine can do for the same purpose, in turns within one run, and printed as a ratio.

/// Measures parts of this package.
@main
struct BitcoinBenchMain {
    static func main() async {
        exit(await BenchProgram(words: CommandLine.arguments).run())
    }
}
