import BitcoinInterfaces

/// The interface thread: waits, updates, draws. Talks to nobody; effects go to whoever performs them, and what they
/// bring comes back through the queue.
package struct InterfaceLoop {
    /// What the loop needs of the world, so that tests can stand in for it.
    package struct Surroundings {
        /// Seconds since 1970.
        package var now: () -> Int64
        /// Milliseconds of a clock that only goes forward.
        package var milliseconds: () -> Int
        /// Starts an effect; must not wait.
        package var perform: (Effect) -> Void
        /// Writes text to a file; returns why it could not.
        package var save: (_ text: String, _ path: String) -> String?

        /// Makes the value from its parts.
        package init(
            now: @escaping () -> Int64, milliseconds: @escaping () -> Int, perform: @escaping (Effect) -> Void,
            save: @escaping (_ text: String, _ path: String) -> String?
        ) {
            self.now = now
            self.milliseconds = milliseconds
            self.perform = perform
            self.save = save
        }
    }

    /// Pictures that nobody asked for by a key come no faster than this, in milliseconds.
    static let frameInterval = 33

    private let screen: any Screen
    private let queue: EventQueue
    private let surroundings: Surroundings

    /// A loop over a screen and a queue.
    package init(screen: any Screen, queue: EventQueue, surroundings: Surroundings) {
        self.screen = screen
        self.queue = queue
        self.surroundings = surroundings
    }

    /// Runs until the user leaves or the terminal goes away.
    ///
    /// - Returns: The last state, for what is said after leaving.
    package func run(_ configuration: Configuration) -> AppState {
        var state = AppState(configuration: configuration, size: screen.size, now: surroundings.now())
        var lastFrame = Int.min / 2
        var isDirty = true
        while state.exit == nil {
            let sinceFrame = surroundings.milliseconds() - lastFrame
            if isDirty, sinceFrame >= Self.frameInterval {
                screen.show(render(state, size: state.size, capabilities: screen.capabilities))
                lastFrame = surroundings.milliseconds()
                isDirty = false
            }
            let pause = isDirty ? max(1, Self.frameInterval - sinceFrame) : state.millisecondsToNextChange
            let inputs = screen.wait(milliseconds: pause)
            apply(.time(surroundings.now()), to: &state)
            for event in queue.drain() { apply(.model(event), to: &state) }
            for input in inputs { apply(.input(input), to: &state) }
            isDirty = true
            // Keys are answered at once.
            if !inputs.isEmpty { lastFrame = Int.min / 2 }
        }
        return state
    }

    private func apply(_ event: AppEvent, to state: inout AppState) {
        for effect in update(&state, event) {
            switch effect {
            case .redraw: screen.invalidate()
            case .suspend:
                screen.suspend()
                screen.invalidate()
            case .save(let path): save(&state, path)
            default: surroundings.perform(effect)
            }
        }
    }

    private func save(_ state: inout AppState, _ path: String) {
        let lines = render(state, size: state.size, capabilities: screen.capabilities).grid.lines
        if let failure = surroundings.save(lines.joined(separator: "\n") + "\n", path) {
            state.say("\(path): \(failure)", .bad)
        } else {
            state.say("screen written to \(path)")
        }
    }
}

extension AppState {
    /// Milliseconds until something shown changes by itself: an age. Never less than a minute apart; nil when nothing
    /// does.
    package var millisecondsToNextChange: Int? {
        if case .lost(let since, _) = connection {
            return Int(60 - max(0, now &- since) % 60) * 1000
        }
        guard isLive, let info = info.value else { return nil }
        let age = elapsed(since: info.tipTime)
        // Ages are shown in minutes below two hours, then in hours, then in days.
        let step: Int64 = age < 7200 ? 60 : 3600
        let unlocked = wallets.attached.contains { $0.isUnlocked }
        let shown = unlocked ? 60 : step
        return Int(shown - age % shown) * 1000
    }

    /// What is said on the normal screen after leaving.
    package func farewell() -> [String] {
        guard isLive else {
            return exit == .detached ? ["No node was connected; nothing was stopped."] : []
        }
        let attached = wallets.attached.map { shown($0.name) }
        let process =
            nodeProcess.map { process in
                let number = process.processID == 0 ? "" : ", process \(process.processID)"
                return " (\(DisplayText.clean(process.name))\(number))"
            } ?? ""
        var lines = ["Detached. The node keeps running\(process)."]
        if !attached.isEmpty {
            lines.append("Wallets still attached: " + attached.map { DisplayText.clean($0) }.joined(separator: ", "))
        }
        if !configuration.stopCommand.isEmpty { lines.append("To stop it: \(configuration.stopCommand)") }
        return lines
    }
}
