import Foundation
import Glibc
import Testing

/// The real program on a pseudo-terminal, without a node.
@Suite(
    .serialized, .timeLimit(.minutes(5)),
    .enabled(if: PtyProgram.programs != nil, "bitcoin-tui is not built"))
final class TerminalProgramTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
        "tui-\(UUID().uuidString.prefix(8))")

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func start(
        columns: Int = 80, rows: Int = 24, environment: [String: String] = [:], arguments: [String] = []
    ) throws -> PtyProgram {
        let programs = try #require(PtyProgram.programs)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return try PtyProgram(
            programs.appendingPathComponent("bitcoin-tui").path, ["-regtest", "-datadir=\(folder.path)"] + arguments,
            columns: columns, rows: rows, environment: environment)
    }

    /// The terminal as a program finds it: cursor shown, lines wrapped, nothing else on.
    private func expectRestored(_ program: PtyProgram) {
        #expect(program.terminal.modes == [7, 25])
        #expect(program.discipline == program.foundDiscipline)
    }

    @Test func itStartsAnswersKeysAndLeavesTheTerminalAsFound() async throws {
        let program = try start()
        try await program.until(shows: "Waiting for a node")
        try await program.until(shows: "node.sock")
        #expect(program.terminal.modes.isSuperset(of: [1049, 2004]))
        #expect(program.terminal.lines[0].contains("REGTEST"))
        program.send("?")
        try await program.until(shows: "┌─ Help")
        program.send("\u{1b}")
        try await program.until("help closed") { !$0.text.contains("┌─ Help") }
        program.send("\u{1b}[20~")
        try await program.until(shows: "Try again now")
        program.send("\u{1b}q")
        #expect(try await program.end() == 0)
        expectRestored(program)
        #expect(program.terminal.text.contains("nothing was stopped"))
    }

    @Test func itFollowsTheSizeOfTheTerminal() async throws {
        let program = try start()
        try await program.until("keys in the last row") { $0.lines[23].contains("q detach") }
        program.resize(columns: 132, rows: 43)
        try await program.until("keys in the new last row") { $0.lines[42].contains("q detach") }
        program.resize(columns: 60, rows: 16)
        try await program.until(shows: "needs 80x24, have 60x16")
        program.resize(columns: 80, rows: 24)
        try await program.until("keys again") { $0.lines[23].contains("q detach") }
        program.send("q")
        #expect(try await program.end() == 0)
    }

    @Test func pastedTextIsNoKeys() async throws {
        let program = try start()
        try await program.until(shows: "Waiting for a node")
        program.send("\u{1b}[200~qqq\u{1b}[201~")
        try await program.until(shows: "pasted text")
        program.send(":\u{1b}[200~messages\u{1b}[201~")
        try await program.until(shows: ":messages")
        program.send("\r")
        try await program.until(shows: "┌─ Messages")
        program.send("\u{3}")
        #expect(kill(program.processID, 0) == 0)
    }

    @Test func theMouseClicks() async throws {
        let program = try start()
        try await program.until("keys") { $0.lines[23].contains("? help") }
        #expect(program.terminal.modes.contains(1000))
        let column = try #require(program.terminal.lines[23].range(of: "? help")).lowerBound
        let place = program.terminal.lines[23].distance(from: program.terminal.lines[23].startIndex, to: column) + 1
        program.send("\u{1b}[<0;\(place);24M\u{1b}[<0;\(place);24m")
        try await program.until(shows: "┌─ Help")
    }

    @Test(arguments: [SIGTERM, SIGHUP]) func signalsEndItInOrder(_ signal: Int32) async throws {
        let program = try start()
        try await program.until(shows: "Waiting for a node")
        kill(program.processID, signal)
        #expect(try await program.end() == 0)
        expectRestored(program)
    }

    @Test(arguments: [SIGSEGV, SIGABRT]) func aCrashRestoresTheTerminal(_ signal: Int32) async throws {
        let program = try start()
        try await program.until(shows: "Waiting for a node")
        kill(program.processID, signal)
        #expect(try await program.end() == -signal)
        expectRestored(program)
    }

    @Test func aClosedTerminalEndsIt() async throws {
        let program = try start()
        try await program.until(shows: "Waiting for a node")
        program.closeTerminal()
        #expect(try await program.end() == 0)
    }

    @Test func itStopsAndGoesOnInAShell() async throws {
        let programs = try #require(PtyProgram.programs)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let shell = try PtyProgram("/bin/sh", ["-i"], environment: ["PS1": "shell> ", "ENV": ""])
        try await shell.until(shows: "shell>")
        shell.send("\(programs.appendingPathComponent("bitcoin-tui").path) -regtest -datadir=\(folder.path)\n")
        try await shell.until(shows: "Waiting for a node")
        shell.send("\u{1a}")
        try await shell.until("the shell's screen") { !$0.modes.contains(1049) && $0.text.contains("Stopped") }
        #expect(shell.terminal.modes == [7, 25])
        shell.send("echo still $((40 + 2))\n")
        try await shell.until(shows: "still 42")
        shell.resize(columns: 100, rows: 30)
        shell.send("fg\n")
        try await shell.until("the terminal's screen") { $0.modes.contains(1049) && $0.lines[29].contains("q detach") }
        shell.send("q")
        try await shell.until("the shell's screen") {
            !$0.modes.contains(1049) && $0.text.contains("nothing was stopped")
        }
        #expect(shell.terminal.modes == [7, 25])
        shell.send("exit\n")
        #expect(try await shell.end() != nil)
    }

    @Test func noColourIsUsedWhereNoneIsWanted() async throws {
        let plain = try start(environment: ["NO_COLOR": "1"])
        try await plain.until("keys") { $0.lines[23].contains("q detach") }
        #expect(!plain.terminal.hasColors)
        let colored = try start()
        try await colored.until("keys") { $0.lines[23].contains("q detach") }
        #expect(colored.terminal.hasColors)
    }

    @Test func asciiFramesComeByOptionAndByLocale() async throws {
        for program in [try start(arguments: ["-ascii"]), try start(environment: ["LC_ALL": "C"])] {
            try await program.until("keys") { $0.lines[23].contains("q detach") }
            #expect(program.terminal.lines[1].hasPrefix("-----"))
            #expect(program.terminal.text.utf8.allSatisfy { $0 < 0x80 })
        }
    }

    @Test func unusableTerminalsAreNamed() async throws {
        for (name, text) in [("dumb", "TERM"), ("no-such-terminal", "no-such-terminal"), ("", "TERM")] {
            let program = try start(environment: ["TERM": name])
            #expect(try await program.end() == 1)
            #expect(program.terminal.text.contains(text))
        }
    }
}
