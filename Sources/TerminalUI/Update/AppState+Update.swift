/// Takes an event and returns what is to be done in the world outside.
package func update(_ state: inout AppState, _ event: AppEvent) -> [Effect] {
    var effects: [Effect] = []
    switch event {
    case .time(let now): state.now = now
    case .input(let input): state.handle(input, &effects)
    case .model(let model): state.handle(model, &effects)
    }
    effects += state.requests()
    return effects
}

extension AppState {
    mutating func handle(_ input: InputEvent, _ effects: inout [Effect]) {
        switch input {
        case .key(let key): handle(key, &effects)
        case .mouse(let action, let position): handle(action, at: position, &effects)
        case .paste(let text): paste(text)
        case .resize(let size): resize(size)
        case .redraw: effects.append(.redraw)
        case .hangup:
            wipeSecrets()
            exit = .hangup
        }
    }

    private mutating func handle(_ key: Key, _ effects: inout [Effect]) {
        if let message, now - message.time >= 8 { self.message = nil }
        if case .character(let character) = key, takesText {
            type(String(character))
            return
        }
        guard let binding = KeyTable.binding(for: key, in: self) else {
            let name = key.label(.ascii)
            say("\(name) does nothing here; ? shows the keys", .faint, isKept: false)
            return
        }
        perform(binding.command, &effects)
    }

    /// Whether characters are text now and not commands.
    var takesText: Bool {
        if line != nil { return true }
        guard case .dialog(let dialog) = popups.last, dialog.focus < dialog.fields.count else { return false }
        if case .toggle = dialog.fields[dialog.focus].content { return false }
        return true
    }

    mutating func paste(_ text: String) {
        if takesText {
            type(text)
        } else {
            say("pasted text is taken only where text is typed", .faint, isKept: false)
        }
    }

    private mutating func type(_ text: String) {
        if line != nil {
            line?.editor.insert(text)
            return
        }
        changeField { field in
            switch field.content {
            case .text(var editor):
                editor.insert(text)
                field.content = .text(editor)
            case .secret(let secret): secret.append(text)
            case .toggle: break
            }
        }
    }

    /// Changes the field of the dialog that has the focus.
    mutating func changeField(_ change: (inout Dialog.Field) -> Void) {
        guard case .dialog(var dialog) = popups.last, dialog.fields.indices.contains(dialog.focus) else { return }
        change(&dialog.fields[dialog.focus])
        dialog.error = ""
        popups[popups.count - 1] = .dialog(dialog)
    }

    private mutating func resize(_ size: Size) {
        self.size = size
        let height = listHeight
        transactions.keepVisible(height: height)
        addresses.keepVisible(height: height)
        coins.keepVisible(height: height)
        blocks.list.keepVisible(height: height)
        wallets.move(to: wallets.cursor, height: height)
        if let cursor = blocks.open?.cursor { blocks.open?.move(to: cursor, height: height) }
        log.markStale()
    }

    /// Says something at the bottom.
    ///
    /// - Parameter isKept: Whether it goes into `:messages`.
    mutating func say(_ text: String, _ role: Role = .plain, isKept: Bool = true) {
        let said = Message(time: now, text: text, role: role)
        message = said
        // What was asked for and what then happened are often reported in the same words.
        guard isKept, messages.last.map({ $0.text != text || now - $0.time > 5 }) ?? true else { return }
        messages.append(said)
        if messages.count > 200 { messages.removeFirst(messages.count - 200) }
    }

    /// Overwrites passphrases that were typed and not sent.
    mutating func wipeSecrets() {
        for popup in popups {
            if case .dialog(let dialog) = popup { dialog.wipe() }
        }
    }

    /// Starts a job.
    mutating func start(_ action: Action, running: String, done: String, _ effects: inout [Effect]) -> UInt64 {
        generation += 1
        jobs[generation] = Job(running: running, done: done)
        effects.append(.run(action, job: generation))
        return generation
    }
}
