package import BitcoinRPC
import Foundation

// What tests of several targets share: the recorded data directory, and how answers are compared with it.

/// A data directory that Bitcoin Core wrote, and what Core said of it. It lies beside the repository where the project
/// is developed; tests that need it are skipped elsewhere.
package enum CoreFixture {
    /// The folder that lies beside the repository.
    package static let shared = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared/fixtures").path()
    private static let folder = shared + "/core-regtest"

    /// Whether the fixture is there. Says so when it is not.
    package static let isPresent: Bool = {
        let isThere =
            FileManager.default.fileExists(atPath: folder + "/facts.json.xz")
            && FileManager.default.isExecutableFile(atPath: "/usr/bin/xz")
        if !isThere { print("skipping what needs ../shared/fixtures/core-regtest and xz") }
        return isThere
    }()

    /// The time at which Core stopped, seconds since 1970.
    package static let mockTime: Int64 = 1_700_103_937

    /// What Core's RPCs said; null when the fixture is absent.
    package static let facts: JSONValue = {
        guard isPresent, let text = output(of: "/usr/bin/xz", ["-dc", folder + "/facts.json.xz"]) else { return .null }
        return (try? JSONValue(parsing: text)) ?? .null
    }()

    /// Unpacks a fresh copy of the data directory, so that `target` holds `regtest`.
    package static func unpack(into target: String) throws {
        let archive = folder + "/datadir.tar.xz"
        guard output(of: "/usr/bin/tar", ["-xJf", archive, "-C", target, "--strip-components=1"]) != nil else {
            throw FixtureError(description: "\(archive) cannot be unpacked")
        }
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

/// Why the fixture cannot be used.
package struct FixtureError: Error, CustomStringConvertible {
    package let description: String
}
