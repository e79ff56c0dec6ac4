import Foundation
import Glibc
import Testing

/// Bitcoin Core's `bitcoin-node` in the folder that the environment variable `BITCOIN_CORE_BIN` names.
private let coreNode: String? = ProcessInfo.processInfo.environment["BITCOIN_CORE_BIN"].flatMap { folder in
    let path = folder + "/bitcoin-node"
    return FileManager.default.isExecutableFile(atPath: path) ? path : nil
}

/// The real terminal on Bitcoin Core's own node. Runs where `BITCOIN_CORE_BIN` names one that
/// was built with IPC and wallets.
@Suite(
    .serialized, .timeLimit(.minutes(10)),
    .enabled(if: coreNode != nil && PtyProgram.programs != nil, "BITCOIN_CORE_BIN names no bitcoin-node"))
final class CoreNodeTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
        "core-\(UUID().uuidString.prefix(8))")

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Core's node in the foreground of a terminal of its own, which kills it with its last owner.
    private func startNode() throws -> PtyProgram {
        let core = try #require(coreNode)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return try PtyProgram(
            core,
            [
                "-regtest", "-datadir=\(folder.path)", "-ipcbind=unix", "-server=0", "-listen=0", "-dnsseed=0",
                "-printtoconsole=0",
            ])
    }

    @Test func chainWalletsAndEventsAreShown() async throws {
        var node = try startNode()
        let programs = try #require(PtyProgram.programs)
        let terminal = try PtyProgram(
            programs.appendingPathComponent("bitcoin-tui").path, ["-regtest", "-datadir=\(folder.path)"])
        try await terminal.until(shows: "node \(node.processID) ● live")
        try await terminal.until(shows: "Bitcoin Core")
        try await terminal.until(shows: "0f9188f13cb")

        // A wallet that the node itself holds.
        terminal.send("2n")
        try await terminal.until(shows: "Create wallet")
        terminal.send("watch\t \r")
        try await terminal.until("the wallet") {
            $0.text.contains("watch-only") && $0.text.contains("in node") && !$0.text.contains("Create wallet")
        }

        // A new tip comes by itself.
        terminal.send(":mine 1 bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080\r")
        try await terminal.until(shows: "height 1 ")
        terminal.send("6")
        try await terminal.until(shows: "2 blocks")

        // What Core does not give is said.
        terminal.send("7")
        try await terminal.until(shows: "Bitcoin Core does not serve its log")

        terminal.send("2d")
        try await terminal.until(shows: "Detach wallet")
        terminal.send("\u{1b}[D\r")
        try await terminal.until(shows: "0 of 1 attached")

        kill(node.processID, SIGKILL)
        _ = try await node.end()
        try await terminal.until(shows: "stale")
        node = try startNode()
        try await terminal.until(shows: "node \(node.processID) ● live")

        terminal.send("q")
        #expect(try await terminal.end() == 0)
        #expect(terminal.terminal.text.contains("The node keeps running (Bitcoin Core, process \(node.processID))"))
        #expect(kill(node.processID, 0) == 0)
    }
}
