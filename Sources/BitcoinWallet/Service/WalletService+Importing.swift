import BitcoinCrypto
import BitcoinDescriptors
import BitcoinInterfaces
import BitcoinPrimitives
import BitcoinRPC
import BitcoinScript
import Logging

// Taking descriptors in.
extension WalletService {
    /// Imports descriptors and scans the chain for them.
    ///
    /// - Returns: A result for each request, with Core's texts.
    /// - Throws: `RPCError` for what makes Core refuse all of them.
    func importDescriptors(_ requests: [JSONValue]) async throws -> [JSONValue] {
        guard runningScan == nil else {
            throw RPCError(.walletError, "Wallet is currently rescanning. Abort existing rescan or wait.")
        }
        try requireEngine().ensureUnlocked()
        let last = try requireEngine().lastBlock
        var found: FoundBlock?
        if let last { found = try await chain.findBlock(hash: last.hash) }
        let engine = try requireEngine()
        var earliest = found?.time ?? 0
        var results: [JSONValue] = []
        var isAnyImported = false
        for request in requests {
            let timestamp = max(try Self.timestamp(request, now: found?.medianTime ?? 0), 1)
            let result = importDescriptor(request, timestamp: timestamp, engine)
            earliest = min(earliest, timestamp)
            if result["success"] == true { isAnyImported = true }
            results.append(result)
        }
        engine.refreshOwnOutputs()
        publish()
        if isAnyImported { try await rescan(notBefore: earliest) }
        return results
    }

    /// Scans from the first block that may hold something of that time, then the mempool.
    private func rescan(notBefore time: Int64) async throws {
        guard let tip = try await chain.getTip() else { return }
        let start = try await firstBlock(from: 0, notBefore: time, tip: tip.height)
        if let start {
            log("Rescanning last \(tip.height - start + 1) blocks")
            do {
                try await scan(from: start, isRescan: true)
            } catch is CancellationError {
                log("Rescan aborted: its caller is gone. Import again to find older transactions", level: .warning)
                throw RPCError(.miscellaneous, "Rescan aborted by user.")
            } catch {
                throw RPCError(.miscellaneous, "Rescan failed: \(error)")
            }
            let engine = try requireEngine()
            try await writeLocator(engine)
        }
        try await replayMempool()
        publish()
    }

    private static func timestamp(_ request: JSONValue, now: Int64) throws(RPCError) -> Int64 {
        let value = request["timestamp"]
        switch value {
        case .number: return try value.requireInteger()
        case "now": return now
        default:
            guard request.objectValue?["timestamp"] != nil else {
                throw RPCError(.typeError, "Missing required timestamp field for key")
            }
            throw RPCError(
                .typeError, "Expected number or \"now\" timestamp value for key. got type \(value.typeName)")
        }
    }

    private func importDescriptor(_ request: JSONValue, timestamp: Int64, _ engine: WalletEngine) -> JSONValue {
        var warnings: [String] = []
        var result: JSONObject
        do {
            let imported = try DescriptorImport(
                request, network: network, keyPoolSize: engine.keyPoolSize, warnings: &warnings)
            try engine.add(imported, timestamp: timestamp, warnings: &warnings)
            result = ["success": true]
        } catch {
            result = ["success": false, "error": RPCError(error).json]
        }
        if !warnings.isEmpty { result.append("warnings", .array(warnings.map { .string($0) })) }
        return .object(result)
    }
}

/// One request of `importdescriptors`, read and checked.
struct DescriptorImport {
    var text: String
    var descriptors: [Descriptor]
    var privateKeys: [KeyID: PrivateKey]
    var isActive: Bool
    var isInternal: Bool
    var label: String
    var range: Range<Int32>
    var nextIndex: Int32

    /// Reads a request.
    ///
    /// - Throws: `RPCError` with Core's texts.
    init(_ request: JSONValue, network: Network, keyPoolSize: Int32, warnings: inout [String]) throws(RPCError) {
        guard let object = request.objectValue, object["desc"] != nil else {
            throw RPCError(.invalidParameter, "Descriptor not found.")
        }
        text = try request["desc"].requireString()
        isActive = request["active"].isNull ? false : try request["active"].requireBool()
        label = try WalletEngine.label(request["label"])
        do throws(DescriptorError) {
            (descriptors, privateKeys) = try Descriptor.parse(text, on: network, requiringChecksum: true)
        } catch {
            throw RPCError(.invalidAddressOrKey, error.message)
        }
        isInternal = false
        if object["internal"] != nil {
            guard descriptors.count == 1 else {
                throw RPCError(
                    .invalidAddressOrKey, "Cannot have multipath descriptor while also specifying 'internal'")
            }
            isInternal = try request["internal"].requireBool()
        }
        range = 0..<1
        nextIndex = 0
        let isRange = descriptors[0].isRange
        let hasLabel = object["label"] != nil
        func refuse(_ text: String) -> RPCError { RPCError(.invalidParameter, text) }
        if isRange {
            if object["range"] != nil {
                range = try Self.range(request["range"])
            } else {
                warnings.append("Range not given, using default keypool range")
                range = 0..<keyPoolSize
            }
            nextIndex = range.lowerBound
            if object["next_index"] != nil {
                let index: Int64 = try request["next_index"].requireInteger()
                guard let exact = Int32(exactly: index), range.contains(exact) else {
                    throw refuse("next_index is out of range")
                }
                nextIndex = exact
            }
        } else if object["range"] != nil {
            throw refuse("Range should not be specified for an un-ranged descriptor")
        }
        guard !isActive || isRange else { throw refuse("Active descriptors must be ranged") }
        guard descriptors.count == 1 || !hasLabel else { throw refuse("Multipath descriptors should not have a label") }
        guard !isRange || !hasLabel else { throw refuse("Ranged descriptors should not have a label") }
        guard !isInternal || !hasLabel else { throw refuse("Internal addresses should not have a label") }
        guard !isActive || descriptors[0].isSingleType else {
            throw RPCError(.walletError, "Combo descriptors cannot be set to active")
        }
    }

    /// A range given as its end or as `[begin,end]` (Core's `ParseDescriptorRange`).
    private static func range(_ value: JSONValue) throws(RPCError) -> Range<Int32> {
        let low: Int64
        let high: Int64
        if case .number = value {
            low = 0
            high = try value.requireInteger()
        } else if let array = value.arrayValue, array.count == 2, array.allSatisfy({ $0.typeName == "number" }) {
            low = try array[0].requireInteger()
            high = try array[1].requireInteger()
            guard low <= high else {
                throw RPCError(
                    .invalidParameter, "Range specified as [begin,end] must not have begin after end")
            }
        } else {
            throw RPCError(.invalidParameter, "Range must be specified as end or as [begin,end]")
        }
        guard low >= 0 else { throw RPCError(.invalidParameter, "Range should be greater or equal than 0") }
        guard high >= 0, high < Int64(Int32.max) else {
            throw RPCError(.invalidParameter, "End of range is too high")
        }
        guard high < low + 1_000_000 else { throw RPCError(.invalidParameter, "Range is too large") }
        return Int32(low)..<Int32(high + 1)
    }
}

extension WalletEngine {
    /// Makes imported descriptors part of the wallet.
    ///
    /// - Throws: `RPCError` with Core's texts, `DatabaseError`.
    func add(_ imported: DescriptorImport, timestamp: Int64, warnings: inout [String]) throws {
        let isWatchOnly = flags.contains(.disablePrivateKeys)
        guard !isWatchOnly || imported.privateKeys.isEmpty else {
            throw RPCError(.walletError, "Cannot import private keys to a wallet with private keys disabled")
        }
        let provider = FlatSigningProvider(privateKeys: imported.privateKeys)
        for (position, descriptor) in imported.descriptors.enumerated() {
            let isInternal = imported.descriptors.count == 2 ? position == 1 : imported.isInternal
            guard descriptor.expand(at: 0, provider: provider) != nil else {
                throw RPCError(
                    .walletError,
                    "Cannot expand descriptor. Probably because of hardened derivations without private keys provided")
            }
            warnings += descriptor.warnings
            if !isWatchOnly {
                guard !imported.privateKeys.isEmpty else {
                    throw RPCError(
                        .walletError,
                        "Cannot import descriptor without private keys to a wallet with private keys enabled")
                }
                if !descriptor.hasPrivateKeys(in: provider) {
                    warnings.append(
                        "Not all private keys provided. Some wallet functionality may return unexpected errors")
                }
            } else if !descriptor.hasScripts {
                throw RPCError(.walletError, "Cannot import unused() to wallet without private keys enabled")
            }
            let record = DescriptorRecord(
                descriptor: descriptor.description, creationTime: UInt64(clamping: timestamp),
                nextIndex: imported.nextIndex, rangeStart: imported.range.lowerBound,
                rangeEnd: imported.range.upperBound)
            let manager = try add(descriptor, record: record, keys: imported.privateKeys, text: imported.text)
            if !descriptor.isRange, !isInternal { try label(imported.label, manager) }
            guard let type = descriptor.outputType else {
                if imported.isActive {
                    warnings.append("Unknown output type, cannot set descriptor to active.")
                }
                continue
            }
            if imported.isActive {
                try setActive(manager, type: type, isInternal: isInternal)
            } else {
                try setInactive(manager, type: type, isInternal: isInternal)
            }
        }
    }

    private func label(_ label: String, _ manager: DescriptorManager) throws {
        for destination in manager.scripts.keys.compactMap({ Destination(scriptPubKey: $0) }) {
            try setLabel(label, purpose: .receive, of: destination)
        }
    }

    private func add(
        _ descriptor: Descriptor, record: DescriptorRecord, keys: [KeyID: PrivateKey], text: String
    ) throws -> DescriptorManager {
        let manager: DescriptorManager
        let isNew: Bool
        if let known = self.manager(id: descriptor.id) {
            if descriptor.isRange,
                record.rangeStart > known.record.rangeStart || record.rangeEnd < known.record.rangeEnd
            {
                let current = "[\(known.record.rangeStart),\(known.record.rangeEnd - 1)]"
                throw RPCError(
                    .walletError,
                    "Could not add descriptor '\(text)': new range must include current range = \(current)")
            }
            known.restart(record)
            considerBirthTime(Int64(clamping: record.creationTime))
            (manager, isNew) = (known, false)
        } else {
            (manager, isNew) = (DescriptorManager(descriptor: descriptor, record: record), true)
        }
        try database.transaction {
            for key in keys.values { try addKey(key, to: manager) }
            guard try topUp(manager) else {
                throw RPCError(.walletError, "Could not add descriptor '\(text)': Could not top up scriptPubKeys")
            }
            try writeDescriptor(manager)
        }
        if isNew { add(manager) }
        return manager
    }

    /// Keeps a private key with a descriptor, encrypted if the wallet is.
    private func addKey(_ key: PrivateKey, to manager: DescriptorManager) throws {
        let publicKey = key.publicKey
        let id = KeyID(of: publicKey)
        guard manager.keys[id] == nil, manager.encryptedKeys[id] == nil else { return }
        guard isEncrypted else {
            manager.keys[id] = key
            return try writeKey(key, of: manager)
        }
        guard let masterKey else { throw RPCError(.walletError, "writing descriptor private key failed") }
        let ciphertext = try WalletCipher.encrypt(key, publicKey: publicKey, masterKey: masterKey)
        manager.encryptedKeys[id] = (publicKey, ciphertext)
        try writeEncryptedKey(ciphertext, publicKey: publicKey, of: manager)
    }
}
