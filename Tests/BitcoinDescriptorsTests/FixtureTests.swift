import BitcoinCrypto
import BitcoinDescriptors
import BitcoinPrimitives
import BitcoinScript
import Foundation
import TestData
import Testing

/// What Core said about the seven wallets of the fixture, compared with what this module makes of their descriptors.
struct FixtureTests {
    struct Wallet: Sendable {
        var name: String
        var descriptors: [String]
        var privateDescriptors: [String]
        var ranges: [String: Int]
        var coins: [Facts]
        var addresses: [Facts]
    }

    struct Facts: Sendable {
        var script: String
        var descriptor: String
        var parents: [String]
        var address: String?
        var keyPath: String?
        var innerScript: String?
        var type: String?
        var keys: [String]?
    }

    static let wallets: [Wallet] = {
        guard let bytes = SharedFiles.unpacked("fixtures/core-regtest/facts.json.xz"),
            let facts = (try? JSONSerialization.jsonObject(with: Data(bytes))) as? [String: Any],
            let wallets = facts["wallets"] as? [String: [String: Any]]
        else { return [] }
        return wallets.sorted { $0.key < $1.key }.map { name, wallet in
            let rows = descriptorRows(wallet["listdescriptors"])
            let addresses = (wallet["addresses"] as? [String: [String: Any]] ?? [:]).values.map { readFacts($0) }
            return Wallet(
                name: name, descriptors: rows.compactMap { $0["desc"] as? String },
                privateDescriptors: descriptorRows(wallet["listdescriptors_private"]).compactMap {
                    $0["desc"] as? String
                },
                ranges: Dictionary(
                    uniqueKeysWithValues: rows.compactMap { row in
                        guard let text = row["desc"] as? String, let range = row["range"] as? [Int] else { return nil }
                        return (text, range[1])
                    }),
                coins: (wallet["listunspent"] as? [[String: Any]] ?? []).map { readFacts($0) }, addresses: addresses)
        }
    }()

    private static func descriptorRows(_ value: Any?) -> [[String: Any]] {
        (value as? [String: Any])?["descriptors"] as? [[String: Any]] ?? []
    }

    private static func readFacts(_ row: [String: Any]) -> Facts {
        Facts(
            script: row["scriptPubKey"] as? String ?? "", descriptor: row["desc"] as? String ?? "",
            parents: row["parent_descs"] as? [String] ?? (row["parent_desc"] as? String).map { [$0] } ?? [],
            address: row["address"] as? String, keyPath: row["hdkeypath"] as? String,
            innerScript: row["hex"] as? String ?? row["witnessScript"] as? String ?? row["redeemScript"] as? String,
            type: row["script"] as? String, keys: row["pubkeys"] as? [String])
    }

    private static func parse(_ text: String) throws -> Descriptor {
        try #require(try Descriptor.parse(text, on: .regtest, requiringChecksum: true).descriptors.first)
    }

    @Test func everyDescriptorReadsBackAsItWasWritten() throws {
        for wallet in Self.wallets {
            for text in wallet.descriptors {
                let descriptor = try Self.parse(text)
                #expect(descriptor.description == text)
                #expect(descriptor.isRange)
                #expect(descriptor.isSolvable)
                #expect(descriptor.normalizedText() == text)
            }
        }
    }

    @Test func privateDescriptorsNormalizeToThePublicOnes() throws {
        for wallet in Self.wallets {
            var normalized: Set<String> = []
            for text in wallet.privateDescriptors {
                let (descriptors, keys) = try Descriptor.parse(text, on: .regtest, requiringChecksum: true)
                let descriptor = try #require(descriptors.first)
                let provider = FlatSigningProvider(privateKeys: keys)
                #expect(!keys.isEmpty)
                let secret = try #require(descriptor.privateText(provider: provider))
                #expect(secret.text == text)
                #expect(secret.hasPrivateKeys)
                #expect(!descriptor.description.contains("tprv"))
                normalized.insert(try #require(descriptor.normalizedText(provider: provider)))

                // What was learnt while the keys were there replaces them.
                #expect(descriptor.expand(at: 0) == nil)
                let unlocked = try #require(descriptor.expand(at: 5, provider: provider))
                let locked = try #require(descriptor.expand(at: 5, from: unlocked.learnt))
                #expect(unlocked.scripts == locked.scripts)
                #expect(descriptor.normalizedText(cache: unlocked.learnt).map(normalized.contains) == true)
                let privateKeys = descriptor.privateKeys(at: 5, provider: provider)
                #expect(!privateKeys.isEmpty)
                for (id, key) in privateKeys { #expect(unlocked.provider.publicKeys[id] == key.publicKey) }
            }
            if !wallet.privateDescriptors.isEmpty { #expect(normalized == Set(wallet.descriptors)) }
        }
    }

    @Test(arguments: wallets.map(\.name))
    func everyAddressAndCoinDerivesFromItsDescriptor(name: String) throws {
        let wallet = try #require(Self.wallets.first { $0.name == name })
        var expansions: [Script: [(descriptor: String, index: UInt32, expansion: DescriptorExpansion)]] = [:]
        for text in wallet.descriptors {
            let descriptor = try Self.parse(text)
            let cache = try #require(descriptor.expand(at: 0)).learnt
            for index in 0...UInt32(wallet.ranges[text] ?? 0) {
                let expansion = try #require(descriptor.expand(at: index, from: cache))
                let script = try #require(expansion.scripts.first)
                expansions[script, default: []].append((text, index, expansion))
            }
        }
        for facts in wallet.addresses + wallet.coins {
            let script = try #require(Script(hex: facts.script))
            let found = try #require(expansions[script], "no descriptor of \(name) gives \(facts.script)")
            #expect(Set(found.map(\.descriptor)) == Set(facts.parents))
            let expansion = found[0].expansion
            let inferred = Descriptor.infer(script, provider: expansion.provider, on: .regtest)
            #expect(inferred.description == facts.descriptor)
            #expect(inferred.isSolvable)
            if let address = facts.address {
                #expect(Destination(scriptPubKey: script)?.address(on: .regtest) == address)
                #expect(try Destination(address: address, on: .regtest).scriptPubKey == script)
            }
            if let inner = facts.innerScript {
                #expect(expansion.provider.scripts.values.contains { $0.hex == inner })
                if let type = facts.type { #expect(Script(hex: inner)?.template.typeName == type) }
            }
            if let path = facts.keyPath {
                #expect(expansion.provider.origins.values.contains { $0.pathText == path })
            }
        }
    }
}
