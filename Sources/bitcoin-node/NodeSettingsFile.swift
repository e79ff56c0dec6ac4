import BitcoinCommon
import BitcoinRPC
import Foundation

/// `settings.json`: options that Core changed at run time, such as wallets to load at start. Read, never written.
enum NodeSettingsFile {
    static func apply(to arguments: inout Arguments, directory: String) throws(OptionError) {
        guard !arguments.isNegated("settings") else { return }
        let name = arguments.string("settings") ?? "settings.json"
        let path = name.hasPrefix("/") ? name : directory + "/" + name
        guard let data = FileManager.default.contents(atPath: path) else { return }
        guard let json = try? JSONValue(parsing: [UInt8](data)), case .object(let object) = json else {
            throw OptionError(
                "Settings file could not be read: \(path) does not contain valid JSON; correct or remove it.")
        }
        for member in object.members {
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
