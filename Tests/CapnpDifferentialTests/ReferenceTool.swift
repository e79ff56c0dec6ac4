import Foundation

/// The reference implementation's `capnp`, run on one schema.
struct ReferenceTool {
    static let path = ["/usr/bin/capnp", "/usr/local/bin/capnp", "/opt/homebrew/bin/capnp"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    struct Failure: Error {
        let arguments: [String]
        let schema: String
    }

    private let folder: URL
    private var schema: URL { folder.appendingPathComponent("schema.capnp") }

    /// Writes the schema into a folder of its own, which `remove()` removes.
    init(schema text: String) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("capnp-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: schema)
    }

    func remove() {
        try? FileManager.default.removeItem(at: folder)
    }

    /// The schema as a `CodeGeneratorRequest`.
    func request() throws -> [UInt8] {
        try run(["compile", "-o-", schema.path], input: [])
    }

    /// A stream of messages in another form.
    ///
    /// - Parameter form: `binary:text` and the like.
    func convert(_ form: String, _ options: [String] = [], type: String, _ input: [UInt8]) throws -> [UInt8] {
        try run(["convert", "--quiet"] + options + [form, schema.path, type], input: input)
    }

    private func run(_ arguments: [String], input: [UInt8]) throws -> [UInt8] {
        guard let path = Self.path else { return [] }
        let (source, target) = (folder.appendingPathComponent("input"), folder.appendingPathComponent("output"))
        try Data(input).write(to: source)
        try Data().write(to: target)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.standardInput = try FileHandle(forReadingFrom: source)
        process.standardOutput = try FileHandle(forWritingTo: target)
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(arguments: arguments, schema: (try? String(contentsOf: schema, encoding: .utf8)) ?? "")
        }
        return [UInt8](try Data(contentsOf: target))
    }
}
