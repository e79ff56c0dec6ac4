import BitcoinRPC
import Foundation
import Testing

/// A data directory that Bitcoin Core wrote, and what Core said of it. It lies beside the repository where the project
/// is developed; tests that need it are skipped elsewhere.
enum CoreFixture {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "shared/fixtures/core-regtest").path()

    /// Why tests are skipped, for the report.
    static let absence: Comment = "there is no ../shared/fixtures/core-regtest, or no xz"

    /// Whether the fixture is there.
    static let isPresent: Bool = {
        let isThere =
            FileManager.default.fileExists(atPath: folder + "/facts.json.xz")
            && FileManager.default.isExecutableFile(atPath: "/usr/bin/xz")
        if !isThere { print("skipping what needs ../shared/fixtures/core-regtest and xz") }
        return isThere
    }()

    /// The time at which Core stopped, seconds since 1970.
    static let mockTime: Int64 = 1_700_103_937

    /// What Core's RPCs said.
    static let facts: JSONValue = {
        guard isPresent, let text = output(of: "/usr/bin/xz", ["-dc", folder + "/facts.json.xz"]) else { return .null }
        do {
            return try JSONValue(parsing: text)
        } catch {
            Issue.record(error, "facts.json is no JSON")
            return .null
        }
    }()

    /// Unpacks a fresh copy of the data directory.
    ///
    /// - Returns: The folder that now holds `regtest`.
    static func unpack() throws -> TemporaryFolder {
        let target = try TemporaryFolder()
        _ = try #require(
            output(
                of: "/usr/bin/tar", ["-xJf", folder + "/datadir.tar.xz", "-C", target.path, "--strip-components=1"]),
            "the data directory cannot be unpacked")
        return target
    }

    /// A node that has loaded the fixture, for all tests that only read.
    static let node = Task { () throws -> TestNode in
        let folder = try unpack()
        return try await TestNode.loaded(in: folder, mockTime: mockTime)
    }

    private static func output(of program: String, _ arguments: [String]) -> String? {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        let data = (try? pipe.fileHandleForReading.readToEnd()) ?? Data()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? String(decoding: data, as: UTF8.self) : nil
    }
}

/// A folder that is removed with its last owner.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path() + "/node-test-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
