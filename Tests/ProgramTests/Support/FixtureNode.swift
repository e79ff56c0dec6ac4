import BitcoinRPC
import Foundation
import TestSupport
import Testing

extension CoreFixture {
    /// Why tests are skipped, for the report.
    static let absence: Comment = "there is no ../shared/fixtures/core-regtest, or no xz"

    /// The wallets in it.
    static let wallets = ["encrypted", "friend", "main", "miniscript", "multisig", "sp ace-é", "watch"]

    /// The options with which Core ran.
    static let options = ["-mocktime=\(mockTime)", "-keypool=20"]

    /// A fresh copy of the data directory.
    static func unpack() throws -> ShortFolder {
        let folder = try ShortFolder()
        try unpack(into: folder.path)
        return folder
    }

    /// A node on a fresh copy with some of its wallets.
    static func start(
        wallets: [String] = [], sourceLocation: SourceLocation = #_sourceLocation
    ) async throws
        -> RunningNode
    {
        try await RunningNode.start(
            in: try unpack(), options + wallets.map { "-wallet=\($0)" }, sourceLocation: sourceLocation)
    }
}

/// Records an issue where an answer is not what Core's was.
func expectEqual(
    _ expected: JSONValue, _ actual: JSONValue, _ what: Comment, ignoring: Set<String> = [],
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let difference = JSONDifference(expected: expected, actual: actual, ignoring: ignoring)
    #expect(difference.isEmpty, "\(what): \(difference)", sourceLocation: sourceLocation)
}

/// The files below a folder by their path in it.
func contents(below folder: String) -> [String: Data] {
    var result: [String: Data] = [:]
    for case let name as String in FileManager.default.enumerator(atPath: folder) ?? .init() {
        result[name] = FileManager.default.contents(atPath: folder + "/" + name)
    }
    return result
}
