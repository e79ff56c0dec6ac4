import BitcoinInterfaces
import BitcoinPrimitives
import TerminalUI

/// A state with a world around it that answers at once.
struct Stage {
    var state: AppState
    var data = SampleData()
    /// Actions asked for, with the job that waits for their end.
    var actions: [(action: Action, job: UInt64)] = []
    /// Effects that need a terminal or the network.
    var others: [Effect] = []
    /// Whether queries are answered; if not they are kept in `unanswered`.
    var answers = true
    var unanswered: [(query: Query, generation: UInt64)] = []

    init(_ size: Size = .minimum, chain: String = "regtest") {
        let configuration = Configuration(
            chain: chain, startCommand: "bitcoin-node -regtest -daemon", stopCommand: "bitcoin-cli -regtest stop",
            addressText: { $0.bytes.first == 0 ? "bcrt1qqurswpc8qurswpc8qurswpc8qurswpc8pn6n27" : nil })
        state = AppState(configuration: configuration, size: size, now: data.now)
    }

    /// A stage whose node answers.
    static func live(_ size: Size = .minimum) -> Stage {
        var stage = Stage(size)
        stage.connect()
        return stage
    }

    mutating func connect() {
        send(.connected(NodeIdentity(address: "unix:/run/node.sock", hasWallets: true, hasRpc: true)))
    }

    mutating func send(_ event: ModelEvent) { send(.model(event)) }

    mutating func send(_ event: AppEvent) { perform(update(&state, event)) }

    mutating func press(_ keys: Key...) { for key in keys { send(.input(.key(key))) } }

    /// Types characters, one key each.
    mutating func type(_ text: String) { for character in text { press(.character(character)) } }

    private mutating func perform(_ effects: [Effect]) {
        for effect in effects {
            switch effect {
            case .fetch(let query, let generation):
                if answers {
                    let answer = data.answer(query)
                    send(.answer(query, generation: generation, answer))
                } else {
                    unanswered.append((query, generation))
                }
            case .connectWallet(let name, _): send(.walletConnected(name))
            case .run(let action, let job): actions.append((action, job))
            default: others.append(effect)
            }
        }
    }

    /// Answers what was kept, the oldest first.
    mutating func answerAll() {
        answers = true
        let kept = unanswered
        unanswered = []
        for (query, generation) in kept {
            let answer = data.answer(query)
            send(.answer(query, generation: generation, answer))
        }
    }

    func picture(
        frames: Capabilities.Frames = .unicode, isUnicode: Bool = true, colors: Capabilities.Colors = .palette
    ) -> Picture {
        render(
            state, size: state.size,
            capabilities: Capabilities(frames: frames, isUnicode: isUnicode, colors: colors))
    }

    var lines: [String] { picture().grid.lines }

    var text: String { lines.joined(separator: "\n") }
}
