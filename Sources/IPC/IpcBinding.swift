/// A value of `-ipcbind`: an address, and behind it limits for whoever connects there, as in
/// `unix:/run/node.sock:max-connections=4:max-queued-bytes=16M`.
///
/// What follows the last colon is a limit if it looks like `name=value` with a name of lower-case letters and hyphens
/// and no slash behind it; all else is the path.
package struct IpcBinding: Equatable, Sendable {
    /// Where to listen.
    package var address: IpcAddress
    /// For the connections of this address.
    package var limits: IpcLimits

    /// An address with the limits of its connections.
    package init(address: IpcAddress, limits: IpcLimits = IpcLimits()) {
        self.address = address
        self.limits = limits
    }

    /// Reads a value of the option.
    ///
    /// - Parameters: as of ``IpcAddress/listening(_:directory:executable:)``.
    /// - Throws: as that; ``IPCError/invalidLimit(_:)`` naming what is wrong with a limit.
    package init(
        _ text: String, directory: String, executable: String = "bitcoin-node"
    ) throws(IPCError) {
        var rest = text[...]
        var words: [Substring] = []
        while let colon = rest.lastIndex(of: ":"), IpcBinding.isLimit(rest[rest.index(after: colon)...]) {
            words.append(rest[rest.index(after: colon)...])
            rest = rest[..<colon]
        }
        limits = IpcLimits()
        var names: Set<String> = []
        for word in words.reversed() {
            let name = try limits.set(word)
            guard names.insert(name).inserted else { throw .invalidLimit("\(name) is given twice") }
        }
        address = try IpcAddress.listening(String(rest), directory: directory, executable: executable)
    }

    /// The limits that can be given, for help texts: one line each.
    package static let help: [(name: String, meaning: String)] = IpcLimits.settings.map { setting in
        (setting.name, "\(setting.meaning) (default: \(IpcLimits()[keyPath: setting.field]))")
    }

    private static func isLimit(_ word: Substring) -> Bool {
        guard let equals = word.firstIndex(of: "="), equals != word.startIndex else { return false }
        return word[..<equals].utf8.allSatisfy { ($0 >= 0x61 && $0 <= 0x7a) || $0 == 0x2d } && !word.contains("/")
    }
}

extension IpcLimits {
    /// Sets a limit from `name=value`.
    ///
    /// - Returns: its name.
    /// - Throws: ``IPCError/invalidLimit(_:)``.
    fileprivate mutating func set(_ word: Substring) throws(IPCError) -> String {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let (name, value) = (String(parts[0]), String(parts[1]))
        guard let setting = IpcLimits.settings.first(where: { $0.name == name }) else {
            let known = IpcLimits.settings.map(\.name).joined(separator: ", ")
            throw .invalidLimit("\(name) is no limit; there are \(known)")
        }
        guard let number = IpcLimits.number(value, isBytes: setting.isBytes), setting.range.contains(number) else {
            throw .invalidLimit(
                "\(name) must be a number from \(setting.range.lowerBound) to \(setting.range.upperBound)"
                    + (setting.isBytes ? ", which may end in K, M or G" : "") + ", not '\(value)'")
        }
        self[keyPath: setting.field] = number
        return name
    }

    /// A number; of bytes it may be with a unit, as everywhere in Core (`ParseByteUnits`): `k` is 1000, `K` 1024.
    private static func number(_ text: String, isBytes: Bool) -> Int? {
        let units: [Character: Int] = [
            "k": 1000, "K": 1 << 10, "m": 1_000_000, "M": 1 << 20, "g": 1_000_000_000, "G": 1 << 30,
        ]
        let unit = isBytes ? text.last.flatMap { units[$0] } : nil
        let digits = unit == nil ? text[...] : text.dropLast()
        guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let number = Int(digits) else {
            return nil
        }
        let (product, isTooLarge) = number.multipliedReportingOverflow(by: unit ?? 1)
        return isTooLarge ? nil : product
    }
}
