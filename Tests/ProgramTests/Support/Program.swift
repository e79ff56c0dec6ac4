import Foundation
import Glibc
import Synchronization
import Testing

/// The programs under test, as they were built with these tests.
enum Program: String {
    case node = "bitcoin-node"
    case wallet = "bitcoin-wallet"
    case cli = "bitcoin-cli"
    case wrapper = "bitcoin"
    case bench = "bitcoin-bench"

    /// The folder with the products of this build.
    static let folder: String = {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().path()
        let candidates = [
            CommandLine.arguments.first.map { ($0 as NSString).deletingLastPathComponent } ?? "",
            (own as NSString).deletingLastPathComponent, root + "/.build/debug", root + "/.build/release",
        ]
        return candidates.first { FileManager.default.isExecutableFile(atPath: $0 + "/bitcoin-node") } ?? "."
    }()

    var path: String { Self.folder + "/" + rawValue }

    /// What a program that has ended left.
    struct Output {
        /// Exit code; negative for the signal that ended it.
        var status: Int32
        var text: String
        var errors: String
    }

    /// Runs the program to its end.
    ///
    /// - Parameters:
    ///   - input: Its standard input.
    ///   - seconds: After which it is killed and an issue is recorded.
    func run(
        _ arguments: [String], input: String = "", environment: [String: String] = [:], seconds: Double = 120,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Output {
        let child = try ChildProcess(path, arguments, input: input, environment: environment)
        if await !child.ends(within: seconds) {
            Issue.record("\(rawValue) \(arguments) does not end", sourceLocation: sourceLocation)
            child.signal(SIGKILL)
            _ = await child.ends(within: 60)
        }
        return child.output
    }
}

/// A program that runs. It is killed with its last owner.
final class ChildProcess: Sendable {
    private let process = Mutex(Process())
    private let folder: ShortFolder
    let processID: Int32

    /// Starts a program. What it writes goes to files, so that nobody has to read along.
    init(_ path: String, _ arguments: [String], input: String = "", environment: [String: String] = [:]) throws {
        folder = try ShortFolder()
        for (name, text) in [("in", input), ("out", ""), ("err", "")] {
            try Data(text.utf8).write(to: URL(filePath: folder.path + "/" + name))
        }
        let folder = folder.path
        processID = try process.withLock { process in
            process.executableURL = URL(filePath: path)
            process.arguments = arguments
            var variables = ProcessInfo.processInfo.environment
            variables["BITCOIN_DAEMON_REPORT_FD"] = nil
            process.environment = variables.merging(environment) { _, new in new }
            process.standardInput = FileHandle(forReadingAtPath: folder + "/in")
            process.standardOutput = FileHandle(forWritingAtPath: folder + "/out")
            process.standardError = FileHandle(forWritingAtPath: folder + "/err")
            try process.run()
            return process.processIdentifier
        }
    }

    deinit {
        guard isRunning else { return }
        signal(SIGKILL)
        process.withLock { $0.waitUntilExit() }
    }

    var isRunning: Bool { process.withLock { $0.isRunning } }

    func signal(_ number: Int32) {
        // While it runs it has not been reaped, so the number is its own.
        process.withLock { if $0.isRunning { kill($0.processIdentifier, number) } }
    }

    /// Waits for the end; false when it does not come in time.
    func ends(within seconds: Double) async -> Bool {
        let start = ContinuousClock.now
        while isRunning {
            guard ContinuousClock.now - start < .seconds(seconds) else { return false }
            try? await Task.sleep(for: .milliseconds(5))
        }
        return true
    }

    /// What it has written so far, and how it ended.
    var output: Program.Output {
        let (isRunning, reason, status) = process.withLock { process in
            process.isRunning ? (true, .exit, 0) : (false, process.terminationReason, process.terminationStatus)
        }
        func text(_ name: String) -> String {
            String(decoding: FileManager.default.contents(atPath: folder.path + "/" + name) ?? Data(), as: UTF8.self)
        }
        return Program.Output(
            status: isRunning ? .min : reason == .exit ? status : -status, text: text("out"), errors: text("err"))
    }
}

/// A folder with a path so short that sockets in it can be bound; removed with its last owner.
final class ShortFolder: Sendable {
    let path: String

    init() throws {
        let letters = "abcdefghijklmnopqrstuvwxyz0123456789"
        while true {
            let name = "/tmp/bs" + String((0..<8).compactMap { _ in letters.randomElement() })
            guard !FileManager.default.fileExists(atPath: name) else { continue }
            try FileManager.default.createDirectory(
                atPath: name, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
            path = name
            return
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file in the folder, making what is missing above it.
    func write(_ text: String, to name: String) throws {
        let file = URL(filePath: path + "/" + name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    /// The text of a file; empty when there is none.
    func read(_ name: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path + "/" + name) ?? Data(), as: UTF8.self)
    }

    func exists(_ name: String) -> Bool {
        (try? FileManager.default.attributesOfItem(atPath: path + "/" + name)) != nil
    }
}

/// Whether a process with that number exists and is no zombie.
func processExists(_ processID: Int32) -> Bool {
    guard let status = try? String(contentsOfFile: "/proc/\(processID)/stat", encoding: .utf8) else { return false }
    // The state follows the name, which is in parentheses and may hold anything.
    return status[(status.lastIndex(of: ")") ?? status.startIndex)...].dropFirst(2).first != "Z"
}
