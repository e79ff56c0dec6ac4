// Design note of BitcoinDescriptors.
//
// A descriptor says in one line which scripts a wallet watches and how they are spent. Here it is a value: a tree of
// `ScriptExpression` over `KeyExpression`s, with the network whose addresses and keys its text is written in. It holds
// no private keys. Parsing gives them out beside the descriptor, and whatever needs them later asks a
// `SigningProvider`, so that a locked wallet is just a provider without answers; `DescriptorCache` then stands in for
// hardened derivation. Expansion and inference are each other's reverse: `expand` turns a descriptor into scripts and
// what is known about them, `infer` turns a script and such knowledge into a descriptor.
//
// Texts are hostile input. Nesting of functions is bounded by their rules, trees by 128 levels, and miniscript lives
// in a flat array, so nothing recurses deeper than that.

package import BitcoinCrypto
package import BitcoinPrimitives

/// A description of output scripts (BIP380).
package struct Descriptor: Hashable, Sendable {
    /// The network of its addresses and extended keys.
    package let network: Network

    /// Its structure.
    package let expression: ScriptExpression

    /// Makes a descriptor of its structure.
    package init(_ expression: ScriptExpression, on network: Network) {
        self.expression = expression
        self.network = network
    }
}

extension Descriptor {
    /// Whether there is a different script for each index.
    package var isRange: Bool { expression.keys.contains(where: \.isRange) }

    /// Whether the descriptor says how to spend, apart from keys: false for addresses and raw scripts.
    package var isSolvable: Bool {
        switch expression {
        case .addr, .raw: false
        default: true
        }
    }

    /// Whether each index gives exactly one script.
    package var isSingleType: Bool {
        if case .combo = expression { return false }
        return true
    }

    /// Whether there are scripts at all: false for `unused`.
    package var hasScripts: Bool {
        if case .unused = expression { return false }
        return true
    }

    /// Whether scripts can be had without private keys and without a cache.
    package var canSelfExpand: Bool { expression.keys.allSatisfy(\.canSelfExpand) }

    /// Whether a provider has the private key of every key.
    package func hasPrivateKeys(in provider: some SigningProvider) -> Bool {
        let keys = expression.keys
        return !keys.isEmpty && keys.allSatisfy { $0.privateKey(at: 0, provider: provider) != nil }
    }

    /// The highest position of a key expression, the number that key caches are stored under.
    package var maxKeyExpression: UInt32 { expression.keys.map(\.index).max() ?? 0 }

    /// The number of keys.
    package var keyCount: Int { expression.keys.count }

    /// The keys as the text gives them: plain public keys and extended keys.
    package var rootKeys: (publicKeys: [PublicKey], extendedKeys: [ExtendedPublicKey]) {
        var plain: [PublicKey] = []
        var extended: [ExtendedPublicKey] = []
        for key in expression.keys {
            switch key.key {
            case .constant(let bytes, _):
                if let key = try? PublicKey(bytes: bytes), !plain.contains(key) { plain.append(key) }
            case .extended(let root, _, _):
                if !extended.contains(root) { extended.append(root) }
            }
        }
        return (plain, extended)
    }

    /// What a user should be told about parts that are valid but dangerous, in Core's words.
    package var warnings: [String] { expression.warnings }
}

extension ScriptExpression {
    fileprivate var warnings: [String] {
        if case .miniscript(let script, _) = self { return script.warnings }
        return children.flatMap(\.warnings)
    }
}
