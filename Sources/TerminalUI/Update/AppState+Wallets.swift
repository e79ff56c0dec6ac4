import BitcoinInterfaces

extension AppState {
    /// Does what is asked about wallets and the node's process.
    mutating func performWallet(_ command: Command, _ effects: inout [Effect]) {
        let subject = subjectWallet
        switch command {
        case .startNode: askToStartNode()
        case .stopNode: popups.append(.dialog(.stopNode(others: "")))
        case .pickWallet: popups.append(.menu(walletMenu()))
        case .stepWallet(let step): stepWallet(step)
        case .openWallet(let name):
            choose(name)
            if !screen.isOfWallet { show(.transactions) }
        case .attachWallet:
            if let subject, subject.status == .onDisk || subject.status == .failed {
                attach(subject.name, &effects)
            } else {
                popups.append(.dialog(.attachWallet()))
            }
        case .detachWallet:
            guard let subject else { return }
            popups.append(.dialog(.detachWallet(subject.name, byHand: subject.listing?.origin == .attached)))
        case .createWallet: popups.append(.dialog(.createWallet()))
        case .restartWallet: if let subject { popups.append(.dialog(.restartWallet(subject.name))) }
        case .unlockWallet: if let subject { askToUnlock(subject) }
        case .lockWallet: if let subject { lock(subject.name, &effects) }
        case .importDescriptor: if let subject { popups.append(.dialog(.importDescriptor(subject.name))) }
        case .mine: popups.append(.dialog(.mine(target: addresses.selected?.address ?? "")))
        default: break
        }
    }

    private mutating func askToStartNode() {
        guard !configuration.startCommand.isEmpty else {
            return say("no node can be started from here", .caution)
        }
        guard !isLive else { return say("a node is running") }
        popups.append(.dialog(.startNode(command: configuration.startCommand)))
    }

    /// Asks for the passphrase of a wallet that has a process of its own to take it.
    mutating func askToUnlock(_ entry: WalletEntry) {
        guard !(entry.listing?.isInNode ?? false) else {
            let remedy = "bitcoin-cli -stdinwalletpassphrase walletpassphrase"
            return say("wallets inside a node are only shown here; unlock with \(remedy)", .caution)
        }
        popups.append(.dialog(.unlockWallet(entry.name)))
    }

    private mutating func stepWallet(_ step: Int) {
        let names = wallets.attached.map(\.name)
        guard !names.isEmpty else { return }
        let index = names.firstIndex { $0 == currentWallet } ?? 0
        choose(names[(index + step + names.count) % names.count])
    }

    /// Attaches a wallet without asking: nothing is lost by it.
    mutating func attach(_ name: String, _ effects: inout [Effect]) {
        let running = "attaching \(shown(name))"
        _ = start(.attach(name), running: running, done: "\(shown(name)) attached", &effects)
    }

    mutating func lock(_ name: String, _ effects: inout [Effect]) {
        _ = start(.lock(wallet: name), running: "locking", done: "\(shown(name)) locked", &effects)
    }

    /// Does what a dialog asks for, or says in it why not.
    mutating func accept(_ dialog: Dialog, _ effects: inout [Effect]) {
        var dialog = dialog
        dialog.error = ""
        switch dialog.purpose {
        case .startNode:
            popups.removeLast()
            nodeStart = .starting
            effects.append(.startNode)
            return
        case .stopNode:
            popups.removeLast()
            _ = start(.stopNode, running: "stopping the node", done: "the node was asked to stop", &effects)
            return
        case .createWallet: create(&dialog, &effects)
        case .attachWallet:
            let name = dialog.fields[0].text
            let running = "attaching \(shown(name))"
            dialog.job = start(.attach(name), running: running, done: "\(shown(name)) attached", &effects)
        case .detachWallet(let name):
            let running = "detaching \(shown(name))"
            dialog.job = start(.detach(name), running: running, done: "\(shown(name)) detached", &effects)
        case .restartWallet(let name):
            let running = "restarting \(shown(name))"
            dialog.job = start(.restart(name), running: running, done: "\(shown(name)) attached", &effects)
        case .unlockWallet(let name): unlock(name, &dialog, &effects)
        case .importDescriptor(let name): importDescriptor(name, &dialog, &effects)
        case .mine: mine(&dialog, &effects)
        }
        popups[popups.count - 1] = .dialog(dialog)
    }

    private mutating func create(_ dialog: inout Dialog, _ effects: inout [Effect]) {
        let name = dialog.fields[0].text
        guard !name.isEmpty else {
            dialog.error = "a wallet needs a name"
            dialog.focus = 0
            return
        }
        let options = CreateWalletOptions(
            blank: dialog.fields[2].isOn, disablePrivateKeys: dialog.fields[1].isOn,
            avoidReuse: dialog.fields[3].isOn)
        dialog.job = start(
            .create(name, options), running: "creating \(shown(name))", done: "\(shown(name)) created", &effects)
    }

    private mutating func unlock(_ name: String, _ dialog: inout Dialog, _ effects: inout [Effect]) {
        guard let secret = dialog.fields[0].secret, !secret.isEmpty else {
            dialog.error = "type the passphrase"
            dialog.focus = 0
            return
        }
        guard let minutes = Int64(dialog.fields[1].text), (1...1440).contains(minutes) else {
            dialog.error = "minutes from 1 to 1440"
            dialog.focus = 1
            return
        }
        dialog.job = start(
            .unlock(wallet: name, secret, seconds: minutes * 60), running: "unlocking \(shown(name))",
            done: "\(shown(name)) unlocked for \(minutes) min", &effects)
    }

    private mutating func importDescriptor(_ name: String, _ dialog: inout Dialog, _ effects: inout [Effect]) {
        let descriptor = dialog.fields[0].text
        guard !descriptor.isEmpty else {
            dialog.error = "type or paste a descriptor"
            dialog.focus = 0
            return
        }
        let timestamp = dialog.fields[2].isOn ? "0" : "\"now\""
        let label = dialog.fields[1].text
        let labelMember = label.isEmpty ? "" : ",\"label\":\(JSONText.quoted(label))"
        let request =
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"importdescriptors\",\"params\":[[{\"desc\":"
            + "\(JSONText.quoted(descriptor)),\"timestamp\":\(timestamp)\(labelMember)}]]}"
        dialog.job = start(
            .rpc(request: request, uri: Self.uri(ofWallet: name)), running: "importing into \(shown(name))",
            done: "imported into \(shown(name))", &effects)
    }

    private mutating func mine(_ dialog: inout Dialog, _ effects: inout [Effect]) {
        guard let count = Int(dialog.fields[0].text), (1...1000).contains(count) else {
            dialog.error = "1 to 1000 blocks"
            dialog.focus = 0
            return
        }
        let target = dialog.fields[1].text
        guard !target.isEmpty else {
            dialog.error = "type an address or a descriptor"
            dialog.focus = 1
            return
        }
        dialog.job = startMining(count, target, &effects)
    }

    /// Mines blocks to an address, or to a descriptor, which has parentheses.
    mutating func startMining(_ count: Int, _ target: String, _ effects: inout [Effect]) -> UInt64 {
        let method = target.contains("(") ? "generatetodescriptor" : "generatetoaddress"
        let arguments: [(text: String, isQuoted: Bool)] = [(String(count), false), (target, true)]
        return start(
            .rpc(request: CommandWords.request(method: method, arguments: arguments), uri: "/"),
            running: "mining \(count) blocks", done: count == 1 ? "1 block mined" : "\(count) blocks mined", &effects)
    }

    /// The path of a wallet's JSON-RPC.
    static func uri(ofWallet name: String) -> String {
        var path = "/wallet/"
        for byte in name.utf8 {
            let scalar = Unicode.Scalar(byte)
            if scalar.properties.isAlphabetic && byte < 0x80 || (0x30...0x39).contains(byte)
                || "-._~".utf8.contains(byte)
            {
                path.unicodeScalars.append(scalar)
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                path += "%" + (digits.utf8.count == 1 ? "0" : "") + digits
            }
        }
        return path
    }
}
