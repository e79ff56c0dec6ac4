import Foundation

/// Where libbitcoinkernel lies, with which tests compare verdicts.
package enum KernelFile {
    /// The file that `BITCOINKERNEL_LIBRARY` names, else the one that the Python package `py-bitcoinkernel` brings; nil
    /// if there is none.
    package static var path: String? {
        if let path = ProcessInfo.processInfo.environment["BITCOINKERNEL_LIBRARY"] { return path }
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c",
            "import importlib.util as u; s = u.find_spec('pbk'); print(s.submodule_search_locations[0] if s else '')",
        ]
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil, let data = try? pipe.fileHandleForReading.readToEnd() else { return nil }
        process.waitUntilExit()
        let folder = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        let path = folder + "/_libs/libbitcoinkernel.so"
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }
}
