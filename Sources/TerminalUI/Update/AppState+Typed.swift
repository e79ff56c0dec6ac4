extension AppState {
    /// Does what keys ask in menus, dialogs and lines.
    mutating func performTyped(_ command: Command, _ effects: inout [Effect]) {
        if line != nil { return performLine(command, &effects) }
        switch popups.last {
        case .menu(let menu):
            guard command == .accept, menu.items.indices.contains(menu.cursor),
                let chosen = menu.items[menu.cursor].command
            else { return }
            popups.removeLast()
            perform(chosen, &effects)
        case .dialog(let dialog): performDialog(dialog, command, &effects)
        default: break
        }
    }

    private mutating func performDialog(_ dialog: Dialog, _ command: Command, _ effects: inout [Effect]) {
        guard dialog.job == nil else {
            return say("\(jobs[dialog.job ?? 0]?.running ?? "working"); esc closes the dialog", .faint, isKept: false)
        }
        switch command {
        case .accept:
            if dialog.focus == dialog.cancelIndex {
                dialog.wipe()
                popups.removeLast()
            } else {
                accept(dialog, &effects)
            }
        case .focus(let step): moveFocus(by: step)
        case .toggle:
            changeField { field in
                if case .toggle(let isOn) = field.content { field.content = .toggle(!isOn) }
            }
        case .edit(let edit) where dialog.focus >= dialog.fields.count:
            if edit == .left || edit == .right { moveFocus(by: edit == .left ? -1 : 1) }
        case .edit(let edit): self.edit(edit)
        default: break
        }
    }

    private mutating func moveFocus(by step: Int) {
        guard case .dialog(var dialog) = popups.last else { return }
        dialog.moveFocus(by: step)
        popups[popups.count - 1] = .dialog(dialog)
    }

    private mutating func edit(_ edit: LineEditor.Edit) {
        changeField { field in
            switch field.content {
            case .text(var editor):
                editor.apply(edit)
                field.content = .text(editor)
            case .secret(let secret):
                // Of a secret nothing is shown, so there is no cursor to move.
                if edit == .backspace { secret.removeLast() }
                if edit == .clear || edit == .deleteWord { secret.wipe() }
            case .toggle: break
            }
        }
    }

    private mutating func performLine(_ command: Command, _ effects: inout [Effect]) {
        switch command {
        case .edit(let edit): line?.editor.apply(edit)
        case .accept:
            guard let accepted = line else { return }
            line = nil
            switch accepted.kind {
            case .filter: setFilter(accepted.editor.text)
            case .command: run(accepted.editor.text, &effects)
            }
        case .recall(let step):
            guard let depth = line?.historyDepth else { return }
            let wanted = max(0, min(depth + step, history.count))
            line?.historyDepth = wanted
            line?.editor.replace(wanted == 0 ? "" : history[history.count - wanted])
        case .complete: complete()
        default: break
        }
    }

    private mutating func complete() {
        guard let text = line?.editor.text else { return }
        let found = completions(of: text)
        guard var common = found.first else { return }
        for candidate in found { common = common.commonPrefix(with: candidate) }
        line?.editor.replace(found.count == 1 ? common + " " : common)
        if found.count > 1 {
            let words = found.map { $0.split(separator: " ").last.map(String.init) ?? $0 }
            say(words.joined(separator: "  "), .faint, isKept: false)
        }
    }
}

extension String {
    fileprivate func commonPrefix(with other: String) -> String {
        String(zip(self, other).prefix { $0 == $1 }.map(\.0))
    }
}
