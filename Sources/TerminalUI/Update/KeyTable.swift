/// The one table of keys: dispatch, footer, menu, help and tests are made from it.
///
/// The order is that of the footer, in which the first that fit are shown, and of the help.
package enum KeyTable {
    private static func bind(
        _ keys: [Key], _ command: Command, _ contexts: Set<Context>, hint: String? = nil, menu: String? = nil,
        when condition: Condition = .always, _ help: String
    ) -> Binding {
        Binding(
            keys: keys, command: command, contexts: contexts, hint: hint, help: help, condition: condition, menu: menu)
    }

    /// All bindings.
    package static let bindings: [Binding] =
        own + walletKeys + movement + general + popupKeys + lineKeys

    /// Keys of single screens.
    private static let own: [Binding] = [
        bind(
            [.function(2)], .startNode, Context.screens, hint: "start a node", menu: "Start a node…", when: .canStart,
            "start a node in the background"),
        bind(
            [.character("s")], .startNode, [.waiting], hint: "start a node", menu: "Start a node…", when: .canStart,
            "start a node in the background"),
        bind(
            [.character("r"), .enter], .connect, [.waiting], hint: "try again now", menu: "Try again now",
            "try to reach a node now"),
        bind([.enter], .open, [.wallets], hint: "menu", "menu of the wallet, or attach it"),
        bind(
            [.enter, .right], .open, [.overview, .transactions, .addresses, .coins, .blocks, .block], hint: "open",
            "open what the cursor is on"),
        bind([.escape, .left, .backspace], .back, [.block, .blockTransaction], hint: "back", "back to the list"),
        bind(
            [.character("g")], .mine, [.blocks, .overview], hint: "mine", menu: "Mine blocks…", when: .canMine,
            "mine blocks (regtest)"),
        bind(
            [.character("f"), .end, .character("G")], .follow, [.log], hint: "follow", when: .notFollowing,
            "show the newest lines as they come"),
        bind([.right, .character("l")], .scrollSideways(20), [.log, .viewer], hint: "more", "scroll to the right"),
        bind([.left, .character("h")], .scrollSideways(-20), [.log, .viewer], "scroll to the left"),
        bind([.escape], .back, Context.screens.subtracting([.block, .blockTransaction]), "clear message and filter"),
    ]

    private static let walletContexts: Set<Context> = [.wallets, .overview, .transactions, .addresses, .coins]

    /// Keys about wallets.
    private static let walletKeys: [Binding] = [
        bind(
            [.character("w")], .pickWallet, Context.walletViews, hint: "wallet", menu: "Other wallet…",
            when: .severalWallets, "choose another wallet"),
        bind([.character("]")], .stepWallet(1), Context.walletViews, when: .severalWallets, "next wallet"),
        bind([.character("[")], .stepWallet(-1), Context.walletViews, when: .severalWallets, "previous wallet"),
        bind(
            [.character("a")], .attachWallet, [.wallets], hint: "attach", menu: "Attach…", when: .hasWallets,
            "attach the wallet, or another by name"),
        bind(
            [.character("d")], .detachWallet, [.wallets], hint: "detach", menu: "Detach…", when: .walletAttached,
            "detach the wallet; its process ends"),
        bind(
            [.character("n")], .createWallet, [.wallets], hint: "create", menu: "Create…", when: .hasWallets,
            "create a wallet"),
        bind(
            [.character("u")], .unlockWallet, walletContexts, hint: "unlock", menu: "Unlock…", when: .walletLocked,
            "unlock the wallet for some minutes"),
        bind(
            [.character("L"), .character("!")], .lockWallet, walletContexts, hint: "lock", menu: "Lock",
            when: .walletUnlocked, "lock the wallet now"),
        bind(
            [.character("x")], .restartWallet, [.wallets], hint: "restart", menu: "Restart…",
            when: .walletRestartable, "end the wallet's process and start a new one"),
        bind(
            [.character("i")], .importDescriptor, [.wallets, .addresses], menu: "Import descriptor…",
            when: .walletAttached, "watch what a descriptor pays to"),
    ]

    private static let movement: [Binding] = [
        bind([.up, .character("k")], .move(.up), Context.screens.union([.help, .viewer, .menu]), "one row up"),
        bind([.down, .character("j")], .move(.down), Context.screens.union([.help, .viewer, .menu]), "one row down"),
        bind(
            [.pageUp, .control("b"), .control("u")], .move(.pageUp), Context.screens.union([.help, .viewer]),
            "one screen up"),
        bind(
            [.pageDown, .control("f"), .control("d"), .character(" ")], .move(.pageDown),
            Context.screens.union([.help, .viewer]), "one screen down"),
        bind([.home], .move(.first), Context.screens.union([.help, .viewer, .menu]), "first row"),
        bind([.end, .character("G")], .move(.last), Context.screens.union([.help, .viewer, .menu]), "last row"),
    ]

    /// Keys of every screen.
    private static let general: [Binding] = {
        let anywhere = Context.screens
        let withWaiting = anywhere.union([.waiting])
        let filtered = anywhere.subtracting([.overview, .block, .blockTransaction])
        var made: [Binding] = [
            bind([.character("/")], .filter, filtered, hint: "filter", "show only what matches; in Blocks, go there"),
            bind([.character(":")], .commandLine, withWaiting, hint: "command", "type a command (:help lists them)"),
            bind([.function(9), .character("M")], .menu, withWaiting, hint: "menu", "menu of this screen"),
            bind([.character("?"), .function(1)], .help, withWaiting.union([.menu]), hint: "help", "these keys"),
            bind(
                [.character("q"), .control("c")], .detach, withWaiting, hint: "detach", menu: "Detach this terminal",
                "leave; node and wallets go on"),
        ]
        for screen in ScreenID.allCases {
            let digit = Character(String(screen.rawValue))
            made.append(bind([.character(digit)], .show(screen), anywhere, screen.title))
        }
        made += [
            bind([.character("m")], .mask, anywhere, menu: "Hide or show amounts", "hide or show amounts"),
            bind(
                [.character("r"), .control("l")], .refresh, anywhere, menu: "Refresh",
                "ask for everything again, draw everything again"),
            bind([.function(3)], .connectionDetails, withWaiting, menu: "Connection", "the connection"),
            bind([.function(4)], .messages, withWaiting, menu: "Messages", "what was said at the bottom"),
            bind([.function(10)], .stopNode, anywhere, menu: "Stop the node…", when: .live, "stop the node"),
            bind([.control("z")], .suspend, withWaiting, "back to the shell until fg"),
        ]
        return made
    }()

    /// Keys of menus, texts and dialogs.
    private static let popupKeys: [Binding] = [
        bind([.enter, .right], .accept, [.menu], hint: "choose", "do it"),
        bind(
            [.escape, .character("q"), .left, .function(9)], .back, [.menu], hint: "close", "close the menu"),
        bind([.escape, .character("q"), .enter], .back, [.help, .viewer], hint: "close", "close"),
        bind([.character(":")], .commandLine, [.help, .viewer], "close, and type a command"),
        bind([.enter], .accept, [.dialog], hint: "do it", "do what the button says"),
        bind([.tab, .down], .focus(1), [.dialog], hint: "next", "next field or button"),
        bind([.backTab, .up], .focus(-1), [.dialog], "previous field or button"),
        bind([.character(" ")], .toggle, [.dialog], hint: "on or off", when: .onToggle, "turn the field on or off"),
        bind([.escape, .control("c")], .back, [.dialog], hint: "cancel", "close the dialog; nothing is done"),
    ]

    /// Keys where text is typed.
    private static let lineKeys: [Binding] = {
        let lines: Set<Context> = [.commandLine, .filterLine]
        let fields = lines.union([.dialog])
        return [
            bind([.enter], .accept, lines, hint: "do it", "do it"),
            bind([.escape, .control("c")], .back, lines, hint: "cancel", "leave the line"),
            bind([.tab], .complete, [.commandLine], hint: "complete", "complete the word"),
            bind([.up, .control("p")], .recall(1), [.commandLine], hint: "history", "the command before"),
            bind([.down, .control("n")], .recall(-1), [.commandLine], "the command after"),
            bind([.left], .edit(.left), fields, "one character to the left"),
            bind([.right], .edit(.right), fields, "one character to the right"),
            bind([.home, .control("a")], .edit(.home), fields, "start of the line"),
            bind([.end, .control("e")], .edit(.end), fields, "end of the line"),
            bind([.backspace], .edit(.backspace), fields, "delete to the left"),
            bind([.delete], .edit(.delete), fields, "delete to the right"),
            bind([.control("w")], .edit(.deleteWord), fields, "delete the word"),
            bind([.control("u")], .edit(.clear), fields, "delete all"),
        ]
    }()

    /// The binding of a key in a state, if it has one there.
    package static func binding(for key: Key, in state: AppState) -> Binding? {
        let context = state.context
        return bindings.first {
            $0.contexts.contains(context) && $0.keys.contains(key) && state.holds($0.condition)
        }
    }

    /// The bindings that are true now, in order.
    package static func active(in context: Context, _ state: AppState) -> [Binding] {
        bindings.filter { $0.contexts.contains(context) && state.holds($0.condition) }
    }
}
