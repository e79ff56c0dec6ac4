import Foundation
import TestSupport
import Testing

extension CoreFixture {
    /// Why tests are skipped, for the report.
    static let absence: Comment = "there is no ../shared/fixtures/core-regtest, or no xz"

    /// A fresh copy of the data directory: the folder that holds `regtest`.
    static func unpack() throws -> TemporaryFolder {
        let target = try TemporaryFolder()
        try unpack(into: target.path)
        return target
    }

    /// A node that has loaded the fixture, for all tests that only read.
    static let node = Task { () throws -> TestNode in
        try await TestNode.loaded(in: try unpack(), mockTime: mockTime)
    }
}

/// A folder that is removed with its last owner.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        // Chains make every block safe on disk; thousands of them on a busy disk would take minutes.
        let memory = "/dev/shm"
        let parent =
            FileManager.default.isWritableFile(atPath: memory)
            ? memory : FileManager.default.temporaryDirectory.path()
        path = parent + "/node-test-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
