import BitcoinScript
package import ByteCoding

/// The types of records in a wallet file; the raw value is the text that begins the key (Core's wallet/walletdb.cpp).
package enum RecordType: String, CaseIterable, Sendable {
    /// The descriptor that receiving addresses of a kind come from.
    case activeExternalManager = "activeexternalspk"
    /// The descriptor that change addresses of a kind come from.
    case activeInternalManager = "activeinternalspk"
    /// Where the wallet stands; empty, for versions before 2012.
    case bestBlock = "bestblock"
    /// Where the wallet stands.
    case bestBlockNoMerkle = "bestblock_nomerkle"
    /// Marks and payment requests of an address.
    case destinationData = "destdata"
    /// What kind of wallet it is.
    case flags
    /// An output that the user locked.
    case lockedOutput = "lockedutxo"
    /// The encryption key, locked by a passphrase.
    case masterKey = "mkey"
    /// The oldest program that may open the file; of legacy wallets.
    case minimumVersion = "minversion"
    /// The label of an address.
    case name
    /// The place that the next transaction gets.
    case nextOrderPosition = "orderposnext"
    /// What an address is for.
    case purpose
    /// Of old graphical programs.
    case settings
    /// A transaction and what is known of it.
    case transaction = "tx"
    /// A transaction with one of its witnesses.
    case witnessVariant = "wtxvariant"
    /// The program that wrote last.
    case version
    /// A descriptor and its range.
    case descriptor = "walletdescriptor"
    /// An extended key below hardened steps.
    case descriptorCache = "walletdescriptorcache"
    /// An extended key at the last hardened step.
    case descriptorLastHardenedCache = "walletdescriptorlhcache"
    /// An encrypted private key.
    case descriptorEncryptedKey = "walletdescriptorckey"
    /// A private key.
    case descriptorKey = "walletdescriptorkey"
    /// Accounting of versions before 0.18: known, of no use.
    case accountEntry = "acentry"

    // Of legacy wallets; a descriptor wallet that has one was tampered with.
    /// An encrypted private key.
    case encryptedKey = "ckey"
    /// A redeem script.
    case redeemScript = "cscript"
    /// The first key.
    case defaultKey = "defaultkey"
    /// The seed of keys.
    case hdChain = "hdchain"
    /// When and how a key was made.
    case keyMetadata = "keymeta"
    /// A private key.
    case key
    /// A private key of the first versions.
    case oldKey = "wkey"
    /// A key that was not given out yet.
    case keyPool = "pool"
    /// When a watched script was added.
    case watchMetadata = "watchmeta"
    /// A watched script.
    case watchScript = "watchs"

    /// Whether only legacy wallets have such records.
    package var isLegacy: Bool {
        switch self {
        case .encryptedKey, .redeemScript, .defaultKey, .hdChain, .keyMetadata, .key, .oldKey, .keyPool,
            .watchMetadata, .watchScript:
            true
        default: false
        }
    }

    /// The key of a record of this type.
    ///
    /// - Parameter body: Writes what follows the type.
    package func key(_ body: (inout ByteWriter) -> Void = { _ in }) -> [UInt8] {
        var writer = ByteWriter()
        writer.writeSizedBytes(Array(rawValue.utf8))
        body(&writer)
        return writer.bytes
    }
}

extension ByteWriter {
    /// Appends a text as its length and its UTF-8.
    package mutating func writeText(_ text: String) { writeSizedBytes(Array(text.utf8)) }
}

extension ByteReader {
    /// Reads a text that a length precedes; what is no UTF-8 is repaired.
    ///
    /// - Throws: As `readSizedBytes`.
    package mutating func readText() throws(ByteCodingError) -> String {
        String(decoding: try readSizedSlice(), as: UTF8.self)
    }
}

extension OutputType {
    /// The number of the kind in wallet files (Core's `OutputType`).
    var walletNumber: UInt8 {
        switch self {
        case .legacy: 0
        case .p2shSegwit: 1
        case .bech32: 2
        case .bech32m: 3
        }
    }

    /// The kind of a number in wallet files; nil for other numbers.
    init?(walletNumber: UInt8) {
        guard let type = Self.allCases.first(where: { $0.walletNumber == walletNumber }) else { return nil }
        self = type
    }
}
