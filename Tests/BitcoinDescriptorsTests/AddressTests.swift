import BitcoinCrypto
import BitcoinPrimitives
import BitcoinScript
import ByteCoding
import Foundation
import TestData
import Testing

struct AddressTests {
    @Test(arguments: [
        ("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "76a91477bff20c60e522dfaa3350c39b030a5d004e839a88ac", "pubkeyhash"),
        ("3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", "a914b472a266d0bd89c13706a4132ccfb16f7c3b9fcb87", "scripthash"),
        (
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "0014751e76e8199196d454941c45d1b3a323f1433bd6",
            "witness_v0_keyhash"
        ),
        (
            "bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3",
            "00201863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262", "witness_v0_scripthash"
        ),
        (
            "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
            "512079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798", "witness_v1_taproot"
        ),
        ("bc1sw50qgdz25j", "6002751e", "witness_unknown"),
        ("bc1pfeessrawgf", "51024e73", "anchor"),
        (
            "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y",
            "5128751e76e8199196d454941c45d1b3a323f1433bd6751e76e8199196d454941c45d1b3a323f1433bd6", "witness_unknown"
        ),
    ])
    func addressesGoBothWays(address: String, script: String, type: String) throws {
        let destination = try Destination(address: address, on: .main)
        #expect(destination.scriptPubKey.hex == script)
        #expect(destination.address(on: .main) == address)
        let back = try #require(Script(hex: script))
        #expect(back.template.typeName == type)
        #expect(Destination(scriptPubKey: back) == destination)
        #expect(throws: AddressError.self) { _ = try Destination(address: address, on: .regtest) }
    }

    @Test(arguments: [
        ("", AddressError.invalidBase58Checksum), ("x", .invalidBase58Checksum), ("0", .unknownEncoding),
        ("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3", .invalidBase58Checksum),
        ("mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn", .unsupportedBase58),
        ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh", .versionZeroNeedsBech32),
        (
            "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4",
            .invalidBech32(Bech32.Diagnosis(fault: .invalidBase32, positions: [59]))
        ),
        ("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd", .laterVersionNeedsBech32m),
        ("BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R", .invalidWitnessVersion),
        ("bc1pw5dgrnzv", .invalidProgramSize(1)),
        (
            "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v8n0nx0muaewav253zgeav", .invalidProgramSize(41)
        ),
        ("BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P", .invalidVersionZeroSize(16)),
        ("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf", .invalidPadding),
        ("bc1gmk9yu", .emptyBech32),
        ("bc1", .invalidBech32(Bech32.Diagnosis(fault: .invalidSeparatorPosition, positions: [2]))),
        (
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
            .invalidBech32(Bech32.Diagnosis(fault: .invalidBech32Checksum, positions: [41]))
        ),
        (
            "bc1Qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
            .invalidBech32(Bech32.Diagnosis(fault: .invalidCharacter, positions: [3]))
        ),
    ])
    func malformedAddressesSayWhatIsWrong(address: String, error: AddressError) {
        #expect(throws: error) { _ = try Destination(address: address, on: .main) }
        #expect(!error.message.isEmpty)
    }

    @Test func coreVectorsOfAddressesAndKeysAgree() throws {
        for entry in SharedFiles.json("vectors/key_io_valid.json") as? [Any] ?? [] {
            let entry = try #require(entry as? [Any])
            let text = try #require(entry[0] as? String)
            let payload = try #require(entry[1] as? String)
            let facts = try #require(entry[2] as? [String: Any])
            let chain = try #require(facts["chain"] as? String)
            let network = try #require(Network(chainName: chain))
            if facts["isPrivkey"] as? Bool == true {
                let key = try PrivateKey(walletImportFormat: text, on: network)
                #expect(Hex.encode(key.secret.exposed()) == payload)
                #expect(key.isCompressed == (facts["isCompressed"] as? Bool))
                #expect(key.walletImportFormat(on: network) == text)
                #expect(throws: AddressError.self) { _ = try Destination(address: text, on: network) }
            } else {
                let destination = try Destination(address: text, on: network)
                #expect(destination.scriptPubKey.hex == payload)
                #expect(destination.address(on: network)?.lowercased() == text.lowercased())
                if facts["tryCaseFlip"] as? Bool == true {
                    let flipped = text == text.lowercased() ? text.uppercased() : text.lowercased()
                    #expect(try Destination(address: flipped, on: network) == destination)
                }
                #expect(throws: KeyError.self) { _ = try PrivateKey(walletImportFormat: text, on: network) }
            }
        }
        for entry in SharedFiles.json("vectors/key_io_invalid.json") as? [Any] ?? [] {
            let text = try #require((entry as? [Any])?.first as? String)
            for network in Network.allCases {
                #expect(throws: AddressError.self, "\(text)") { _ = try Destination(address: text, on: network) }
                #expect(throws: KeyError.self, "\(text)") {
                    _ = try PrivateKey(walletImportFormat: text, on: network)
                }
            }
        }
    }
}
