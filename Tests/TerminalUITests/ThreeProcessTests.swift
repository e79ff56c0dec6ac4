import Foundation
import Glibc
import Testing

/// Node, wallet and terminal as three processes: started from the terminal, killed in turn.
@Suite(
    .serialized, .timeLimit(.minutes(10)),
    .enabled(
        if: PtyProgram.programs.map {
            FileManager.default.isExecutableFile(atPath: $0.appendingPathComponent("bitcoin-node").path)
        } ?? false, "bitcoin-node is not built"))
struct ThreeProcessTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
        "tui-\(UUID().uuidString.prefix(8))")

    /// The node's process, as it says itself.
    private var nodeProcess: pid_t? {
        let file = folder.appendingPathComponent("regtest/bitcoind.pid")
        // A number that names a group or everything is no process of ours.
        return (try? String(contentsOf: file, encoding: .utf8)).flatMap {
            pid_t($0.trimmingCharacters(in: .whitespacesAndNewlines))
        }.flatMap { $0 > 1 ? $0 : nil }
    }

    private func terminal() throws -> PtyProgram {
        let programs = try #require(PtyProgram.programs)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return try PtyProgram(
            programs.appendingPathComponent("bitcoin-tui").path, ["-regtest", "-datadir=\(folder.path)"])
    }

    /// The processor time and the sleeps of a process's first thread, which is the interface.
    private func work(of process: pid_t) throws -> (ticks: Int, wakes: Int) {
        let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("voluntary_ctxt_switches") }
        let wakes = line?.split(whereSeparator: \.isWhitespace).last.flatMap { Int($0) } ?? 0
        let text = try String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
        let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
        return ((Int(fields[12]) ?? 0) + (Int(fields[13]) ?? 0), wakes)
    }

    /// Idle: no processor time, and hardly a wake-up. What was still on its way when the last picture came may take
    /// a few rounds.
    private func expectIdle(_ process: pid_t) async throws {
        var seen: [String] = []
        for _ in 0..<10 {
            let before = try work(of: process)
            try await Task.sleep(for: .seconds(3))
            let after = try work(of: process)
            if after.ticks - before.ticks <= 1, after.wakes - before.wakes <= 2 { return }
            seen.append("\(after.ticks - before.ticks) ticks, \(after.wakes - before.wakes) wakes")
        }
        Issue.record("never idle for three seconds: \(seen)")
    }

    private func ends(_ process: pid_t) async throws -> Bool {
        let deadline = Date().addingTimeInterval(60)
        while Date() < deadline {
            if kill(process, 0) != 0 { return true }
            try await Task.sleep(for: .milliseconds(20))
        }
        return false
    }

    private func stopNode() {
        if let process = nodeProcess { kill(process, SIGKILL) }
        try? FileManager.default.removeItem(at: folder)
    }

    @Test func processesComeAndGoAndTheOthersLive() async throws {
        defer { stopNode() }
        let first = try terminal()
        try await first.until(shows: "s start a node")
        first.send("s")
        try await first.until(shows: "Starts a node in the background")
        first.send("\r")
        try await first.until(shows: "live")
        try await first.until(shows: "height 0")
        let node = try #require(nodeProcess)

        // A second terminal sees what the first does.
        let second = try terminal()
        try await second.until(shows: "live")
        second.send("2")
        first.send("2n")
        try await first.until(shows: "Create wallet")
        first.send("watch\t \r")
        try await first.until("the wallet attached") {
            $0.text.contains("watch-only") && !$0.text.contains("Create wallet")
        }
        try await second.until("the wallet attached, seen from elsewhere") { $0.text.contains("watch-only") }

        try await expectIdle(second.processID)

        // The wallet's process dies; node and terminals say so and go on.
        try await first.until("the wallet's process") { _ in walletProcess(in: first) != nil }
        let wallet = try #require(walletProcess(in: first))
        kill(wallet, SIGKILL)
        try await first.until(shows: "failed")
        try await second.until(shows: "failed")
        #expect(kill(node, 0) == 0)
        first.send("x")
        try await first.until(shows: "Restart wallet")
        first.send("\u{1b}[D\r")
        try await first.until("the wallet again") {
            // The dialog takes keys until its job has ended, which may be after the wallet is listed.
            $0.text.contains("1 of 1 attached") && !$0.text.contains("Restart wallet")
        }
        try await first.until("another process") { _ in walletProcess(in: first).map { $0 != wallet } ?? false }

        // A terminal dies; nobody minds.
        kill(second.processID, SIGKILL)
        _ = try await second.end()
        first.send("6")
        try await first.until(shows: "1 block")

        // The node dies; the screen stays, marked, and the node's return brings it back.
        kill(node, SIGKILL)
        try await first.until(shows: "stale")
        #expect(first.terminal.text.contains("0f9188f13cb"))
        first.send("\u{1b}OQ")
        try await first.until(shows: "Starts a node in the background")
        first.send("\r")
        try await first.until("live again") { $0.text.contains("live") && !$0.text.contains("stale") }

        // Leaving says what goes on.
        let again = try #require(nodeProcess)
        try await first.until(shows: "node \(again) ● live")
        first.send("q")
        #expect(try await first.end() == 0)
        #expect(first.terminal.text.contains("The node keeps running (bitcoin-node, process \(again))"))
        #expect(first.terminal.modes == [7, 25])
        #expect(kill(again, 0) == 0)
        // A node started from a terminal has no signals blocked: it can be asked to end.
        kill(again, SIGTERM)
        #expect(try await ends(again))
    }

    /// The process in the row of the wallet that is attached.
    private func walletProcess(in program: PtyProgram) -> pid_t? {
        let row = program.terminal.lines.first { $0.contains("watch-only") && $0.contains("spawned") }
        return row?.split(separator: " ").last.flatMap { pid_t($0) }.flatMap { $0 > 1 ? $0 : nil }
    }
}
