import Foundation

/// Core's test data, which lies beside the repository where the project is developed. Tests that need more than the
/// cases they carry use it when it is there.
enum SharedVectors {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared/vectors")

    /// The parsed content of a JSON file; nil, with a note, when the file is absent.
    static func json(_ name: String) -> Any? {
        guard let data = try? Data(contentsOf: folder.appending(path: name)) else {
            print("skipped: no ../shared/vectors/\(name)")
            return nil
        }
        return try? JSONSerialization.jsonObject(with: data)
    }
}
