import Curses
import Foundation

/// The terminal: a peer of node and wallets. Leaving it stops nothing.
@main
struct BitcoinTuiMain {
    // Not async: signals must be blocked before the first thread starts, and the interface owns this thread.
    static func main() {
        TerminalSignals.block()
        exit(TuiProgram(words: CommandLine.arguments).run())
    }
}
