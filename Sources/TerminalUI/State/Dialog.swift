/// A form with a question and two buttons.
package struct Dialog: Sendable {
    /// What is done when it is accepted.
    package enum Purpose: Sendable, Equatable {
        /// Make a wallet.
        case createWallet
        /// Attach a wallet by name.
        case attachWallet
        /// Detach this wallet.
        case detachWallet(String)
        /// Detach this wallet and attach it again.
        case restartWallet(String)
        /// Unlock this wallet.
        case unlockWallet(String)
        /// Import a descriptor into this wallet.
        case importDescriptor(String)
        /// Mine blocks on a network where that is easy.
        case mine
        /// Start a node in the background.
        case startNode
        /// Stop the node.
        case stopNode
    }

    /// One line to fill in.
    package struct Field: Sendable {
        /// What it takes.
        package enum Content: Sendable {
            /// Text.
            case text(LineEditor)
            /// A passphrase, of which nothing is shown.
            case secret(Secret)
            /// Yes or no.
            case toggle(Bool)
        }

        /// What is to be filled in.
        package var label: String
        /// What was filled in.
        package var content: Content
        /// What it means, for fields that need it.
        package var note = ""

        /// The text of a text field.
        var text: String {
            if case .text(let editor) = content { return editor.text }
            return ""
        }

        /// The state of a toggle.
        var isOn: Bool {
            if case .toggle(let isOn) = content { return isOn }
            return false
        }

        /// The secret of a secret field.
        var secret: Secret? {
            if case .secret(let secret) = content { return secret }
            return nil
        }
    }

    /// What is done.
    package var purpose: Purpose
    /// In the frame.
    package var title: String
    /// What it is about.
    package var explanation: String
    /// The fields.
    package var fields: [Field]
    /// What the button says that does it.
    package var acceptLabel: String
    /// The field that has the keys; behind the fields the two buttons, accept and cancel.
    package var focus: Int
    /// Why it cannot be done.
    package var error = ""
    /// The job that does it, while it runs.
    package var job: UInt64?

    /// The index of the accept button.
    package var acceptIndex: Int { fields.count }
    /// The index of the cancel button.
    package var cancelIndex: Int { fields.count + 1 }

    /// Moves the focus.
    mutating func moveFocus(by delta: Int) { focus = (focus + delta + fields.count + 2) % (fields.count + 2) }

    /// Overwrites what is secret.
    func wipe() {
        for field in fields { field.secret?.wipe() }
    }
}

extension Dialog {
    static func createWallet(name: String = "", watchOnly: Bool = false, blank: Bool = false) -> Dialog {
        Dialog(
            purpose: .createWallet, title: "Create wallet",
            explanation: "A new wallet in a process of its own. Wallets do not make keys yet: "
                + "choose watch-only or blank, or both.",
            fields: [
                Field(label: "Name", content: .text(LineEditor(name))),
                Field(label: "Watch-only", content: .toggle(watchOnly), note: "never holds private keys"),
                Field(label: "Blank", content: .toggle(blank), note: "without keys and descriptors"),
                Field(label: "Avoid reuse", content: .toggle(false), note: "marks addresses that were paid before"),
            ], acceptLabel: "Create", focus: 0)
    }

    static func attachWallet(name: String = "") -> Dialog {
        Dialog(
            purpose: .attachWallet, title: "Attach wallet",
            explanation: "Starts a process for a wallet in the node's wallet directory.",
            fields: [Field(label: "Name", content: .text(LineEditor(name)))], acceptLabel: "Attach", focus: 0)
    }

    static func detachWallet(_ name: String, byHand: Bool) -> Dialog {
        Dialog(
            purpose: .detachWallet(name), title: "Detach wallet",
            explanation: byHand
                ? "The node lets go of the wallet; its process was started by hand and goes on."
                : "The wallet's process saves everything and ends. Other wallets and the node go on.",
            fields: [], acceptLabel: "Detach", focus: 1)
    }

    static func restartWallet(_ name: String) -> Dialog {
        Dialog(
            purpose: .restartWallet(name), title: "Restart wallet",
            explanation: "The wallet's process ends and a new one is started. Other wallets and the node go on.",
            fields: [], acceptLabel: "Restart", focus: 1)
    }

    static func unlockWallet(_ name: String) -> Dialog {
        Dialog(
            purpose: .unlockWallet(name), title: "Unlock wallet",
            explanation: "The passphrase goes to the wallet's process directly and is not shown.",
            fields: [
                Field(label: "Passphrase", content: .secret(Secret())),
                Field(label: "Minutes", content: .text(LineEditor("5"))),
            ], acceptLabel: "Unlock", focus: 0)
    }

    static func importDescriptor(_ name: String) -> Dialog {
        Dialog(
            purpose: .importDescriptor(name), title: "Import descriptor",
            explanation: "A descriptor with its checksum. What it pays to is watched from now on.",
            fields: [
                Field(label: "Descriptor", content: .text(LineEditor())),
                Field(label: "Label", content: .text(LineEditor())),
                Field(label: "Rescan", content: .toggle(true), note: "look at all blocks for past payments"),
            ], acceptLabel: "Import", focus: 0)
    }

    static func mine(target: String = "") -> Dialog {
        Dialog(
            purpose: .mine, title: "Mine blocks",
            explanation: "Mines blocks at once. Coins from them can be spent 100 blocks later.",
            fields: [
                Field(label: "Blocks", content: .text(LineEditor("1"))),
                Field(label: "Pay to", content: .text(LineEditor(target)), note: "address or descriptor"),
            ], acceptLabel: "Mine", focus: target.isEmpty ? 1 : 0)
    }

    static func startNode(command: String) -> Dialog {
        Dialog(
            purpose: .startNode, title: "Start node",
            explanation: "Starts a node in the background. It goes on when this terminal leaves. Command: " + command,
            fields: [], acceptLabel: "Start", focus: 0)
    }

    static func stopNode(others: String) -> Dialog {
        Dialog(
            purpose: .stopNode, title: "Stop node",
            explanation: "The node and the wallets that it has started end. Other terminals lose it too." + others,
            fields: [], acceptLabel: "Stop the node", focus: 1)
    }
}
