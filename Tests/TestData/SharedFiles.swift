package import Foundation

/// Core's test data and a data directory that Core wrote, which lie beside the repository where the project is
/// developed. Tests that need more than the cases they carry use them when they are there.
package enum SharedFiles {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared")

    /// The parsed content of a JSON file; nil, with a note, when the file is absent.
    package static func json(_ name: String) -> Any? {
        guard let data = file(name) else { return nil }
        return try? JSONSerialization.jsonObject(with: data)
    }

    /// The content of a file; nil, with a note, when it is absent.
    package static func file(_ name: String) -> Data? {
        let data = try? Data(contentsOf: folder.appending(path: name))
        if data == nil { print("skipped: no ../shared/\(name)") }
        return data
    }

    /// The content of a file packed by `xz`; nil, with a note, when the file or the program is absent.
    package static func unpacked(_ name: String) -> [UInt8]? {
        let path = folder.appending(path: name)
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/xz")
        process.arguments = ["-dc", path.path()]
        process.standardOutput = pipe
        guard FileManager.default.fileExists(atPath: path.path()), (try? process.run()) != nil,
            let data = try? pipe.fileHandleForReading.readToEnd()
        else {
            print("skipped: no ../shared/\(name), or no xz")
            return nil
        }
        process.waitUntilExit()
        return Array(data)
    }
}
