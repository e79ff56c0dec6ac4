import BitcoinCommon
import BitcoinNode
import BitcoinRPC

/// Brings `settings.json` into the options.
enum NodeSettingsFile {
    /// The file; nil with `-nosettings`.
    static func file(_ arguments: Arguments, directory: String) -> SettingsFile? {
        guard !arguments.isNegated("settings") else { return nil }
        let name = arguments.string("settings").flatMap { $0.isEmpty ? nil : $0 } ?? "settings.json"
        return SettingsFile(path: name.hasPrefix("/") ? name : directory + "/" + name)
    }

    static func apply(_ file: SettingsFile?, to arguments: inout Arguments) throws(RPCError) {
        guard let file else { return }
        for member in try file.read().members {
            let values = member.value.arrayValue ?? [member.value]
            arguments.setReadWrite(member.key, values.compactMap { $0.stringValue ?? $0.numberOrFlagText })
        }
    }
}

extension JSONValue {
    fileprivate var numberOrFlagText: String? {
        switch self {
        case .number(let text): text
        case .bool(let flag): flag ? "1" : "0"
        default: nil
        }
    }
}
