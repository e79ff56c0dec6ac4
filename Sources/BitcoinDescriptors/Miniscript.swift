/// A script as an expression whose meaning can be reasoned about (BIP379).
///
/// The nodes of the expression lie in one array, each behind its arguments, so that the deepest nesting is walked
/// without recursion. Keys are positions in a list that the owner holds: a descriptor's key expressions.
package struct Miniscript: Hashable, Sendable {
    /// Which rules of script apply.
    package enum Context: Hashable, Sendable {
        /// The script of segwit version 0.
        case p2wsh
        /// A leaf of a taproot tree.
        case tapscript
    }

    /// The kinds of nodes.
    package enum Fragment: Hashable, Sendable {
        /// `0` and `1`.
        case false_, true_
        /// A key, itself or by its hash. The number is the key's position.
        case pkK(Int), pkH(Int)
        /// Lock times: relative and absolute.
        case older(UInt32), after(UInt32)
        /// Preimages of hashes.
        case sha256([UInt8]), hash256([UInt8]), ripemd160([UInt8]), hash160([UInt8])
        /// Wrappers, named by their letter.
        case a, s, c, d, v, j, n
        /// Combinations of two or three expressions.
        case andV, andB, orB, orC, orD, orI, andOr
        /// So many of the arguments.
        case thresh(Int)
        /// So many signatures of keys.
        case multi(Int, keys: [Int]), multiA(Int, keys: [Int])
    }

    /// One node with what is known about it.
    struct Node: Hashable, Sendable {
        let fragment: Fragment
        /// Positions of the arguments in the array; all lower than the node's own.
        let arguments: [Int]
        let type: MiniscriptType
        let scriptSize: Int
        let bounds: MiniscriptBounds
    }

    /// Which rules of script apply.
    package let context: Context

    /// The nodes; the last one is the whole expression.
    private(set) var nodes: [Node] = []

    /// The nodes under which a key occurs twice; see `findRepeatedKeys`.
    private var nodesWithRepeatedKeys: Set<Int> = []

    /// Starts without nodes; `append` adds them.
    init(context: Context) { self.context = context }

    /// Adds a node and says where it is. The arguments must be there already.
    mutating func append(_ fragment: Fragment, _ arguments: [Int] = []) -> Int {
        let inner = arguments.map { nodes[$0] }
        nodes.append(
            Node(
                fragment: fragment, arguments: arguments,
                type: MiniscriptType.of(fragment, inner.map(\.type), context),
                scriptSize: Self.scriptSize(of: fragment, inner, context),
                bounds: MiniscriptBounds.of(fragment, inner, context)))
        return nodes.count - 1
    }

    /// Finds out where keys occur twice, which no sane expression has.
    ///
    /// - Parameter keys: for each key what makes it the same as another.
    mutating func findRepeatedKeys(_ keys: [some Hashable]) {
        var sets: [Set<Int>] = []
        var identities: [AnyHashable: Int] = [:]
        let identity = keys.map { key in
            identities[AnyHashable(key)]
                ?? {
                    identities[AnyHashable(key)] = identities.count
                    return identities.count - 1
                }()
        }
        for (position, node) in nodes.enumerated() {
            let own = node.fragment.keys.map { identity[$0] }
            var set = Set(own)
            var isRepeated = set.count != own.count
            for argument in node.arguments {
                isRepeated = isRepeated || nodesWithRepeatedKeys.contains(argument)
                var other = sets[argument]
                sets[argument] = []
                // The larger set takes in the smaller, so that deep chains cost no more than broad trees.
                if other.count > set.count { swap(&set, &other) }
                for key in other where !set.insert(key).inserted { isRepeated = true }
            }
            sets.append(set)
            if isRepeated { nodesWithRepeatedKeys.insert(position) }
        }
    }

    /// The position of the whole expression.
    private var rootPosition: Int { nodes.count - 1 }

    /// The whole expression.
    var root: Node { nodes[nodes.count - 1] }
}

extension Miniscript {
    /// The number of bytes of the script.
    package var scriptSize: Int { root.scriptSize }

    /// The most bytes of a witness without the script itself; nil if it cannot be satisfied.
    package var maxWitnessSize: Int? { root.bounds.witnessSize.satisfied }

    /// The most items that the stack begins with; nil if it cannot be satisfied.
    package var maxStackSize: Int? { stackSize(of: root) }

    /// The properties of the whole expression; empty if it is badly typed.
    package var type: MiniscriptType { root.type }

    /// The most opcodes that count against the limit of segwit version 0; nil if it cannot be satisfied.
    package var maxOperations: Int? { root.bounds.operations.satisfied.map { root.bounds.staticOperations + $0 } }

    /// The most items on the stack while the script runs; nil if it cannot be satisfied.
    package var maxExecutionStackSize: Int? { root.bounds.satisfiedStack.map { $0.peak + (root.leavesValue ? 1 : 0) } }

    /// Whether the expression is well typed, as a whole script, and means what it seems to: nobody can change a
    /// witness, every witness has a signature, lock times do not mix units, keys are distinct, limits are kept.
    package var isSane: Bool {
        isValidTopLevel && isSaneSubexpression(rootPosition) && root.type.contains("s")
    }

    /// Whether the expression is well typed as a whole script, and short enough.
    package var isValidTopLevel: Bool { isValid(root) && root.type.contains("B") }

    /// Whether the expression can be satisfied at all.
    package var isSatisfiable: Bool { maxStackSize != nil }

    /// What is wrong with an expression that is not sane or not satisfiable, in Core's words.
    ///
    /// - Parameter keys: the texts of the keys.
    package func complaint(keys: [String]) -> String? {
        guard !isSane || !isSatisfiable else { return nil }
        let position = nodes.indices.first { !isSaneSubexpression($0) } ?? rootPosition
        let node = nodes[position]
        let text = text(keys: keys, from: position)
        if !isValid(node) { return "\(text) is invalid" }
        if isSane { return "\(text) is not satisfiable" }
        if !node.type.contains("m") { return "\(text) is not sane: malleable witnesses exist" }
        if position == rootPosition && !node.type.contains("s") {
            return "\(text) is not sane: witnesses without signature exist"
        }
        if !node.type.contains("k") {
            return "\(text) is not sane: contains mixes of timelocks expressed in blocks and seconds"
        }
        if nodesWithRepeatedKeys.contains(position) { return "\(text) is not sane: contains duplicate public keys" }
        if !hasValidSatisfactions(node) {
            return "\(text) is not sane: needs witnesses that may exceed resource limits"
        }
        return "\(text) is not sane"
    }

    /// Uses of `older` that lock for less than they seem to, in Core's words.
    var warnings: [String] {
        nodes.compactMap { node in
            // Only 16 bits of a sequence number are a lock time, one more bit is its unit (BIP68).
            guard case .older(let value) = node.fragment, value & ~(1 << 22) > 0xffff else { return nil }
            return value & 1 << 22 != 0
                ? "time-based relative locktime: older(\(value)) > (65535 * 512) seconds is unsafe"
                : "height-based relative locktime: older(\(value)) > 65535 blocks is unsafe"
        }
    }

    private func isSaneSubexpression(_ position: Int) -> Bool {
        let node = nodes[position]
        return hasValidSatisfactions(node) && node.type.contains("mk") && !nodesWithRepeatedKeys.contains(position)
    }

    /// Whether what satisfies the expression also keeps the limits of script and policy.
    private func hasValidSatisfactions(_ node: Node) -> Bool {
        guard isValid(node) else { return false }
        switch context {
        case .p2wsh:
            if let operations = node.bounds.operations.satisfied, node.bounds.staticOperations + operations > 201 {
                return false
            }
            return stackSize(of: node).map { $0 <= 100 } ?? true
        case .tapscript:
            guard let peak = node.bounds.satisfiedStack?.peak else { return true }
            return peak + (node.leavesValue ? 1 : 0) <= 1000
        }
    }

    func isValid(_ node: Node) -> Bool {
        !node.type.isEmpty && node.scriptSize <= Self.maxScriptSize(context)
    }

    private func stackSize(of node: Node) -> Int? {
        node.bounds.satisfiedStack.map { $0.consumed + (node.leavesValue ? 1 : 0) }
    }

    /// The longest script, in bytes: policy for segwit version 0; for tapscript what still lets the largest witness
    /// and a usual transaction stay standard.
    static func maxScriptSize(_ context: Context) -> Int {
        switch context {
        case .p2wsh:
            return 3600
        case .tapscript:
            let transaction = (8 + 1 + 41 + 1 + 43) * 4 + 2
            let stack = 3 + 66 * 1000 + 3 + 4129
            let size = 400_000 - transaction - stack
            return size - 5
        }
    }
}

extension Miniscript.Fragment {
    /// The positions of the keys in this node itself.
    var keys: [Int] {
        switch self {
        case .pkK(let key), .pkH(let key): [key]
        case .multi(_, let keys), .multiA(_, let keys): keys
        default: []
        }
    }
}

extension Miniscript.Node {
    /// Whether the expression leaves a value on the stack: all but verifications do.
    var leavesValue: Bool { !type.isDisjoint(with: "BKW") }
}
