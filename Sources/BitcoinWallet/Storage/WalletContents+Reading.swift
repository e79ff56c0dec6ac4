import BitcoinCrypto
import BitcoinPrimitives
import BitcoinScript
import ByteCoding
package import SQLite

extension WalletContents {
    /// Reads a wallet file.
    ///
    /// A record that cannot be used becomes one of `problems`, by name; the rest is read nevertheless.
    ///
    /// - Throws: `DatabaseError` when the file cannot be read at all.
    package init(reading database: WalletDatabase) throws(DatabaseError) {
        self.init(records: try database.records())
    }

    /// Makes sense of records sorted by key.
    package init(records: [(key: [UInt8], value: [UInt8])]) {
        var reading = Reading()
        for (key, value) in records { reading.read(key: key, value: value) }
        self = reading.finish()
    }
}

/// The state between two records.
private struct Reading {
    private var contents = WalletContents()
    private var descriptors: [Hash256: WalletContents.Descriptor] = [:]
    private var variants: [TransactionID: [Transaction]] = [:]
    private var locators: [RecordType: BlockLocator] = [:]

    mutating func read(key: [UInt8], value: [UInt8]) {
        var reader = ByteReader(key)
        guard let name = try? reader.readText() else {
            return report("record \(Hex.encode(Array(key.prefix(40))))", "the key has no type", .unknown)
        }
        guard let type = RecordType(rawValue: name) else {
            return report("\(name) record", "this type of record is not known", .unknown)
        }
        guard !type.isLegacy else {
            return report("\(name) record", "a legacy record in a descriptor wallet", .legacy)
        }
        do {
            try read(type, key: &reader, value: value)
        } catch {
            let severity: WalletContents.Problem.Severity =
                switch type {
                case .name, .purpose, .destinationData, .lockedOutput, .nextOrderPosition, .version, .settings,
                    .minimumVersion, .accountEntry:
                    .harmless
                case .bestBlock, .bestBlockNoMerkle: .harmless
                case .descriptor: .unknownDescriptor
                default: .corrupt
                }
            let identity = Hex.encode(Array(key.dropFirst(name.utf8.count + 1).prefix(32)))
            let record = identity.isEmpty ? "\(name) record" : "\(name) record \(identity)"
            let text = (error as? WalletRecordError)?.description ?? WalletRecordError.truncated.description
            report(record, text, severity)
        }
    }

    private mutating func report(_ record: String, _ text: String, _ severity: WalletContents.Problem.Severity) {
        contents.problems.append(WalletContents.Problem(record: record, text: text, severity: severity))
    }

    private mutating func read(_ type: RecordType, key: inout ByteReader, value: [UInt8]) throws {
        var reader = ByteReader(value)
        switch type {
        case .version: contents.clientVersion = try reader.readInt32()
        case .flags: contents.flags = WalletFlags(rawValue: try reader.readUInt64())
        case .nextOrderPosition: contents.nextOrderPosition = try reader.readInt64()
        case .bestBlock, .bestBlockNoMerkle: locators[type] = try BlockLocator(from: &reader)
        case .masterKey:
            let number = try key.readUInt32()
            contents.masterKeys[number] = try MasterKeyRecord(decoding: value)
        case .name: contents.labels[try key.readText()] = try reader.readText()
        case .purpose: contents.purposes[try key.readText()] = try reader.readText()
        case .destinationData:
            let address = try key.readText()
            contents.destinationData.append((address, try key.readText(), try reader.readSizedBytes()))
        case .lockedOutput:
            let transactionID = TransactionID(rawValue: try key.readHash256())
            contents.lockedOutputs.append(OutPoint(transactionID: transactionID, index: try key.readUInt32()))
        case .activeExternalManager, .activeInternalManager: try readActive(type, key: &key, value: &reader)
        case .transaction:
            let record = try TransactionRecord(decoding: value)
            guard record.transaction.id.rawValue == (try key.readHash256()) else {
                throw WalletRecordError.invalid("the transaction is another than the key says")
            }
            contents.transactions.append(WalletContents.StoredTransaction(record: record))
        case .witnessVariant:
            let id = TransactionID(rawValue: try key.readHash256())
            let transaction = try Transaction(decoding: value)
            guard transaction.id == id else {
                throw WalletRecordError.invalid("Corrupted witness variant, tx hash differs")
            }
            variants[id, default: []].append(transaction)
        case .descriptor:
            let id = try key.readHash256()
            var descriptor = descriptors[id] ?? placeholder(id)
            descriptor.record = try DescriptorRecord(decoding: value)
            descriptors[id] = descriptor
        case .descriptorCache, .descriptorLastHardenedCache, .descriptorKey, .descriptorEncryptedKey:
            try readOfDescriptor(type, key: &key, value: &reader)
        default: break
        }
    }

    /// Records of a descriptor may come before the descriptor itself; an empty one stands in for it.
    private func placeholder(_ id: Hash256) -> WalletContents.Descriptor {
        WalletContents.Descriptor(
            id: id,
            record: DescriptorRecord(descriptor: "", creationTime: 0, nextIndex: 0, rangeStart: 0, rangeEnd: 0))
    }

    private mutating func readActive(_ type: RecordType, key: inout ByteReader, value: inout ByteReader) throws {
        let isInternal = type == .activeInternalManager
        guard let kind = OutputType(walletNumber: try key.readUInt8()) else {
            throw WalletRecordError.invalid("the kind of address is not known")
        }
        contents.active.append(.init(kind: kind, isInternal: isInternal, id: try value.readHash256()))
    }

    private mutating func readOfDescriptor(_ type: RecordType, key: inout ByteReader, value: inout ByteReader) throws {
        let id = try key.readHash256()
        var descriptor = descriptors[id] ?? placeholder(id)
        switch type {
        case .descriptorCache:
            let expression = try key.readUInt32()
            let extendedKey = try readExtendedKey(&value)
            if key.isAtEnd {
                descriptor.parentCache[expression] = extendedKey
            } else {
                descriptor.derivedCache[expression, default: [:]][try key.readUInt32()] = extendedKey
            }
        case .descriptorLastHardenedCache:
            descriptor.lastHardenedCache[try key.readUInt32()] = try readExtendedKey(&value)
        default:
            guard let publicKey = try? PublicKey(bytes: try key.readSizedBytes()) else {
                let kind = type == .descriptorKey ? "unencrypted" : "encrypted"
                throw WalletRecordError.invalid(
                    "Error reading wallet database: descriptor \(kind) key CPubKey corrupt")
            }
            if type == .descriptorEncryptedKey {
                descriptor.encryptedKeys.append((publicKey, try value.readSizedBytes()))
            } else {
                let bytes = try value.readSizedSlice()
                guard SHA256d.hash(publicKey.bytes + bytes) == (try value.readHash256()) else {
                    throw WalletRecordError.invalid(
                        "Error reading wallet database: descriptor unencrypted key CPubKey/CPrivKey corrupt")
                }
                let secret = try LegacyPrivateKey.decode(bytes, isCompressed: publicKey.isCompressed)
                descriptor.keys.append((publicKey, secret))
            }
        }
        descriptors[id] = descriptor
    }

    private func readExtendedKey(_ value: inout ByteReader) throws -> [UInt8] {
        let bytes = try value.readSizedBytes()
        guard bytes.count == 74 else { throw WalletRecordError.invalid("an extended key is not 74 bytes") }
        return bytes
    }

    mutating func finish() -> WalletContents {
        // The first is empty where the second one counts: versions that need a merkle branch then scan again.
        let preferred = locators[.bestBlock] ?? BlockLocator()
        contents.locator = preferred.isEmpty ? locators[.bestBlockNoMerkle] ?? BlockLocator() : preferred
        let ids = descriptors.keys.sorted { $0.precedesInByteOrder($1) }
        for id in ids {
            guard let descriptor = descriptors[id] else { continue }
            if descriptor.record.descriptor.isEmpty {
                let alreadyKnown = contents.problems.contains { $0.severity == .unknownDescriptor }
                // Caches and keys of a descriptor that could not be read were reported with it.
                if !alreadyKnown {
                    report(
                        WalletContents.Problem.name(of: .descriptor, id), "it is missing but has keys or caches",
                        .harmless)
                }
            } else {
                contents.descriptors.append(descriptor)
            }
        }
        for index in contents.transactions.indices {
            let id = contents.transactions[index].record.transaction.id
            contents.transactions[index].variants = variants.removeValue(forKey: id) ?? []
        }
        for id in variants.keys { report("wtxvariant record \(id)", "its transaction is missing", .harmless) }
        return contents
    }
}
