import BitcoinCrypto
import BitcoinDescriptors
import BitcoinInterfaces
import BitcoinPrimitives
import BitcoinRPC
import BitcoinWallet
import ByteCoding
import Foundation
import SQLite
import Testing

/// Wallet files: what opens, what does not, and what is said of it.
@Suite(.timeLimit(.minutes(5)))
struct WalletFileTests {
    private static let regtest: [UInt8] = [0xfa, 0xbf, 0xb5, 0xda]
    private let blank = CreateWalletOptions(blank: true, disablePrivateKeys: false, avoidReuse: true)

    private func makeWallet(_ options: CreateWalletOptions) throws -> String {
        let path = try Synthetic.directory() + "/wallet.dat"
        try WalletFactory.create(at: path, options: options, network: .regtest, creationTime: 5, keyPoolSize: 2)
        return path
    }

    private func open(_ path: String) throws -> WalletEngine {
        let database = try WalletDatabase(path: path, mode: .existing, messageStart: Self.regtest)
        return try WalletEngine(opening: database, name: "", network: .regtest, keyPoolSize: 2)
    }

    private func write(_ path: String, _ key: [UInt8], _ value: [UInt8]) throws {
        let database = try WalletDatabase(path: path, mode: .existing, messageStart: Self.regtest)
        try database.write(key, value)
    }

    @Test
    func newWalletsOpenWithTheirFlags() throws {
        let path = try makeWallet(blank)
        let engine = try open(path)
        #expect(engine.flags.names == ["avoid_reuse", "last_hardened_xpub_cached", "blank", "descriptor_wallet"])
        #expect(engine.managers.isEmpty)
        #expect(engine.problems.isEmpty)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
    }

    @Test
    func newWalletWithKeysHasEightDescriptors() throws {
        let path = try makeWallet(CreateWalletOptions(blank: false, disablePrivateKeys: false, avoidReuse: false))
        let engine = try open(path)
        #expect(engine.managers.count == 8)
        #expect(engine.activeExternal.count == 4 && engine.activeInternal.count == 4)
        #expect(engine.birthTime == 5)
        #expect(engine.managers.allSatisfy { $0.hasPrivateKeys && $0.scripts.count == 2 })
    }

    @Test
    func anotherNetworksFileIsNoWallet() throws {
        let path = try makeWallet(blank)
        #expect(throws: WalletFileError.badFormat(path: String(path.dropLast(11)))) {
            try WalletDatabase(path: path, mode: .existing, messageStart: [1, 2, 3, 4])
        }
        #expect(throws: WalletFileError.notFound(path: "/nonexistent/w")) {
            try WalletDatabase(path: "/nonexistent/w/wallet.dat", mode: .existing, messageStart: Self.regtest)
        }
        let text = try Synthetic.directory() + "/wallet.dat"
        try Data("no database".utf8).write(to: URL(filePath: text))
        #expect(throws: WalletFileError.self) {
            try WalletDatabase(path: text, mode: .existing, messageStart: Self.regtest)
        }
        #expect(throws: WalletFileError.self) {
            try WalletFactory.create(at: path, options: blank, network: .regtest)
        }
    }

    @Test
    func twoProgramsCannotHaveOneWallet() throws {
        let path = try makeWallet(blank)
        let first = try WalletDatabase(path: path, mode: .existing, messageStart: Self.regtest)
        #expect(throws: WalletFileError.inUse) {
            try WalletDatabase(path: path, mode: .existing, messageStart: Self.regtest)
        }
        #expect(throws: WalletFileError.inUse) {
            try WalletDatabase(path: path, mode: .readOnly, messageStart: Self.regtest)
        }
        withExtendedLifetime(first) {}
    }

    @Test
    func unknownRecordsAreNamedAndKept() throws {
        let path = try makeWallet(blank)
        var key = ByteWriter()
        key.writeText("shinynewthing")
        try write(path, key.bytes, [1, 2, 3])
        let engine = try open(path)
        #expect(engine.problems.map(\.description) == ["shinynewthing record: this type of record is not known"])
    }

    @Test
    func corruptRecordsAreRefusedByName() throws {
        let path = try makeWallet(blank)
        try write(path, RecordType.transaction.key { $0.writeRepeating(7, count: 32) }, [1, 2, 3])
        let name = "tx record " + String(repeating: "07", count: 32)
        #expect(throws: WalletFileError.corrupt(path: path, [name + ": the record is cut short"])) { try open(path) }
    }

    @Test
    func harmlessDamageIsToldButNotFatal() throws {
        let path = try makeWallet(blank)
        try write(path, RecordType.nextOrderPosition.key(), [1])
        try write(path, RecordType.name.key { $0.writeText("not an address") }, [1, 0x41])
        let engine = try open(path)
        #expect(
            Set(engine.problems.map(\.record)) == ["orderposnext record", "name record"])
    }

    @Test
    func legacyRecordsAreRefused() throws {
        let path = try makeWallet(blank)
        try write(path, RecordType.key.key { $0.writeSizedBytes([2]) }, [1])
        #expect(throws: WalletFileError.unexpectedLegacyEntry(path: path)) { try open(path) }
    }

    @Test
    func unknownDescriptorsAreRefused() throws {
        let path = try makeWallet(blank)
        let record = DescriptorRecord(
            descriptor: "nonsense(1)#aaaaaaaa", creationTime: 0, nextIndex: 0, rangeStart: 0, rangeEnd: 1)
        try write(path, RecordType.descriptor.key { $0.writeRepeating(1, count: 32) }, record.encoded)
        #expect { try open(path) } throws: { error in
            if case WalletFileError.unknownDescriptor = error { return true }
            return false
        }
    }

    @Test
    func unknownMandatoryFlagsAreRefused() throws {
        let path = try makeWallet(blank)
        var value = ByteWriter()
        value.writeUInt64(1 << 60 | WalletFlags.descriptors.rawValue)
        try write(path, RecordType.flags.key(), value.bytes)
        #expect(throws: WalletFileError.tooNew(path: path)) { try open(path) }
    }

    @Test
    func hostileRecordsNeverTrap() throws {
        var generator = SystemRandomNumberGenerator()
        let types = RecordType.allCases.filter { !$0.isLegacy }
        for _ in 0..<2_000 {
            let type = types.randomElement(using: &generator) ?? .name
            let junk = { (count: Int) in
                (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            }
            let key = type.key { $0.writeBytes(junk(Int.random(in: 0...80))) }
            let value = junk(Int.random(in: 0...200))
            _ = WalletContents(records: [(key, value)])
        }
    }

    @Test
    func transactionRecordsRoundTrip() throws {
        let transaction = Synthetic.transaction(
            spending: [Synthetic.foreignOutput(1)], paying: [(Synthetic.foreignScript, 5)])
        var record = TransactionRecord(transaction: transaction, blockHash: .zero, blockIndex: 0)
        record.orderPosition = 12
        record.timeReceived = 1_700_000_000
        record.timeSmart = 1_600_000_000
        record.comment = "for tea"
        record.replacedBy = transaction.id
        record.messages = [("Message", "hello")]
        #expect(try TransactionRecord(decoding: record.encoded) == record)
        #expect(throws: WalletRecordError.self) { try TransactionRecord(decoding: Array(record.encoded.dropLast())) }
    }

    @Test
    func privateKeysKeepCoresForm() throws {
        let key = try PrivateKey(bytes: [UInt8](repeating: 3, count: 32))
        let encoded = LegacyPrivateKey.encode(key)
        #expect(encoded.count == 214)
        let decoded = try LegacyPrivateKey.decode(encoded[...], isCompressed: true)
        #expect(decoded.publicKey == key.publicKey)
        #expect(throws: WalletRecordError.self) {
            try LegacyPrivateKey.decode(encoded.prefix(30), isCompressed: true)
        }
    }
}
