import BitcoinCrypto
package import BitcoinDescriptors
package import BitcoinPrimitives
package import BitcoinScript
import ByteCoding

// Descriptors and the addresses that come from them.
extension WalletEngine {
    /// Descriptors that new addresses come from.
    package var activeManagers: [DescriptorManager] {
        managers.filter { manager in
            activeExternal.values.contains { $0 === manager } || activeInternal.values.contains { $0 === manager }
        }
    }

    /// Whether an active descriptor is for change; nil for one that is not active.
    package func isInternal(_ manager: DescriptorManager) -> Bool? {
        if activeInternal.values.contains(where: { $0 === manager }) { return true }
        return activeExternal.values.contains { $0 === manager } ? false : nil
    }

    /// Descriptors that make a script.
    package func managers(of script: Script) -> [DescriptorManager] { scripts[script] ?? [] }

    /// What is known about a script of the wallet; no private keys.
    package func solvingProvider(for script: Script) -> FlatSigningProvider? {
        scripts[script]?.first?.provider(for: script)
    }

    /// The descriptors of a script, for others to use without private keys.
    package func parentDescriptors(of script: Script) -> [String] {
        managers(of: script).compactMap { $0.normalizedText(masterKey: masterKey) }
    }

    /// Makes the range of every active descriptor reach far enough beyond the next address.
    ///
    /// - Parameter slack: By how much the reach may fall short. A wallet that gave out an address is one short until
    ///   the next time, and opening it should change nothing.
    /// - Throws: `DatabaseError`.
    package func topUpKeyPool(slack: Int32 = 0) throws {
        for manager in activeManagers where manager.keyPoolSize + Int64(slack) < Int64(keyPoolSize) {
            try topUp(manager)
        }
    }

    /// Makes the range of a descriptor reach far enough, and writes what is new.
    ///
    /// - Returns: False when a private key is needed and the wallet is locked.
    /// - Throws: `DatabaseError`.
    @discardableResult
    func topUp(_ manager: DescriptorManager, ahead: Int32? = nil) throws -> Bool {
        let before = manager.record
        let provider = { FlatSigningProvider(privateKeys: manager.privateKeys(masterKey: self.masterKey)) }
        guard let (new, learnt) = manager.grow(ahead: ahead ?? keyPoolSize, provider: provider()) else { return false }
        try database.transaction {
            try writeCache(learnt, of: manager)
            if manager.record != before { try writeDescriptor(manager) }
        }
        add(new, of: manager)
        return true
    }

    /// Notes that an output to a script was seen: unused addresses up to it count as used.
    ///
    /// - Throws: `DatabaseError`.
    func markUsed(_ script: Script) throws {
        for manager in managers(of: script) {
            guard let index = manager.scripts[script] else { continue }
            let first = manager.record.nextIndex
            if index >= first {
                manager.record.nextIndex = index + 1
                try writeDescriptor(manager)
                if isInternal(manager) == false {
                    for used in first...index { try noteReceived(manager.script(at: used)) }
                }
                try topUp(manager)
            } else if manager.keyPoolSize < Int64(keyPoolSize) {
                try topUp(manager)
            }
        }
    }

    /// An address that others found out is a receiving address: it gets an empty label, so that it is no change.
    private func noteReceived(_ script: Script?) throws {
        guard let script, let destination = Destination(scriptPubKey: script),
            addressBook.labelled(destination) == nil
        else { return }
        try setLabel("", purpose: .receive, of: destination)
    }

    /// Sets a label.
    ///
    /// - Throws: `DatabaseError`.
    package func setLabel(_ label: String, purpose: AddressPurpose?, of destination: Destination) throws {
        guard let address = destination.address(on: network) else { return }
        addressBook.set(label, purpose: purpose, of: destination)
        try database.transaction {
            if let purpose {
                let key = RecordType.purpose.key { $0.writeText(address) }
                try database.write(key, text(purpose.rawValue))
            }
            try database.write(RecordType.name.key { $0.writeText(address) }, text(label))
        }
        changes.labels.append((address, label))
    }

    private func text(_ text: String) -> [UInt8] {
        var writer = ByteWriter()
        writer.writeText(text)
        return writer.bytes
    }

    /// A new address.
    ///
    /// - Throws: `WalletAddressError`, `DatabaseError`.
    package func newAddress(type: OutputType, isInternal: Bool, label: String) throws -> Destination {
        guard let manager = (isInternal ? activeInternal : activeExternal)[type] else {
            throw WalletAddressError.noDescriptor(type)
        }
        guard manager.canGiveAddresses else { throw WalletAddressError.noAddresses }
        try topUp(manager)
        guard manager.record.nextIndex < manager.record.rangeEnd,
            let script = manager.script(at: manager.record.nextIndex)
        else { throw WalletAddressError.keyPoolEmpty }
        guard let destination = Destination(scriptPubKey: script) else { throw WalletAddressError.noDestination }
        manager.record.nextIndex += 1
        try writeDescriptor(manager)
        if !isInternal { try setLabel(label, purpose: .receive, of: destination) }
        return destination
    }

    /// Writes a descriptor's record.
    func writeDescriptor(_ manager: DescriptorManager) throws {
        try database.write(RecordType.descriptor.key { $0.writeHash256(manager.id) }, manager.record.encoded)
    }

    /// Writes entries of a descriptor's cache.
    func writeCache(_ cache: DescriptorCache, of manager: DescriptorManager) throws {
        func write(_ type: RecordType, _ indexes: [UInt32], _ key: ExtendedPublicKey) throws {
            var value = ByteWriter()
            value.writeSizedBytes(key.encoded)
            let recordKey = type.key { writer in
                writer.writeHash256(manager.id)
                for index in indexes { writer.writeUInt32(index) }
            }
            try database.write(recordKey, value.bytes)
        }
        for (expression, key) in cache.parents { try write(.descriptorCache, [expression], key) }
        for (expression, keys) in cache.derived {
            for (index, key) in keys { try write(.descriptorCache, [expression, index], key) }
        }
        for (expression, key) in cache.lastHardened { try write(.descriptorLastHardenedCache, [expression], key) }
    }

    /// Gives descriptors of old wallets the cache of last hardened keys, which their texts without private keys need.
    ///
    /// - Throws: `DatabaseError`.
    package func upgradeCaches() throws {
        guard !flags.contains(.lastHardenedCached), !isLocked else { return }
        try database.transaction {
            for manager in managers where manager.cache.lastHardened.isEmpty {
                let provider = FlatSigningProvider(privateKeys: manager.privateKeys(masterKey: masterKey))
                guard let learnt = manager.descriptor.expand(at: 0, provider: provider)?.learnt else { continue }
                try writeCache(try manager.cache.merge(learnt), of: manager)
            }
            var value = ByteWriter()
            value.writeUInt64(flags.union(.lastHardenedCached).rawValue)
            try database.write(RecordType.flags.key(), value.bytes)
        }
        flags.insert(.lastHardenedCached)
    }

    /// Makes a descriptor the source of new addresses, in the file too.
    ///
    /// - Throws: `DatabaseError`.
    package func setActive(_ manager: DescriptorManager, type: OutputType, isInternal: Bool) throws {
        let record: RecordType = isInternal ? .activeInternalManager : .activeExternalManager
        var value = ByteWriter()
        value.writeHash256(manager.id)
        try database.write(record.key { $0.writeUInt8(type.walletNumber) }, value.bytes)
        activate(manager, kind: type, isInternal: isInternal)
    }

    /// Makes a descriptor no longer the source of new addresses, if it was.
    ///
    /// - Throws: `DatabaseError`.
    package func setInactive(_ manager: DescriptorManager, type: OutputType, isInternal: Bool) throws {
        guard (isInternal ? activeInternal : activeExternal)[type] === manager else { return }
        let record: RecordType = isInternal ? .activeInternalManager : .activeExternalManager
        try database.erase(record.key { $0.writeUInt8(type.walletNumber) })
        if isInternal { activeInternal[type] = nil } else { activeExternal[type] = nil }
    }
}

/// Why there is no new address. The descriptions are Core's texts.
package enum WalletAddressError: Error, Equatable, Sendable, CustomStringConvertible {
    /// No descriptor gives such addresses.
    case noDescriptor(OutputType)
    /// The descriptor gives no addresses.
    case noAddresses
    /// The next address needs a private key and the wallet is locked.
    case keyPoolEmpty
    /// The script has no address.
    case noDestination

    /// Core's text.
    package var description: String {
        switch self {
        case .noDescriptor(let type): "Error: No \(type.rawValue) addresses available."
        case .noAddresses: "No addresses available"
        case .keyPoolEmpty: "Error: Keypool ran out, please call keypoolrefill first"
        case .noDestination: "Error: Cannot extract destination from the generated scriptpubkey"
        }
    }
}
