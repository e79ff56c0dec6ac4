import Foundation
import Glibc
import Testing

/// A program on a terminal of its own: a pseudo-terminal of which the test holds the other end.
final class PtyProgram {
    /// `POSIX_SPAWN_SETSID` of glibc, which Swift's import leaves out.
    private static let newSession: Int16 = 0x80
    /// `TIOCSPTLCK` and `TIOCGPTN` of Linux.
    private static let lockRequest: UInt = 0x4004_5431
    private static let numberRequest: UInt = 0x8004_5430

    private(set) var terminal: VirtualTerminal
    let processID: pid_t
    /// The line discipline as the program found it.
    let foundDiscipline: [UInt32]
    private var master: Int32
    private var status: Int32?

    /// The folder with the programs under test; nil when they are not built.
    static let programs: URL? = {
        // The tests' own binary lies beside the programs, wherever the build was told to write.
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let candidates = [
            URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent(),
            URL(fileURLWithPath: own).deletingLastPathComponent(), root.appendingPathComponent(".build/debug"),
        ]
        return candidates.first {
            FileManager.default.isExecutableFile(atPath: $0.appendingPathComponent("bitcoin-tui").path)
        }
    }()

    init(
        _ path: String, _ arguments: [String], columns: Int = 80, rows: Int = 24, environment: [String: String] = [:]
    ) throws {
        terminal = VirtualTerminal(columns: columns, rows: rows)
        // As posix_openpt, unlockpt and ptsname do, which Swift's import leaves out.
        master = unsafe open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var isLocked: Int32 = 0
        var number: Int32 = 0
        let unlocked = unsafe ioctl(master, Self.lockRequest, &isLocked)
        let named = unsafe ioctl(master, Self.numberRequest, &number)
        try #require(unlocked == 0 && named == 0, "no pseudo-terminal")
        let name = "/dev/pts/\(number)"
        var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        _ = unsafe ioctl(master, UInt(TIOCSWINSZ), &size)
        foundDiscipline = Self.discipline(of: master)
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        // Opened first thing in a new session, the terminal becomes the session's own.
        unsafe posix_spawn_file_actions_addopen(&actions, 0, name, O_RDWR, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, 0, 1)
        unsafe posix_spawn_file_actions_adddup2(&actions, 0, 2)
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        // The test's thread may have blocked signals that the program must see.
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        unsafe posix_spawnattr_setflags(&attributes, Self.newSession | Int16(POSIX_SPAWN_SETSIGMASK))
        var variables = ProcessInfo.processInfo.environment
        variables["TERM"] = "xterm-256color"
        variables["LC_ALL"] = "C.UTF-8"
        variables["TZ"] = "UTC"
        variables["NO_COLOR"] = nil
        variables.merge(environment) { $1 }
        let words = unsafe ([path] + arguments).map { unsafe strdup($0) }
        let settings = unsafe variables.map { unsafe strdup("\($0.key)=\($0.value)") }
        defer { unsafe (words + settings).forEach { unsafe free($0) } }
        var pid: pid_t = 0
        let result = unsafe posix_spawn(&pid, path, &actions, &attributes, words + [nil], settings + [nil])
        processID = pid
        try #require(result == 0, "\(path) cannot be started")
    }

    deinit {
        // Process 0 would be every process of the group.
        if status == nil, processID > 0 {
            kill(processID, SIGKILL)
            waitpid(processID, nil, 0)
        }
        closeTerminal()
    }

    /// Types.
    func send(_ text: String) {
        let bytes = Array(text.utf8)
        _ = unsafe write(master, bytes, bytes.count)
    }

    func resize(columns: Int, rows: Int) {
        terminal.resize(columns: columns, rows: rows)
        var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        _ = unsafe ioctl(master, UInt(TIOCSWINSZ), &size)
    }

    /// The line discipline: what `stty` shows.
    var discipline: [UInt32] { Self.discipline(of: master) }

    private static func discipline(of terminal: Int32) -> [UInt32] {
        var modes = termios()
        unsafe tcgetattr(terminal, &modes)
        return [modes.c_iflag, modes.c_oflag, modes.c_cflag, modes.c_lflag]
    }

    /// The window is closed.
    func closeTerminal() {
        if master >= 0 { close(master) }
        master = -1
    }

    private func read() {
        guard master >= 0 else { return }
        var watched = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while unsafe poll(&watched, 1, 0) > 0 {
            let count = unsafe Glibc.read(master, &buffer, buffer.count)
            guard count > 0 else { return }
            terminal.feed(Array(buffer[0..<count]))
        }
    }

    /// Waits until the terminal shows something. The limit is for a machine that has much else to do.
    func until(
        _ what: String, seconds: Double = 60, sourceLocation: SourceLocation = #_sourceLocation,
        _ condition: (VirtualTerminal) -> Bool
    ) async throws {
        let deadline = Date().addingTimeInterval(seconds)
        while Date() < deadline {
            read()
            if condition(terminal) { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("never: \(what)\n\(terminal.text)", sourceLocation: sourceLocation)
        throw PtyTimeout()
    }

    /// Waits until the terminal shows a text.
    func until(shows text: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await until(text, sourceLocation: sourceLocation) { $0.text.contains(text) }
    }

    /// Waits for the end of the program.
    ///
    /// - Returns: Its exit code, or minus the signal that ended it; nil when it goes on.
    func end(seconds: Double = 60) async throws -> Int32? {
        let deadline = Date().addingTimeInterval(seconds)
        var found: Int32 = 0
        while Date() < deadline {
            read()
            if unsafe waitpid(processID, &found, WNOHANG) == processID {
                read()
                status = found
                return found & 0x7f == 0 ? found >> 8 & 0xff : -(found & 0x7f)
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        return nil
    }
}

struct PtyTimeout: Error {}
