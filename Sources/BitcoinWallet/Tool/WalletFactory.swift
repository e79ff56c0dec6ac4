import BitcoinConsensus
import BitcoinCrypto
import BitcoinDescriptors
package import BitcoinInterfaces
package import BitcoinPrimitives
import BitcoinScript
import ByteCoding

/// Makes wallet files as Core makes them.
package enum WalletFactory {
    /// The version of Core whose files these are; written as the last program that used the file.
    package static let clientVersion: Int32 = 319_900

    /// The flags of a new wallet.
    package static func flags(_ options: CreateWalletOptions) -> WalletFlags {
        var flags: WalletFlags = [.descriptors, .lastHardenedCached]
        if options.blank { flags.insert(.blank) }
        if options.disablePrivateKeys { flags.insert(.disablePrivateKeys) }
        if options.avoidReuse { flags.insert(.avoidReuse) }
        return flags
    }

    /// Makes a new file and closes it. A wallet that is neither blank nor watch-only gets a random master key and the
    /// eight descriptors of Core's new wallets.
    ///
    /// - Parameters:
    ///   - path: The file; its directory must be there.
    ///   - messageStart: The four bytes that mark the file as one of its network; nil for the network's own. A signet
    ///     of one's own has others.
    ///   - creationTime: Earliest time of use of its descriptors, seconds since 1970.
    ///   - keyPoolSize: How many addresses are made ahead.
    /// - Throws: `WalletFileError`, `DatabaseError`.
    package static func create(
        at path: String, options: CreateWalletOptions, network: Network, messageStart: [UInt8]? = nil,
        creationTime: Int64? = nil, keyPoolSize: Int32 = 1_000
    ) throws {
        let database = try WalletDatabase(
            path: path, mode: .new,
            messageStart: messageStart ?? ChainParameters.parameters(for: network).messageStart)
        try database.transaction {
            var version = ByteWriter()
            version.writeInt32(clientVersion)
            try database.write(RecordType.version.key(), version.bytes)
            var flagBytes = ByteWriter()
            flagBytes.writeUInt64(flags(options).rawValue)
            try database.write(RecordType.flags.key(), flagBytes.bytes)
        }
        guard !options.blank, !options.disablePrivateKeys else { return }
        let engine = try WalletEngine(opening: database, name: "", network: network, keyPoolSize: keyPoolSize)
        try engine.generateDescriptors(creationTime: creationTime ?? SystemClock.now)
    }
}

extension WalletEngine {
    /// Gives a new wallet a random master key and a descriptor for every kind of address.
    ///
    /// - Throws: `DatabaseError`.
    func generateDescriptors(creationTime: Int64) throws {
        let master = try ExtendedPrivateKey(seed: PrivateKey.random().secret)
        let root = master.neutered
        let coin = network == .main ? 0 : 1
        try database.transaction {
            for isInternal in [false, true] {
                for type in OutputType.allCases {
                    let key = "\(root.text(on: network))/\(type.purpose)h/\(coin)h/0h/\(isInternal ? 1 : 0)/*"
                    let text = type.descriptorText(key)
                    guard let descriptor = try Descriptor.parse(text, on: network).descriptors.first else { continue }
                    let record = DescriptorRecord(
                        descriptor: descriptor.description, creationTime: UInt64(clamping: creationTime),
                        nextIndex: 0, rangeStart: 0, rangeEnd: 0)
                    let manager = DescriptorManager(
                        descriptor: descriptor, record: record,
                        keys: [KeyID(of: root.publicKey): master.privateKey])
                    try writeKey(master.privateKey, of: manager)
                    try writeDescriptor(manager)
                    add(manager)
                    try topUp(manager)
                    try setActive(manager, type: type, isInternal: isInternal)
                }
            }
        }
    }

    /// Writes a private key of a wallet without encryption.
    func writeKey(_ key: PrivateKey, of manager: DescriptorManager) throws {
        let publicKey = key.publicKey
        let encoded = LegacyPrivateKey.encode(key)
        var value = ByteWriter()
        value.writeSizedBytes(encoded)
        value.writeHash256(SHA256d.hash(publicKey.bytes + encoded))
        let recordKey = RecordType.descriptorKey.key { writer in
            writer.writeHash256(manager.id)
            writer.writeSizedBytes(publicKey.bytes)
        }
        try database.write(recordKey, value.bytes)
    }

    /// Writes a private key of a wallet with encryption.
    func writeEncryptedKey(_ ciphertext: [UInt8], publicKey: PublicKey, of manager: DescriptorManager) throws {
        var value = ByteWriter()
        value.writeSizedBytes(ciphertext)
        let recordKey = RecordType.descriptorEncryptedKey.key { writer in
            writer.writeHash256(manager.id)
            writer.writeSizedBytes(publicKey.bytes)
        }
        try database.write(recordKey, value.bytes)
    }
}

extension OutputType {
    /// The first step of the path to the keys of such addresses (BIP44, 49, 84, 86).
    fileprivate var purpose: Int {
        switch self {
        case .legacy: 44
        case .p2shSegwit: 49
        case .bech32: 84
        case .bech32m: 86
        }
    }

    /// The descriptor of single keys.
    fileprivate func descriptorText(_ key: String) -> String {
        switch self {
        case .legacy: "pkh(\(key))"
        case .p2shSegwit: "sh(wpkh(\(key)))"
        case .bech32: "wpkh(\(key))"
        case .bech32m: "tr(\(key))"
        }
    }
}
