import BitcoinCommon
import Foundation

/// The file with the process id (`-pid`).
enum PidFile {
    private static func path(_ arguments: Arguments, directory: String) -> String {
        let name = arguments.string("pid").flatMap { $0.isEmpty ? nil : $0 } ?? "bitcoind.pid"
        return name.hasPrefix("/") ? name : directory + "/" + name
    }

    static func write(_ arguments: Arguments, directory: String) throws(OptionError) {
        guard !arguments.isNegated("pid") else { return }
        let file = path(arguments, directory: directory)
        guard FileManager.default.createFile(atPath: file, contents: Data("\(getpid())\n".utf8)) else {
            throw OptionError("Unable to create the PID file '\(file)'; check its folder and the permissions.")
        }
    }

    static func remove(_ arguments: Arguments, directory: String) {
        guard !arguments.isNegated("pid") else { return }
        try? FileManager.default.removeItem(atPath: path(arguments, directory: directory))
    }
}
