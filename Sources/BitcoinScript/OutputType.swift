/// The kinds of addresses that a wallet makes.
package enum OutputType: String, CaseIterable, Hashable, Sendable {
    /// Pays to a public key's or script's hash.
    case legacy
    /// Segwit wrapped in a script hash.
    case p2shSegwit = "p2sh-segwit"
    /// Segwit version 0.
    case bech32
    /// Segwit version 1 and above.
    case bech32m

    /// The kind of a name in options and RPC; nil for other texts.
    package init?(name: String) { self.init(rawValue: name) }
}

extension Destination {
    /// The kind of address. A script hash counts as legacy, since nobody can see what is behind it.
    package var outputType: OutputType? {
        switch self {
        case .pubKeyHash, .scriptHash: .legacy
        case .witnessV0KeyHash, .witnessV0ScriptHash: .bech32
        case .witnessV1Taproot, .witnessUnknown: .bech32m
        case .pubKey, .anchor: nil
        }
    }
}
