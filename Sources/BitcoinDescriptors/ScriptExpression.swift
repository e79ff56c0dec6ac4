package import BitcoinPrimitives
package import BitcoinScript

/// The structure of a descriptor: one function of BIP380 to BIP390 with its arguments.
package indirect enum ScriptExpression: Hashable, Sendable {
    /// A public key and a signature check; in tapscript by x coordinate alone.
    case pk(KeyExpression, isXOnly: Bool)
    /// Pays to a public key's hash.
    case pkh(KeyExpression)
    /// Pays to a public key's hash by witness.
    case wpkh(KeyExpression)
    /// All the old and segwit scripts of a key.
    case combo(KeyExpression)
    /// So many signatures of these keys.
    case multi(threshold: Int, keys: [KeyExpression], isSorted: Bool)
    /// The same in tapscript.
    case multiA(threshold: Int, keys: [KeyExpression], isSorted: Bool)
    /// Pays to a script's hash.
    case sh(ScriptExpression)
    /// Pays to a script's hash by witness.
    case wsh(ScriptExpression)
    /// A taproot output with its scripts, from left to right, each with its depth in the tree.
    case tr(KeyExpression, leaves: [TreeLeaf])
    /// A taproot output of which only the key is known.
    case rawtr(KeyExpression)
    /// A key that is kept for no script.
    case unused(KeyExpression)
    /// What an address says.
    case addr(Destination)
    /// A script as it is.
    case raw(Script)
    /// A script in miniscript, whose keys are positions in `keys`.
    case miniscript(Miniscript, keys: [KeyExpression])

    /// One script of a taproot tree.
    package struct TreeLeaf: Hashable, Sendable {
        /// How many branches lie above it.
        package let depth: Int
        /// The script.
        package let expression: ScriptExpression
    }

    /// The function's name, where it has one.
    var name: String {
        switch self {
        case .pk: "pk"
        case .pkh: "pkh"
        case .wpkh: "wpkh"
        case .combo: "combo"
        case .multi(_, _, let isSorted): isSorted ? "sortedmulti" : "multi"
        case .multiA(_, _, let isSorted): isSorted ? "sortedmulti_a" : "multi_a"
        case .sh: "sh"
        case .wsh: "wsh"
        case .tr: "tr"
        case .rawtr: "rawtr"
        case .unused: "unused"
        case .addr: "addr"
        case .raw: "raw"
        case .miniscript: ""
        }
    }

    /// The key expressions of this function alone.
    var ownKeys: [KeyExpression] {
        switch self {
        case .pk(let key, _), .pkh(let key), .wpkh(let key), .combo(let key), .tr(let key, _), .rawtr(let key),
            .unused(let key):
            [key]
        case .multi(_, let keys, _), .multiA(_, let keys, _), .miniscript(_, let keys): keys
        case .sh, .wsh, .addr, .raw: []
        }
    }

    /// The functions inside this one.
    var children: [ScriptExpression] {
        switch self {
        case .sh(let inner), .wsh(let inner): [inner]
        case .tr(_, let leaves): leaves.map(\.expression)
        default: []
        }
    }

    /// All key expressions, in the order of the text.
    package var keys: [KeyExpression] { ownKeys + children.flatMap(\.keys) }
}
