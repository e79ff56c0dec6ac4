import BitcoinPrimitives
package import BitcoinScript

/// What an address is for, as the address book says.
package enum AddressPurpose: String, Sendable {
    /// Others pay here.
    case receive
    /// Somebody else's address.
    case send
    /// Of payment requests that no longer exist.
    case refund
}

/// What the wallet knows of one address (Core's `CAddressBookData`).
package struct AddressBookEntry: Sendable, Equatable {
    /// The label; nil for change, which has none.
    package var label: String?
    /// What it is for, if that was recorded.
    package var purpose: AddressPurpose?
    /// Whether it was spent from, in wallets that avoid reuse.
    package var isPreviouslySpent = false
    /// Payment requests by their number, in the graphical program's own form.
    package var receiveRequests: [String: [UInt8]] = [:]

    /// Whether the address is change: it has no label, not even an empty one.
    package var isChange: Bool { label == nil }
}

/// Labels and marks of addresses.
package struct AddressBook: Sendable {
    /// Entries by what the address leads to.
    package private(set) var entries: [Destination: AddressBookEntry] = [:]

    /// Makes an empty book.
    init() {}

    /// Makes the book of a file.
    ///
    /// - Parameter report: Is told of every record whose address cannot be read.
    init(contents: WalletContents, network: Network, report: (String, String) -> Void) {
        func destination(_ address: String, _ record: RecordType) -> Destination? {
            if let destination = try? Destination(address: address, on: network) { return destination }
            report("\(record.rawValue) record", "'\(address)' is no address of this network")
            return nil
        }
        for (address, label) in contents.labels {
            guard let destination = destination(address, .name) else { continue }
            entries[destination, default: AddressBookEntry()].label = label
        }
        for (address, text) in contents.purposes {
            guard let destination = destination(address, .purpose) else { continue }
            let purpose = AddressPurpose(rawValue: text)
            if purpose == nil { report("purpose record", "'\(text)' of address '\(address)' is not known") }
            entries[destination, default: AddressBookEntry()].purpose = purpose
        }
        for (address, key, value) in contents.destinationData {
            guard let destination = destination(address, .destinationData) else { continue }
            if key == "used" {
                entries[destination, default: AddressBookEntry()].isPreviouslySpent = true
            } else if key.hasPrefix("rr") {
                entries[destination, default: AddressBookEntry()].receiveRequests[String(key.dropFirst(2))] = value
            }
        }
    }

    /// The entry of an address that has a label; nil also for change.
    package func labelled(_ destination: Destination) -> AddressBookEntry? {
        guard let entry = entries[destination], !entry.isChange else { return nil }
        return entry
    }

    /// The label of an address, nil for none.
    package func label(of destination: Destination) -> String? { entries[destination]?.label }

    /// All labels, sorted by their bytes, of addresses with that purpose or of all.
    package func labels(purpose: AddressPurpose? = nil) -> [String] {
        let labels = entries.values.compactMap { entry -> String? in
            purpose == nil || entry.purpose == purpose ? entry.label : nil
        }
        return Set(labels.map { Array($0.utf8) }).sorted { $0.lexicographicallyPrecedes($1) }
            .map { String(decoding: $0, as: UTF8.self) }
    }

    /// Sets the label, and the purpose if one is given.
    mutating func set(_ label: String, purpose: AddressPurpose?, of destination: Destination) {
        entries[destination, default: AddressBookEntry()].label = label
        if let purpose { entries[destination]?.purpose = purpose }
    }

    /// Sets the mark of addresses that were spent from.
    mutating func setPreviouslySpent(_ isSpent: Bool, of destination: Destination) {
        if isSpent {
            entries[destination, default: AddressBookEntry()].isPreviouslySpent = true
        } else {
            entries[destination]?.isPreviouslySpent = false
        }
    }
}
