import BitcoinRPC
import BitcoinWallet
import Testing

/// Core's wallets, attached to Core's chain, give Core's answers.
@Suite(.enabled(if: CoreFixture.cached != nil))
struct CoreWalletTests {
    static let names = ["encrypted", "friend", "main", "miniscript", "multisig", "sp ace-é", "watch"]

    /// The facts hold amounts as strings, so that no reader loses digits; ours must be numbers of that text.
    private func normalized(_ value: JSONValue) -> JSONValue {
        switch value {
        case .number(let text): return .string(text)
        case .array(let values): return .array(values.map(normalized))
        case .object(let object):
            return .object(
                JSONObject(members: object.members.map { .init(key: $0.key, value: normalized($0.value)) }))
        default: return value
        }
    }

    private func expectEqual(_ ours: JSONValue, _ theirs: JSONValue, _ what: String) {
        let left = normalized(ours)
        let right = normalized(theirs)
        guard !left.isEquivalent(to: right) else { return }
        Issue.record("\(what): \(difference(left, right, "") ?? "differs")")
    }

    /// Where two values differ first.
    private func difference(_ left: JSONValue, _ right: JSONValue, _ path: String) -> String? {
        switch (left, right) {
        case (.object(let ours), .object(let theirs)):
            for key in Set(ours.keys).union(theirs.keys).sorted() {
                guard let a = ours[key], let b = theirs[key] else {
                    return "\(path).\(key): ours \(ours[key]?.write() ?? "missing"), "
                        + "Core's \(theirs[key]?.write() ?? "missing")"
                }
                if let text = difference(a, b, path + "." + key) { return text }
            }
            return nil
        case (.array(let ours), .array(let theirs)):
            for (index, (a, b)) in zip(ours, theirs).enumerated() {
                if let text = difference(a, b, path + "[\(index)]") { return text }
            }
            return ours.count == theirs.count ? nil : "\(path): ours has \(ours.count), Core's \(theirs.count)"
        default: return left == right ? nil : "\(path): ours \(left.write()), Core's \(right.write())"
        }
    }

    /// Rows sorted by what identifies them: Core lists coins in the order of a hash table.
    private func sorted(_ coins: JSONValue) -> JSONValue {
        func key(_ row: JSONValue) -> String { (row["txid"].stringValue ?? "") + ":" + row["vout"].write() }
        return .array((coins.arrayValue ?? []).sorted { key($0) < key($1) })
    }

    @Test(.timeLimit(.minutes(5)), arguments: names)
    func walletGivesCoresAnswers(name: String) async throws {
        let fixture = try #require(CoreFixture.cached)
        let facts = fixture.facts["wallets"][name]
        let service = try fixture.service(
            name, walletDirectory: try fixture.copyWallets(), chain: fixture.chain())
        try await service.start()
        expectEqual(try await service.call("getwalletinfo"), facts["getwalletinfo"], "getwalletinfo")
        expectEqual(try await service.call("getbalances"), facts["getbalances"], "getbalances")
        expectEqual(
            sorted(try await service.call("listunspent")), sorted(facts["listunspent"]), "listunspent")
        expectEqual(
            try await service.call("listtransactions", ["*", 1_000_000]), facts["listtransactions"],
            "listtransactions")
        expectEqual(try await service.call("listlabels"), facts["listlabels"], "listlabels")
        expectEqual(try await service.call("listdescriptors"), facts["listdescriptors"], "listdescriptors")
        if !facts["listdescriptors_private"].isNull {
            expectEqual(
                try await service.call("listdescriptors", [true]), facts["listdescriptors_private"],
                "listdescriptors private")
        }
        let addresses = try #require(facts["addresses"].objectValue)
        #expect(addresses.count > 10)
        for member in addresses.members {
            expectEqual(
                try await service.call("getaddressinfo", [.string(member.key)]), member.value,
                "getaddressinfo \(member.key)")
        }
        try await service.stop()
    }

    /// What Core's `getblock` shows of a transaction, it shows as `decoded` too, without fee, coins and bytes.
    @Test(.timeLimit(.minutes(5)))
    func verboseTransactionsAreDecodedAsInBlocks() async throws {
        let fixture = try #require(CoreFixture.cached)
        let service = try fixture.service(
            "main", walletDirectory: try fixture.copyWallets(), chain: fixture.chain())
        try await service.start()
        var (found, changes) = (0, 0)
        for height in ["1", "121", "150", "208"] {
            for shown in fixture.facts["block_verbose"][height]["tx"].arrayValue ?? [] {
                guard let ours = try? await service.call("gettransaction", [shown["txid"], .null, true]) else {
                    continue
                }
                found += 1
                let decoded = try #require(ours["decoded"].objectValue)
                #expect(ours["hex"] == shown["hex"])
                let outputs = decoded["vout"]?.arrayValue ?? []
                changes += outputs.count { $0["ischange"] == true }
                // A block adds the transaction's bytes and what its inputs spend.
                let inBlock = JSONObject(
                    members: (shown.objectValue?.members ?? []).filter { $0.key != "hex" && $0.key != "fee" })
                expectEqual(without(.object(decoded), ["ischange"]), without(.object(inBlock), ["prevout"]), height)
                // What `getaddressinfo` calls change is change here.
                for output in outputs {
                    guard let address = output["scriptPubKey"]["address"].stringValue else { continue }
                    let info = try await service.call("getaddressinfo", [.string(address)])
                    #expect((output["ischange"] == true) == (info["ischange"] == true), "\(address)")
                }
            }
        }
        #expect(found > 3 && changes > 0, "\(found) transactions, \(changes) changes")
        try await service.stop()
    }

    /// A value without the members of these names, at any depth.
    private func without(_ value: JSONValue, _ keys: Set<String>) -> JSONValue {
        switch value {
        case .array(let values): .array(values.map { without($0, keys) })
        case .object(let object):
            .object(
                JSONObject(
                    members: object.members.filter { !keys.contains($0.key) }
                        .map { .init(key: $0.key, value: without($0.value, keys)) }))
        default: value
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: names)
    func attachingLeavesTheFileAsItWas(name: String) async throws {
        let fixture = try #require(CoreFixture.cached)
        let directory = try fixture.copyWallets()
        let before = try records(directory + "/" + name)
        let service = try fixture.service(name, walletDirectory: directory, chain: fixture.chain())
        try await service.start()
        try await service.stop()
        let after = try records(directory + "/" + name)
        let changed = Set(before.keys).union(after.keys).filter { before[$0] != after[$0] }
        #expect(changed.map { String(decoding: $0.prefix(24), as: UTF8.self) } == [])
    }

    private func records(_ directory: String) throws -> [[UInt8]: [UInt8]] {
        let database = try WalletDatabase(
            path: directory + "/wallet.dat", mode: .readOnly, messageStart: [0xfa, 0xbf, 0xb5, 0xda])
        return Dictionary(uniqueKeysWithValues: try database.records().map { ($0.key, $0.value) })
    }

    @Test(.timeLimit(.minutes(5)))
    func passphraseUnlocksTheEncryptedWallet() async throws {
        let fixture = try #require(CoreFixture.cached)
        let service = try fixture.service(
            "encrypted", walletDirectory: try fixture.copyWallets(), chain: fixture.chain())
        try await service.start()
        await #expect(throws: RPCError.self) { try await service.call("listdescriptors", [true]) }
        await #expect(
            throws: RPCError(
                .walletPassphraseIncorrect, "Error: The wallet passphrase entered was incorrect.")
        ) { try await service.call("walletpassphrase", ["wrong", 60]) }
        let passphrase = try #require(fixture.facts["passphrase"]["encrypted"].stringValue)
        #expect(try await service.call("walletpassphrase", [.string(passphrase), 60]) == .null)
        let text = try await service.call("listdescriptors", [true]).write()
        #expect(text.contains("tprv"))
        let info = try await service.call("getwalletinfo")
        #expect(info["unlocked_until"].intValue == fixture.mockTime + 60)
        #expect(try await service.call("walletlock") == .null)
        await #expect(throws: RPCError.self) { try await service.call("listdescriptors", [true]) }
        try await service.stop()
    }
}
