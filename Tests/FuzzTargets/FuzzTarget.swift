// FuzzTargets: what is fed with arbitrary bytes.
//
// A target takes bytes from anywhere and must return: with whatever errors, without a trap, without running on for
// ever. Some targets also check what must hold for every input (what was unpacked packs again to the same, a copy says
// the same as its original) and trap when it does not.
//
// `Resources/fuzz` builds these together with libFuzzer's entry point in `Entry/`; the package itself does not. The
// inputs that fuzzing has kept lie in `Corpora/<target>`; the tests replay them.
//
// To add a target: a case, a function in a file of its own, and a folder of a few inputs.

/// Code that is fed with arbitrary bytes.
package enum FuzzTarget: String, CaseIterable, Sendable {
    /// Walks, copies and canonicalises messages of up to four segments.
    case message
    /// Reads messages by a schema, as values, text and JSON.
    case dynamic
    /// Unpacks, and packs again.
    case packed
    /// Cuts a stream into messages, in pieces of any size.
    case framing
    /// Generates code for requests.
    case generator
    /// Parses JSON for dynamic values.
    case json
    /// Holds conversations over an RPC connection, as the side that asks and as the side that is asked.
    case connection
    /// Reads transactions, writes them again and checks them.
    case transaction
    /// Reads blocks, writes them again and checks them.
    case block
    /// Runs scripts under any flags.
    case script
    /// Reads what blocks spent from undo files.
    case undo
    /// Reads coins, amounts and scripts in their short forms.
    case coin
    /// Reads keys and values of the databases, and the saved mempool.
    case record
    /// Reads what indexes keep: places of transactions, sums over coins, block filters.
    case index
    /// Opens databases that hold anything, and asks them for what they should hold.
    case database
    /// Looks for blocks and coins in files.
    case file

    /// Feeds the target.
    package func run(_ bytes: [UInt8]) {
        switch self {
        case .message: MessageTarget.run(bytes)
        case .dynamic: DynamicTarget.run(bytes)
        case .packed: PackedTarget.run(bytes)
        case .framing: FramingTarget.run(bytes)
        case .generator: GeneratorTarget.run(bytes)
        case .json: JSONTarget.run(bytes)
        case .connection: ConnectionTarget.run(bytes)
        case .transaction: TransactionTarget.run(bytes)
        case .block: BlockTarget.run(bytes)
        case .script: ScriptTarget.run(bytes)
        case .undo: UndoTarget.run(bytes)
        case .coin: CoinTarget.run(bytes)
        case .record: RecordTarget.run(bytes)
        case .index: IndexTarget.run(bytes)
        case .database: DatabaseTarget.run(bytes)
        case .file: FileTarget.run(bytes)
        }
    }
}
