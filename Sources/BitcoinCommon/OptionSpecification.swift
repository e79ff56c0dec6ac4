// Design note: what every program of this project shares and no other module may know: options, `bitcoin.conf`, chain
// selection, the datadir and the log. `OptionSpecification` says which names exist, `Settings` holds the values given and
// merges them with Core's precedence, `Arguments` is the two together for one program. Nothing here starts a thread.

/// One option that a program knows (Core `ArgsManager::AddArg`).
package struct OptionSpecification: Sendable {
    /// Rules for how an option may be given.
    package struct Flags: OptionSet, Sendable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) { self.rawValue = rawValue }

        /// `-noname` is refused.
        package static let disallowNegation = Flags(rawValue: 1)
        /// `-name` without a value is refused.
        package static let disallowElision = Flags(rawValue: 2)
        /// The default section of the configuration file counts for mainnet only.
        package static let networkOnly = Flags(rawValue: 4)
        /// The value is a secret and stays out of the log.
        package static let sensitive = Flags(rawValue: 8)
        /// Known, accepted and reported in the log as not in effect yet.
        package static let notInEffect = Flags(rawValue: 16)
        /// Left out of `-help`.
        package static let hidden = Flags(rawValue: 32)
    }

    /// Heading under which `-help` lists the option.
    package enum Category: String, Sendable, CaseIterable {
        case options = "Options"
        case ipc = "IPC interprocess connection options"
        case connection = "Connection options"
        case wallet = "Wallet options"
        case zmq = "ZeroMQ notification options"
        case debugging = "Debugging/Testing options"
        case chain = "Chain selection options"
        case relay = "Node relay options"
        case blockCreation = "Block creation options"
        case rpc = "RPC server options"
        case cliCommands = "CLI Commands"
        case commands = "Commands"
    }

    /// Name without dashes, such as `datadir`.
    package let name: String
    /// What follows the name in `-help`, such as `=<dir>`.
    package let valueHint: String
    /// Heading in `-help`.
    package let category: Category
    /// Rules.
    package let flags: Flags
    /// One sentence for `-help`.
    package let help: String

    /// Describes an option.
    package init(
        _ name: String, _ valueHint: String = "", _ category: Category = .options, _ flags: Flags = [],
        help: String = ""
    ) {
        self.name = name
        self.valueHint = valueHint
        self.category = category
        self.flags = flags
        self.help = help
    }
}
