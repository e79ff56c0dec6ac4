import BitcoinScript
package import ByteCoding

/// The types of records in a wallet file; the raw value is the text that begins the key (Core's wallet/walletdb.cpp).
package enum RecordType: String, CaseIterable, Sendable {
    case activeExternalManager = "activeexternalspk"
    case activeInternalManager = "activeinternalspk"
    case bestBlock = "bestblock"
    case bestBlockNoMerkle = "bestblock_nomerkle"
    case destinationData = "destdata"
    case flags
    case lockedOutput = "lockedutxo"
    case masterKey = "mkey"
    case minimumVersion = "minversion"
    case name
    case nextOrderPosition = "orderposnext"
    case purpose
    case settings
    case transaction = "tx"
    case witnessVariant = "wtxvariant"
    case version
    case descriptor = "walletdescriptor"
    case descriptorCache = "walletdescriptorcache"
    case descriptorLastHardenedCache = "walletdescriptorlhcache"
    case descriptorEncryptedKey = "walletdescriptorckey"
    case descriptorKey = "walletdescriptorkey"
    /// Accounting of versions before 0.18: known, of no use.
    case accountEntry = "acentry"

    // Of legacy wallets; a descriptor wallet that has one was tampered with.
    case encryptedKey = "ckey"
    case redeemScript = "cscript"
    case defaultKey = "defaultkey"
    case hdChain = "hdchain"
    case keyMetadata = "keymeta"
    case key
    case oldKey = "wkey"
    case keyPool = "pool"
    case watchMetadata = "watchmeta"
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
