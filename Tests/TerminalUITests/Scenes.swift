import BitcoinInterfaces
import TerminalUI

/// The screens that are recorded, each as the events that lead to it.
enum Scene: String, CaseIterable, Sendable {
    case waiting, starting, overview, wallets, transactions, addresses, coins, blocks, block, blockTransaction, log
    case stale, filtered, walletMenu, mainMenu, create, unlock, detach, help, command, result, details, masked, mine

    /// Popups look the same at any size.
    var isScreen: Bool {
        switch self {
        case .walletMenu, .mainMenu, .create, .unlock, .detach, .help, .command, .result, .details, .masked, .mine:
            false
        default: true
        }
    }

    func stage(_ size: Size) -> Stage {
        var stage = Stage(size)
        if self != .waiting, self != .starting { stage.connect() }
        switch self {
        case .waiting:
            stage.send(
                .attemptFailed(
                    ConnectionAttempt(
                        address: "unix:/home/ann/.bitcoin/regtest/node.sock",
                        reason: "no such file: no node listens there",
                        remedy: "start the node with -ipcbind=unix, or name another socket with -ipcconnect")))
        case .starting:
            stage.press(.character("s"), .enter)
        case .overview: break
        case .wallets: stage.press(.character("2"), .down)
        case .transactions: stage.press(.character("3"), .down, .down)
        case .addresses: stage.press(.character("4"), .down)
        case .coins: stage.press(.character("5"))
        case .blocks: stage.press(.character("6"), .pageDown)
        case .block: stage.press(.character("6"), .enter)
        case .blockTransaction: stage.press(.character("6"), .enter, .down, .enter)
        case .log: stage.press(.character("7"))
        case .stale:
            stage.press(.character("3"))
            stage.send(.disconnected(reason: "the node closed the connection"))
            stage.send(.time(stage.data.now + 200))
        case .filtered:
            stage.press(.character("3"), .character("/"))
            stage.type("amt>0.1 label~rent")
            stage.press(.enter)
        case .walletMenu: stage.press(.character("2"), .down, .enter)
        case .mainMenu: stage.press(.function(9))
        case .create:
            stage.press(.character("2"), .character("n"))
            stage.type("watch")
            stage.press(.tab, .character(" "))
        case .unlock:
            stage.press(.character("2"), .down, .down, .character("u"))
            stage.type("correct horse battery staple")
        case .detach: stage.press(.character("2"), .character("d"))
        case .help: stage.press(.character("3"), .character("?"))
        case .command:
            stage.press(.character(":"))
            stage.type("create cold wa")
        case .result:
            stage.press(.character(":"))
            stage.type("rpc getchaintips")
            stage.press(.enter)
            let response = #"{"jsonrpc":"2.0","result":[{"height":208,"status":"active","branchlen":0}],"id":1}"#
            if let job = stage.actions.last?.job { stage.send(.finished(job: job, .response(response))) }
        case .details: stage.press(.character("3"), .enter)
        case .masked: stage.press(.character("m"))
        case .mine: stage.press(.character("6"), .character("g"))
        }
        return stage
    }
}
