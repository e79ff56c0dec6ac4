/// The Bitcoin networks that Core knows.
package enum Network: String, CaseIterable, Hashable, Sendable {
    /// The network with money in it.
    case main
    /// The third test network.
    case testnet
    /// The fourth test network (BIP94).
    case testnet4
    /// The test network whose blocks are signed (BIP325).
    case signet
    /// A private network for tests, mined at will.
    case regtest

    /// The name in `-chain` and in `getblockchaininfo`: "main", "test", "testnet4", "signet" or "regtest".
    package var chainName: String {
        switch self {
        case .main: "main"
        case .testnet: "test"
        case .testnet4: "testnet4"
        case .signet: "signet"
        case .regtest: "regtest"
        }
    }

    /// The network of one of Core's chain names; nil for other texts.
    package init?(chainName: String) {
        guard let network = Self.allCases.first(where: { $0.chainName == chainName }) else { return nil }
        self = network
    }

    /// The version byte of addresses that pay to a public key's hash.
    package var pubKeyHashPrefix: UInt8 { self == .main ? 0 : 111 }

    /// The version byte of addresses that pay to a script's hash.
    package var scriptHashPrefix: UInt8 { self == .main ? 5 : 196 }

    /// The version byte of private keys as text (WIF).
    package var secretKeyPrefix: UInt8 { self == .main ? 128 : 239 }

    /// The four bytes in front of an extended public key ("xpub" or "tpub", BIP32).
    package var extendedPublicKeyPrefix: [UInt8] {
        self == .main ? [0x04, 0x88, 0xb2, 0x1e] : [0x04, 0x35, 0x87, 0xcf]
    }

    /// The four bytes in front of an extended private key ("xprv" or "tprv", BIP32).
    package var extendedPrivateKeyPrefix: [UInt8] {
        self == .main ? [0x04, 0x88, 0xad, 0xe4] : [0x04, 0x35, 0x83, 0x94]
    }

    /// The prefix of segwit addresses.
    package var bech32Prefix: String {
        switch self {
        case .main: "bc"
        case .testnet, .testnet4, .signet: "tb"
        case .regtest: "bcrt"
        }
    }
}
