/// Everything that a key, a menu line, a click or a `:` command can ask for.
package enum Command: Sendable, Hashable {
    /// Show a screen.
    case show(ScreenID)
    /// Move the cursor or scroll.
    case move(Movement)
    /// What the cursor is on.
    case open
    /// One level back. Never leaves the program.
    case back
    /// Leave. The node and the wallets go on.
    case detach
    /// The `/` line.
    case filter
    /// The `:` line.
    case commandLine
    /// The menu.
    case menu
    /// The keys of this screen.
    case help
    /// Ask for everything again and draw everything again.
    case refresh
    /// Stop the program until the shell brings it back.
    case suspend
    /// Hide or show amounts.
    case mask
    /// What was said before.
    case messages
    /// Try to reach a node now.
    case connect
    /// Ask whether to start a node.
    case startNode
    /// Ask whether to stop the node.
    case stopNode
    /// Where the connection goes and what was tried.
    case connectionDetails

    /// The menu of wallets to choose from.
    case pickWallet
    /// The wallet before or after the current one.
    case stepWallet(Int)
    /// Make a wallet the current one and show its history.
    case openWallet(String)
    /// Ask for a wallet's name and attach it, or attach the one under the cursor.
    case attachWallet
    /// Ask whether to detach the wallet.
    case detachWallet
    /// Ask how to make a wallet.
    case createWallet
    /// Ask whether to restart the wallet's process.
    case restartWallet
    /// Ask for the wallet's passphrase.
    case unlockWallet
    /// Lock the wallet now.
    case lockWallet
    /// Ask for a descriptor.
    case importDescriptor
    /// Ask for blocks to be mined.
    case mine
    /// Show the log's end as it grows.
    case follow
    /// Scroll sideways by columns.
    case scrollSideways(Int)

    /// Do what the line, dialog or menu says.
    case accept
    /// Move the focus of a dialog.
    case focus(Int)
    /// Turn a field on or off.
    case toggle
    /// Complete what is typed.
    case complete
    /// Take a line from the history.
    case recall(Int)
    /// Change the text of the field.
    case edit(LineEditor.Edit)

    /// Movements of the cursor.
    package enum Movement: Sendable, Hashable {
        /// One row.
        case up
        /// One row.
        case down
        /// One screen.
        case pageUp
        /// One screen.
        case pageDown
        /// To the first row.
        case first
        /// To the last row.
        case last
    }
}
