import BitcoinInterfaces
import BitcoinPrimitives

extension AppState {
    /// Runs a line typed after the colon.
    mutating func run(_ text: String, _ effects: inout [Effect]) {
        let words = CommandWords.split(text)
        guard let first = words.first else { return }
        guard let command = ColonCommand.find(first.text) else {
            return say("no command \"\(first.text)\"; :help lists them", .caution)
        }
        let arguments = Array(words.dropFirst())
        if !(command.name == "rpc" && arguments.first.map { CommandWords.secretMethods.contains($0.text) } ?? false),
            command.name != "import"
        {
            remember(text)
        }
        run(command.name, arguments, &effects)
    }

    private mutating func remember(_ text: String) {
        history.removeAll { $0 == text }
        history.append(text)
        if history.count > 100 { history.removeFirst() }
    }

    private mutating func run(
        _ name: String, _ arguments: [(text: String, isQuoted: Bool)], _ effects: inout [Effect]
    ) {
        let argument = arguments.first?.text
        switch name {
        case "goto": goTo(argument ?? "")
        case "filter": setFilter(arguments.map(\.text).joined(separator: " "))
        case "rpc": runRpc(arguments, &effects)
        case "mine":
            guard arguments.count == 2, let count = Int(arguments[0].text), (1...1000).contains(count) else {
                popups.append(.dialog(.mine()))
                return
            }
            guard holds(.canMine) else { return say("blocks are mined at will on regtest only", .caution) }
            _ = startMining(count, arguments[1].text, &effects)
        case "connect": perform(.connect, &effects)
        case "connection": showConnection()
        case "start": perform(.startNode, &effects)
        case "stop": perform(.stopNode, &effects)
        case "messages": showMessages()
        case "mask": perform(.mask, &effects)
        case "refresh": perform(.refresh, &effects)
        case "save":
            guard let argument else { return say("the name of a file is missing", .caution) }
            effects.append(.save(path: argument))
        case "help": perform(.help, &effects)
        case "quit": perform(.detach, &effects)
        case "attach", "detach", "create", "restart", "unlock", "lock", "wallet", "import":
            runWallet(name, arguments, &effects)
        default: if let screen = ScreenID.allCases.first(where: { $0.title.lowercased() == name }) { show(screen) }
        }
    }

    private mutating func runWallet(
        _ name: String, _ arguments: [(text: String, isQuoted: Bool)], _ effects: inout [Effect]
    ) {
        guard isLive else { return say("no node answers", .caution) }
        let argument = arguments.first?.text
        if name == "create" {
            let options = Set(arguments.dropFirst().map(\.text))
            var dialog = Dialog.createWallet(
                name: argument ?? "", watchOnly: options.contains("watch-only"), blank: options.contains("blank"))
            dialog.fields[3].content = .toggle(options.contains("avoid-reuse"))
            if argument != nil { dialog.focus = dialog.acceptIndex }
            popups.append(.dialog(dialog))
            return
        }
        if name == "attach" {
            guard let argument else { return popups.append(.dialog(.attachWallet())) }
            return attach(argument, &effects)
        }
        let isImport = name == "import"
        let wanted = isImport ? nil : argument.map { $0 == "(default)" ? "" : $0 }
        let subject = wanted == nil ? subjectWallet ?? currentEntry : wanted.flatMap { wallets[$0] }
        guard let entry = subject else {
            return say(wanted.map { "no wallet \"\($0)\"" } ?? "no wallet is chosen", .caution)
        }
        switch name {
        case "detach": popups.append(.dialog(.detachWallet(entry.name, byHand: entry.listing?.origin == .attached)))
        case "restart": popups.append(.dialog(.restartWallet(entry.name)))
        case "unlock":
            guard entry.isLocked else { return say("\(entry.shownName) is not locked") }
            askToUnlock(entry)
        case "lock": lock(entry.name, &effects)
        case "wallet":
            guard entry.status == .attached else { return say("\(entry.shownName) is not attached", .caution) }
            perform(.openWallet(entry.name), &effects)
        default:
            var dialog = Dialog.importDescriptor(entry.name)
            dialog.fields[0].content = .text(LineEditor(argument ?? ""))
            popups.append(.dialog(dialog))
        }
    }

    private mutating func runRpc(_ arguments: [(text: String, isQuoted: Bool)], _ effects: inout [Effect]) {
        guard let method = arguments.first?.text else { return say("the name of a method is missing", .caution) }
        guard !CommandWords.passphraseMethods.contains(method.lowercased()) else {
            return say(
                "not here: the passphrase would be visible and pass through the node; :unlock asks for it", .caution)
        }
        guard holds(.hasRpc) else { return say("this node serves no JSON-RPC", .caution) }
        let request = CommandWords.request(method: method, arguments: Array(arguments.dropFirst()))
        let wallet = currentEntry.flatMap { $0.status == .attached ? $0.name : nil }
        let title = "rpc \(method)" + (wallet.map { ", wallet \(shown($0))" } ?? "")
        let uri = wallet.map(Self.uri(ofWallet:)) ?? "/"
        _ = start(.rpc(request: request, uri: uri), running: title, done: "", &effects)
    }

    /// Shows a block by height, or by hash from any branch.
    mutating func goTo(_ text: String) {
        if let height = Int(text) {
            guard let tip = tipHeight, (0...Int(tip)).contains(height) else {
                return say("no block at height \(text)", .caution)
            }
            show(.blocks)
            blocks.open = nil
            // The list's total is known once its first rows are here.
            if blocks.list.total == nil { blocks.list.expect(total: Int(tip) + 1) }
            blocks.list.move(to: Int(tip) - height, height: listHeight)
        } else if let hash = BlockHash(hex: text) {
            show(.blocks)
            blocks.open = OpenBlock(hash: hash, height: nil)
        } else {
            say("\"\(text)\" is neither a height nor a block hash", .caution)
        }
    }
}
