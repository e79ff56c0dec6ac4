/// One command of the `:` line.
package struct ColonCommand: Sendable {
    /// The word to type.
    package let name: String
    /// What follows it; empty for nothing.
    package let arguments: String
    /// The sentence in the help.
    package let help: String

    /// All commands, in the order of the help.
    package static let all: [ColonCommand] =
        [
            ColonCommand(name: "attach", arguments: "[wallet]", help: "attach a wallet"),
            ColonCommand(name: "detach", arguments: "[wallet]", help: "detach a wallet"),
            ColonCommand(
                name: "create", arguments: "[wallet] [watch-only] [blank] [avoid-reuse]", help: "create a wallet"),
            ColonCommand(name: "restart", arguments: "[wallet]", help: "restart a wallet's process"),
            ColonCommand(name: "unlock", arguments: "[wallet]", help: "ask for the passphrase of a wallet"),
            ColonCommand(name: "lock", arguments: "[wallet]", help: "lock a wallet"),
            ColonCommand(name: "wallet", arguments: "<wallet>", help: "show another wallet"),
            ColonCommand(name: "import", arguments: "[descriptor]", help: "watch what a descriptor pays to"),
            ColonCommand(name: "goto", arguments: "<height or hash>", help: "show a block"),
            ColonCommand(name: "filter", arguments: "[text]", help: "show only what matches"),
            ColonCommand(name: "rpc", arguments: "<method> [arguments]", help: "run a JSON-RPC command"),
            ColonCommand(name: "mine", arguments: "<blocks> <address or descriptor>", help: "mine blocks (regtest)"),
            ColonCommand(name: "connect", arguments: "", help: "try to reach a node now"),
            ColonCommand(name: "connection", arguments: "", help: "where the connection goes"),
            ColonCommand(name: "start", arguments: "", help: "start a node in the background"),
            ColonCommand(name: "stop", arguments: "", help: "stop the node"),
            ColonCommand(name: "messages", arguments: "", help: "what was said before"),
            ColonCommand(name: "mask", arguments: "", help: "hide or show amounts"),
            ColonCommand(name: "refresh", arguments: "", help: "ask for everything again"),
            ColonCommand(name: "save", arguments: "<file>", help: "write the screen to a file as text"),
            ColonCommand(name: "help", arguments: "", help: "keys and commands"),
            ColonCommand(name: "quit", arguments: "", help: "leave; node and wallets go on"),
        ]
        + ScreenID.allCases.map {
            ColonCommand(name: $0.title.lowercased(), arguments: "", help: "show \($0.title)")
        }

    /// The command that a word names: in full, or its start if only one begins so.
    static func find(_ word: String) -> ColonCommand? {
        let wanted = word == "q" ? "quit" : word.lowercased()
        if let exact = all.first(where: { $0.name == wanted }) { return exact }
        let found = all.filter { $0.name.hasPrefix(wanted) }
        return found.count == 1 ? found[0] : nil
    }
}

extension AppState {
    /// What the word under completion may become, in order.
    func completions(of text: String) -> [String] {
        let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard let last = words.last else { return [] }
        let candidates: [String]
        if words.count == 1 {
            candidates = ColonCommand.all.map(\.name)
        } else {
            switch ColonCommand.find(words[0])?.name {
            case "attach": candidates = wallets.entries.filter { $0.status != .attached }.map(\.name)
            case "detach", "restart", "lock", "wallet", "unlock": candidates = wallets.attached.map(\.name)
            case "create": candidates = words.count > 2 ? ["watch-only", "blank", "avoid-reuse"] : []
            default: candidates = []
            }
        }
        return candidates.filter { $0.hasPrefix(last) && $0 != last }.map { candidate in
            (words.dropLast() + [candidate]).joined(separator: " ")
        }
    }
}
