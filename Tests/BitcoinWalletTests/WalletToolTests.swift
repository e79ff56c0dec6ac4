import BitcoinCrypto
import BitcoinInterfaces
import BitcoinPrimitives
import BitcoinWallet
import ByteCoding
import Foundation
import Testing

/// The commands that need no node.
@Suite(.timeLimit(.minutes(5)))
struct WalletToolTests {
    private let withKeys = CreateWalletOptions(blank: false, disablePrivateKeys: false, avoidReuse: false)

    @Test
    func createdWalletIsDescribed() throws {
        let directory = try Synthetic.directory()
        let text = try WalletTool.create(
            name: "new", walletDirectory: directory, network: .regtest, options: withKeys, keyPoolSize: 3)
        let info = """
            Wallet info
            ===========
            Name: new
            Format: sqlite
            Descriptors: yes
            Encrypted: no
            HD (hd seed available): yes
            Keypool Size: 24
            Transactions: 0
            Address Book: 0

            """
        #expect(text == "Topping up keypool...\n" + info)
        #expect(try WalletTool.info(name: "new", walletDirectory: directory, network: .regtest) == info)
        #expect(throws: WalletFileError.alreadyExists(path: directory + "/new")) {
            try WalletTool.create(
                name: "new", walletDirectory: directory, network: .regtest, options: withKeys)
        }
        #expect(throws: WalletToolError.emptyName) {
            try WalletTool.create(name: "", walletDirectory: directory, network: .regtest, options: withKeys)
        }
        #expect(throws: WalletFileError.badFormat(path: directory + "/new")) {
            try WalletTool.info(name: "new", walletDirectory: directory, network: .main)
        }
    }

    @Test
    func dumpEndsInItsChecksum() throws {
        let directory = try Synthetic.directory()
        _ = try WalletTool.create(
            name: "w", walletDirectory: directory, network: .regtest,
            options: CreateWalletOptions(blank: true, disablePrivateKeys: true, avoidReuse: false))
        let file = directory + "/w.dump"
        _ = try WalletTool.dump(name: "w", walletDirectory: directory, network: .regtest, dumpFile: file)
        let text = String(decoding: try Data(contentsOf: URL(filePath: file)), as: UTF8.self)
        let lines = text.split(separator: "\n")
        #expect(lines.prefix(2) == ["BITCOIN_CORE_WALLET_DUMP,1", "format,sqlite"])
        let body = lines.dropLast().joined(separator: "\n") + "\n"
        #expect(lines.last == "checksum,\(Hex.encode(SHA256d.hash(Array(body.utf8)).bytes))")
        #expect(throws: WalletToolError.fileExists(file)) {
            try WalletTool.dump(name: "w", walletDirectory: directory, network: .regtest, dumpFile: file)
        }
        #expect(throws: WalletToolError.noDumpFile) {
            try WalletTool.dump(name: "w", walletDirectory: directory, network: .regtest, dumpFile: "")
        }
    }

    @Test(arguments: [
        ("a/../b", "Wallet name given as a path must be normalized"), ("/", "Wallet name cannot be the root path"),
        (
            "../w",
            "Wallet name given as a relative path cannot begin with ./ or ../, for wallets not in the walletdir, "
                + "please use an absolute path."
        ),
    ])
    func namesThatLeadNowhereAreRefused(name: String, text: String) {
        #expect(throws: WalletFileError.invalidPath(text)) { try WalletLocation(name: name, in: "/wallets") }
    }

    @Test
    func walletsOnDiskAreListed() throws {
        let directory = try Synthetic.directory()
        for name in ["b", "a/inner"] {
            _ = try WalletTool.create(
                name: name, walletDirectory: directory, network: .regtest,
                options: CreateWalletOptions(blank: true, disablePrivateKeys: true, avoidReuse: false))
        }
        try FileManager.default.createDirectory(atPath: directory + "/empty", withIntermediateDirectories: true)
        #expect(
            WalletLocation.list(in: directory, messageStart: [0xfa, 0xbf, 0xb5, 0xda]) == ["a/inner", "b"])
    }
}
