import BitcoinCommon
import Capnp
import Foundation
import Glibc
import IPC
import IPCTools
import Synchronization

extension IpcRun {
    /// Passes connections on and shows them, until a signal ends it.
    func trace() async throws -> Int32 {
        guard words.count == 2 else { throw OptionError("trace takes an address to listen on and one to connect to") }
        let listen = try IpcAddress.listening(words[0], directory: directory)
        let target = try IpcAddress.connecting(words[1], directory: directory)
        guard target.path != nil else { throw OptionError("'\(words[1])' is no address to connect to") }
        guard target.path != listen.path else { throw OptionError("both addresses are \(listen)") }
        let showsSecrets = arguments.boolean("showsecrets") ?? false
        let output = TraceOutput(
            isJSON: arguments.boolean("json") ?? false,
            text: TraceText(isColoured: try isColoured(), isFull: arguments.boolean("full") ?? false),
            record: try arguments.string("record").map(openRecord))
        let relay = TraceRelay(target: target, process: process, showsSecrets: showsSecrets) { event, message in
            output.write(event, message)
        }
        let server = try await relay.listen(try process.bind(listen), logger: logger)
        IpcProgram.say("Listening on \(listen), passing on to \(target)")
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let end = SingleResumption(continuation)
            output.onFailure { end.resume() }
            Self.signals.withLock { $0 = Signals([SIGINT, SIGTERM]) { _ in end.resume() } }
        }
        server.close()
        server.disconnectAll()
        return IpcProgram.ExitCode.success
    }

    private static let signals = Mutex<Signals?>(nil)

    private func isColoured() throws -> Bool {
        switch arguments.string("color") ?? "auto" {
        case "always": return true
        case "never": return false
        case "auto": return isatty(STDOUT_FILENO) == 1 && ProcessInfo.processInfo.environment["NO_COLOR"] == nil
        case let other: throw OptionError("-color must be always, never or auto, not '\(other)'")
        }
    }

    /// A new file that only its owner can read: a dialogue tells more than a log.
    private func openRecord(_ path: String) throws -> FileHandle {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw OptionError("cannot write \(path): \(SystemError.text(errno))") }
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }
}

/// Resumes a continuation the first time only.
private final class SingleResumption: Sendable {
    private let continuation: Mutex<CheckedContinuation<Void, Never>?>

    init(_ continuation: CheckedContinuation<Void, Never>) {
        self.continuation = Mutex(continuation)
    }

    func resume() {
        let taken = continuation.withLock { continuation in
            defer { continuation = nil }
            return continuation
        }
        taken?.resume()
    }
}

/// Where a trace is written. Each line is out before the next message is read, so that nothing piles up here.
private final class TraceOutput: Sendable {
    private struct State {
        var record: FileHandle?
        var failed: (@Sendable () -> Void)?
        var hasFailed = false
    }

    private let isJSON: Bool
    private let text: TraceText
    private let state: Mutex<State>

    init(isJSON: Bool, text: TraceText, record: FileHandle?) {
        self.isJSON = isJSON
        self.text = text
        state = Mutex(State(record: record))
    }

    /// Calls `action` once when nobody reads the output any more, or the disk is full.
    func onFailure(_ action: @escaping @Sendable () -> Void) {
        let hasFailed = state.withLock { state in
            state.failed = action
            return state.hasFailed
        }
        if hasFailed { action() }
    }

    func write(_ event: TraceEvent, _ message: Message?) {
        let line = isJSON ? TraceJSON().line(event) : text.line(event)
        let failed = state.withLock { state -> (@Sendable () -> Void)? in
            guard !state.hasFailed else { return nil }
            do {
                try FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8))
                if let record = state.record, let message, let sender = event.sender {
                    let line = Dialogue.line(message, from: sender, connection: event.connection)
                    try record.write(contentsOf: Data((line + "\n").utf8))
                }
                return nil
            } catch {
                state.hasFailed = true
                return state.failed
            }
        }
        failed?()
    }
}
