import Foundation

/// Files of this test target, found beside its sources.
enum TestFiles {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

    /// The folder of the package.
    static let package = folder.deletingLastPathComponent().deletingLastPathComponent()

    static func path(_ name: String) -> String {
        folder.appendingPathComponent(name).path
    }

    static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appendingPathComponent(name)))
    }

    static func text(_ name: String) throws -> String {
        String(decoding: try bytes(name), as: UTF8.self)
    }
}
