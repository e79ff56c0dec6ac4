/// What kind of wallet a file holds (Core's wallet/walletutil.h).
///
/// The lower 32 bits may be unknown to a reader; an unknown one of the upper 32 means that it must not open the file.
package struct WalletFlags: OptionSet, Hashable, Sendable {
    /// The bits as the file has them.
    package let rawValue: UInt64

    /// Flags of their bits.
    package init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Addresses that were spent from are not used again.
    package static let avoidReuse = WalletFlags(rawValue: 1 << 0)
    /// Key origins were written, in legacy wallets.
    package static let keyOriginMetadata = WalletFlags(rawValue: 1 << 1)
    /// The last hardened extended keys are cached.
    package static let lastHardenedCached = WalletFlags(rawValue: 1 << 2)
    /// Watch-only: never holds private keys.
    package static let disablePrivateKeys = WalletFlags(rawValue: 1 << 32)
    /// Made without keys and descriptors.
    package static let blank = WalletFlags(rawValue: 1 << 33)
    /// Scripts come from descriptors.
    package static let descriptors = WalletFlags(rawValue: 1 << 34)
    /// Keys are on a signing device.
    package static let externalSigner = WalletFlags(rawValue: 1 << 35)

    /// Every flag that this program knows.
    package static let known: WalletFlags = [
        .avoidReuse, .keyOriginMetadata, .lastHardenedCached, .disablePrivateKeys, .blank, .descriptors,
        .externalSigner,
    ]

    /// Whether a flag is set that this program would have to know.
    package var hasUnknownMandatory: Bool { (rawValue >> 32) & ~(Self.known.rawValue >> 32) != 0 }

    /// The names of the flags that are set, in Core's order and words.
    package var names: [String] {
        (0..<64).compactMap { bit in
            let flag = WalletFlags(rawValue: 1 << UInt64(bit))
            guard contains(flag) else { return nil }
            switch flag {
            case .avoidReuse: return "avoid_reuse"
            case .keyOriginMetadata: return "key_origin_metadata"
            case .lastHardenedCached: return "last_hardened_xpub_cached"
            case .disablePrivateKeys: return "disable_private_keys"
            case .blank: return "blank"
            case .descriptors: return "descriptor_wallet"
            case .externalSigner: return "external_signer"
            default: return "unknown_flag_\(bit)"
            }
        }
    }
}
