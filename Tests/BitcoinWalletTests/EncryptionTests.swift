import BitcoinCrypto
import BitcoinDescriptors
import BitcoinInterfaces
import BitcoinPrimitives
import BitcoinRPC
import BitcoinWallet
import ByteCoding
import Testing

/// Encrypted wallets, with a file made here.
@Suite(.timeLimit(.minutes(5)))
struct EncryptionTests {
    /// A wallet of one descriptor whose key is encrypted by the passphrase "correct".
    private func makeWallet(damaged: Bool = false) throws -> String {
        let directory = try Synthetic.directory()
        let path = directory + "/wallet.dat"
        try WalletFactory.create(
            at: path, options: CreateWalletOptions(blank: true, disablePrivateKeys: false, avoidReuse: false),
            network: .regtest)
        let database = try WalletDatabase(path: path, mode: .existing, messageStart: [0xfa, 0xbf, 0xb5, 0xda])
        let masterKey = SecretBytes([UInt8](repeating: 9, count: 32))
        let record = try #require(
            WalletCipher.record(
                masterKey: masterKey, passphrase: SecretBytes(Array("correct".utf8)),
                salt: [1, 2, 3, 4, 5, 6, 7, 8], iterations: 25))
        try database.write(RecordType.masterKey.key { $0.writeUInt32(1) }, record.encoded)
        let keys = try [1, 2].map { try PrivateKey(bytes: [UInt8](repeating: $0, count: 32)) }
        let text = "wsh(multi(1,\(keys.map { Hex.encode($0.publicKey.bytes) }.joined(separator: ","))))"
        let descriptor = try Descriptor.parse(text, on: .regtest).descriptors[0]
        let descriptorRecord = DescriptorRecord(
            descriptor: descriptor.description, creationTime: 1, nextIndex: 0, rangeStart: 0, rangeEnd: 1)
        try database.write(RecordType.descriptor.key { $0.writeHash256(descriptor.id) }, descriptorRecord.encoded)
        for (index, key) in keys.enumerated() {
            var ciphertext = try WalletCipher.encrypt(key, publicKey: key.publicKey, masterKey: masterKey)
            if damaged, index == 1 { ciphertext[0] ^= 1 }
            var value = ByteWriter()
            value.writeSizedBytes(ciphertext)
            let recordKey = RecordType.descriptorEncryptedKey.key { writer in
                writer.writeHash256(descriptor.id)
                writer.writeSizedBytes(key.publicKey.bytes)
            }
            try database.write(recordKey, value.bytes)
        }
        return directory
    }

    private func service(_ directory: String) async throws -> WalletService {
        let service = try makeService(
            "", walletDirectory: directory, chain: TestChain(blocks: Synthetic.chain(to: 1), time: 1_000))
        try await service.start()
        return service
    }

    @Test
    func wrongPassphraseIsRefusedAndTheRightOneUnlocks() async throws {
        let wallet = try await service(try makeWallet())
        #expect(try await wallet.getInfo() as WalletInfo == wallet.getInfo())
        #expect(try await (wallet.getInfo() as WalletInfo).locked)
        #expect(try await wallet.unlock(passphrase: Array("wrong".utf8), seconds: 60) == false)
        #expect(try await wallet.unlock(passphrase: Array("correct".utf8), seconds: 60) == true)
        let info: WalletInfo = try await wallet.getInfo()
        #expect(!info.locked && info.unlockedUntil == 1_060)
        #expect(try await wallet.call("listdescriptors", [true]).write().contains("cMceqP"))
        try await wallet.lock()
        #expect(try await (wallet.getInfo() as WalletInfo).locked)
        await #expect(throws: RPCError.self) { try await wallet.call("listdescriptors", [true]) }
        try await wallet.stop()
    }

    @Test
    func walletLocksWhenItsTimeIsOver() async throws {
        let wallet = try await service(try makeWallet())
        #expect(try await wallet.unlock(passphrase: Array("correct".utf8), seconds: 1))
        for _ in 0..<300 {
            if try await (wallet.getInfo() as WalletInfo).locked { break }
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(try await (wallet.getInfo() as WalletInfo).locked)
        try await wallet.stop()
    }

    @Test
    func keysThatDecryptInPartAreToldApart() async throws {
        let wallet = try await service(try makeWallet(damaged: true))
        // Which key is tried first is not certain; either way the wallet stays locked.
        let unlocked = try? await wallet.unlock(passphrase: Array("correct".utf8), seconds: 60)
        #expect(unlocked != true)
        #expect(try await (wallet.getInfo() as WalletInfo).locked)
        try await wallet.stop()
    }

    @Test
    func passphraseOfAPlainWalletIsAnError() async throws {
        let directory = try Synthetic.directory()
        let wallet = try makeService(
            "plain", walletDirectory: directory, chain: TestChain(blocks: Synthetic.chain(to: 1), time: 1_000),
            create: CreateWalletOptions(blank: true, disablePrivateKeys: true, avoidReuse: false))
        try await wallet.start()
        await #expect(
            throws: RPCError(
                .walletWrongEncryptionState,
                "Error: running with an unencrypted wallet, but walletpassphrase was called.")
        ) { try await wallet.call("walletpassphrase", ["x", 1]) }
        await #expect(
            throws: RPCError(
                .walletWrongEncryptionState, "Error: running with an unencrypted wallet, but walletlock was called.")
        ) { try await wallet.call("walletlock") }
        try await wallet.stop()
    }
}
