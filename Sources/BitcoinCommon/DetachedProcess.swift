import CProcess
import Glibc

/// A program in a session of its own, without a terminal: what `-daemon` makes, and what a terminal starts when it is
/// asked to start a node. It outlives its starter.
package struct DetachedProcess: Sendable {
    /// Name of the environment variable that tells the program the descriptor to report to.
    package static let reportVariable = "BITCOIN_DAEMON_REPORT_FD"

    /// Process id.
    package let processID: Int32
    private let report: Int32
    /// `POSIX_SPAWN_SETSID` of glibc, which Swift's import leaves out.
    private static let newSession: Int32 = 0x80

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - path: The executable.
    ///   - arguments: With the program's name first.
    /// - Throws: `OptionError` naming the path when it cannot be started.
    package init(path: String, arguments: [String]) throws(OptionError) {
        var ends: [Int32] = [0, 0]
        guard unsafe pipe(&ends) == 0 else {
            throw OptionError("Cannot start \(path): \(SystemError.text(errno))")
        }
        defer { close(ends[1]) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let childReport: Int32 = 3
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        for descriptor in Int32(0)...2 {
            unsafe posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
        }
        unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], childReport)
        unsafe posix_spawn_file_actions_addclosefrom_np(&actions, childReport + 1)
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        // The starter may have blocked or ignored signals; the program begins as at login.
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        unsafe sigaddset(&signals, SIGPIPE)
        unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
        unsafe posix_spawnattr_setflags(
            &attributes, Int16(Self.newSession | Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF)))

        unsafe setenv(Self.reportVariable, String(childReport), 1)
        defer { unsafe unsetenv(Self.reportVariable) }
        let words = unsafe arguments.map { unsafe strdup($0) }
        defer { unsafe words.forEach { unsafe free($0) } }
        var pid: pid_t = 0
        let result = unsafe posix_spawn(&pid, path, &actions, &attributes, words + [nil], environ)
        guard result == 0 else {
            close(ends[0])
            throw OptionError("Cannot start \(path): \(SystemError.text(result))")
        }
        processID = pid
        report = ends[0]
    }

    /// Waits until the program reports that it is ready, or ends.
    ///
    /// - Returns: Whether it is ready.
    package func waitUntilReady() -> Bool {
        var byte: UInt8 = 0
        while true {
            let count = unsafe read(report, &byte, 1)
            if count < 0, errno == EINTR { continue }
            return count == 1
        }
    }

    /// Forgets the program; it goes on.
    package func letGo() { close(report) }

    /// Tells the starter, if there is one, that this process is ready.
    package static func reportReady() {
        guard let text = unsafe getenv(reportVariable), let descriptor = unsafe Int32(String(cString: text)) else {
            return
        }
        unsafe unsetenv(reportVariable)
        var byte: UInt8 = 1
        _ = unsafe write(descriptor, &byte, 1)
        close(descriptor)
    }

    /// Whether this process was started detached.
    package static var isDetached: Bool { unsafe getenv(reportVariable) != nil }

}
