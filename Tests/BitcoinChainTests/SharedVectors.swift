import Foundation

/// Core's test data, which lies beside the repository where the project is developed.
enum SharedVectors {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared/vectors")

    /// The content of a file; nil, with a note, when it is absent.
    static func file(_ name: String) -> Data? {
        let data = try? Data(contentsOf: folder.appending(path: name))
        if data == nil { print("skipped: no ../shared/vectors/\(name)") }
        return data
    }

    /// The content of a file packed by `xz`; nil, with a note, when the file or the program is absent.
    static func unpacked(_ name: String) -> [UInt8]? {
        guard let data = Fixture.output(of: "/usr/bin/xz", ["-dc", folder.appending(path: name).path()]) else {
            print("skipped: no ../shared/vectors/\(name), or no xz")
            return nil
        }
        return [UInt8](data)
    }
}
