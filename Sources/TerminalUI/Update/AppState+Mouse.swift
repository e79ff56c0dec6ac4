extension AppState {
    /// Does what a click or the wheel asks, at what is drawn there. The screen is drawn once more to find out, so
    /// what is seen and what is clicked cannot differ.
    mutating func handle(_ action: MouseAction, at position: Position, _ effects: inout [Effect]) {
        switch action {
        case .wheelUp: wheel(-3)
        case .wheelDown: wheel(3)
        case .click, .doubleClick:
            let capabilities = Capabilities(frames: .ascii, isUnicode: true, colors: .mono)
            let picture = render(self, size: size, capabilities: capabilities)
            guard let hit = picture.hits.last(where: { $0.rect.contains(position) }) else {
                if case .menu = popups.last { popups.removeLast() }
                return
            }
            click(hit.target, isDouble: action == .doubleClick, &effects)
        }
    }

    private mutating func click(_ target: HitTarget, isDouble: Bool, _ effects: inout [Effect]) {
        switch target {
        case .command(let command): perform(command, &effects)
        case .row(let row):
            guard popups.isEmpty, line == nil else {
                if case .menu = popups.last { popups.removeLast() }
                return
            }
            let isOpen = isDouble || selectedRow == row
            select(row: row)
            if isOpen { perform(.open, &effects) }
        case .menuItem(let index):
            guard case .menu(var menu) = popups.last, menu.items.indices.contains(index),
                menu.items[index].command != nil
            else { return }
            menu.cursor = index
            popups[popups.count - 1] = .menu(menu)
            performTyped(.accept, &effects)
        case .dialogField(let index):
            guard case .dialog(var dialog) = popups.last else { return }
            let isButton = index >= dialog.fields.count
            dialog.focus = index
            popups[popups.count - 1] = .dialog(dialog)
            if isButton {
                performTyped(.accept, &effects)
            } else {
                performTyped(.toggle, &effects)
            }
        case .nothing: break
        }
    }
}
