package import BitcoinRPC
import Foundation
import Synchronization

/// `settings.json`: options that were changed at run time, above all the wallets to load at start (Core `ArgsManager`).
///
/// What this program does not know in the file is kept as it is. Written whole, beside the old file, and then renamed.
package final class SettingsFile: Sendable {
    private let path: String
    private let lock = Mutex(())

    /// The file at `path`; it need not exist.
    package init(path: String) { self.path = path }

    /// The settings; empty when there is no file.
    ///
    /// - Throws: `RPCError` naming the file when it holds no JSON object.
    package func read() throws(RPCError) -> JSONObject {
        guard let data = FileManager.default.contents(atPath: path) else { return [:] }
        guard let json = try? JSONValue(parsing: [UInt8](data)), case .object(let object) = json else {
            throw RPCError(
                .walletError,
                "Settings file could not be read: \(path) does not contain valid JSON; correct or remove it.")
        }
        return object
    }

    /// Adds a wallet to those loaded at start, or removes it.
    ///
    /// - Throws: `RPCError` with Core's text when the file cannot be written.
    package func setLoadsOnStartup(_ name: String, _ loads: Bool) throws(RPCError) {
        do {
            try lock.withLock { _ in
                var object = try read()
                var names = object["wallet"]?.arrayValue ?? []
                names.removeAll { $0 == .string(name) }
                if loads { names.append(.string(name)) }
                object["wallet"] = names.isEmpty ? nil : .array(names)
                let text = JSONValue.object(object).write(indent: 4) + "\n"
                try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
            }
        } catch {
            throw RPCError(
                .walletError,
                "Wallet load on startup setting could not be updated, so wallet may not be loaded next node startup: "
                    + "\(path) cannot be written")
        }
    }
}
