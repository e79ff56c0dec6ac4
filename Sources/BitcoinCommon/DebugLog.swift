import Foundation
import Glibc
package import Logging
import Synchronization

/// The log: `debug.log` in Core's line format, the console, and the newest lines in memory for terminals.
///
/// One lock guards the file; a line is written whole. Lines never hold secrets, and control characters are escaped, so a
/// peer cannot write to somebody's terminal through the log.
package final class DebugLog: Sendable {
    /// How lines look and where they go.
    package struct Configuration: Sendable {
        /// Path of the file; nil for none.
        package var path: String?
        /// Whether to write to standard output too.
        package var toConsole = false
        /// Whether lines begin with the time.
        package var timestamps = true
        /// Whether times have microseconds.
        package var microseconds = false
        /// Whether to name category and level in every line.
        package var levelAlways = false
        /// Categories whose debug lines are written; "all" for every one.
        package var categories: Set<String> = []
        /// Fixed clock shown beside the real one; nil for none.
        package var mockTime: Int64?

        /// A log that goes nowhere but memory.
        package init() {}
    }

    /// Names of Core's log categories (Core `logging.cpp`).
    package static let categories: [String] = [
        "net", "tor", "mempool", "http", "bench", "zmq", "walletdb", "rpc", "estimatefee", "addrman", "selectcoins",
        "reindex", "cmpctblock", "rand", "prune", "proxy", "mempoolrej", "coindb", "qt", "leveldb", "validation",
        "i2p", "ipc", "lock", "blockstorage", "txreconciliation", "scan", "txpackages", "kernel", "privatebroadcast",
    ]

    private struct State {
        var configuration = Configuration()
        var file: FileHandle?
        var lines: [String] = []
        var firstLine: UInt64 = 0
        var listener: (@Sendable (UInt64) -> Void)?
    }

    /// Lines kept in memory.
    package static let capacity = 10_000

    /// Bytes of a line that are kept in memory; the file has all of them. Some texts in the log are a peer's.
    package static let lineLimit = 4096

    private let state: Mutex<State>

    /// Opens the log.
    ///
    /// - Throws: `OptionError` when the file cannot be opened.
    package init(_ configuration: Configuration) throws(OptionError) {
        var state = State()
        state.configuration = configuration
        if let path = configuration.path {
            guard let file = Self.open(path) else { throw OptionError("Could not open debug log file \(path)") }
            state.file = file
        }
        self.state = Mutex(state)
    }

    /// Writes one line.
    ///
    /// - Parameters:
    ///   - category: One of `categories`; nil for lines without one.
    ///   - level: Lines below `info` are written only when their category is on.
    package func write(_ message: String, category: String? = nil, level: Logger.Level = .info) {
        let (total, listener) = state.withLock { state -> (UInt64, (@Sendable (UInt64) -> Void)?) in
            let configuration = state.configuration
            if level < .info, !configuration.categories.contains("all"),
                !(category.map(configuration.categories.contains) ?? false)
            {
                return (0, nil)
            }
            let prefix = Self.prefix(category: category, level: level, always: configuration.levelAlways)
            let line = Self.timestamp(configuration) + prefix + Self.escape(message)
            let data = Data((line + "\n").utf8)
            try? state.file?.write(contentsOf: data)
            if configuration.toConsole { try? FileHandle.standardOutput.write(contentsOf: data) }
            state.lines.append(
                line.utf8.count <= Self.lineLimit
                    ? line : String(decoding: line.utf8.prefix(Self.lineLimit), as: UTF8.self) + "…")
            if state.lines.count > Self.capacity + Self.capacity / 4 {
                let surplus = state.lines.count - Self.capacity
                state.lines.removeFirst(surplus)
                state.firstLine += UInt64(surplus)
            }
            return (state.firstLine + UInt64(state.lines.count), state.listener)
        }
        listener?(total)
    }

    /// The lines from number `first` on, at most `count`; the newest when `first` is past the end.
    package func window(first: UInt64, count: Int) -> (first: UInt64, total: UInt64, lines: [String]) {
        state.withLock { state in
            let total = state.firstLine + UInt64(state.lines.count)
            let wanted = max(0, min(count, state.lines.count))
            let start = first >= total ? total - UInt64(wanted) : max(first, state.firstLine)
            let offset = Int(start - state.firstLine)
            return (start, total, Array(state.lines[offset..<min(offset + wanted, state.lines.count)]))
        }
    }

    /// Calls `listener` with the number of lines after every line written. One listener at a time.
    package func setListener(_ listener: (@Sendable (UInt64) -> Void)?) {
        state.withLock { $0.listener = listener }
    }

    /// Turns categories on and off (RPC `logging`).
    package func setCategories(_ change: @Sendable (inout Set<String>) -> Void) {
        state.withLock { change(&$0.configuration.categories) }
    }

    /// The categories that are on.
    package var activeCategories: Set<String> { state.withLock { $0.configuration.categories } }

    /// Opens the file anew, after it was moved away (SIGHUP).
    package func reopen() {
        state.withLock { state in
            guard let path = state.configuration.path else { return }
            guard let file = Self.open(path) else { return }
            state.file = file
        }
    }

    /// Opens for appending, so that several processes can share a file line by line.
    private static func open(_ path: String) -> FileHandle? {
        let descriptor = unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        return descriptor < 0 ? nil : FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    /// A swift-log logger that writes here. Its label is the category, or empty.
    package func logger(category: String) -> Logger {
        Logger(label: category) { DebugLogHandler(log: self, category: $0) }
    }

    // MARK: Format

    private static func prefix(category: String?, level: Logger.Level, always: Bool) -> String {
        let name =
            switch level {
            case .trace: "trace"
            case .debug: "debug"
            case .info, .notice: "info"
            case .warning: "warning"
            case .error, .critical: "error"
            }
        guard let category = category ?? (always ? "all" : nil) else { return name == "info" ? "" : "[\(name)] " }
        return always || name != "debug" ? "[\(category):\(name)] " : "[\(category)] "
    }

    private static func timestamp(_ configuration: Configuration) -> String {
        guard configuration.timestamps else { return "" }
        let now = Date()
        var text = iso8601(Int64(now.timeIntervalSince1970.rounded(.down)))
        if configuration.microseconds {
            let fraction = now.timeIntervalSince1970 - now.timeIntervalSince1970.rounded(.down)
            let digits = String(Int(fraction * 1_000_000))
            text.removeLast()
            text += "." + String(repeating: "0", count: max(0, 6 - digits.count)) + digits + "Z"
        }
        if let mockTime = configuration.mockTime { text += " (mocktime: \(iso8601(mockTime)))" }
        return text + " "
    }

    /// Seconds since 1970 as `2023-11-14T22:13:20Z`.
    package static func iso8601(_ seconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
    }

    /// Control characters as `\x1b`; the rest unchanged.
    package static func escape(_ message: String) -> String {
        guard message.utf8.contains(where: { ($0 < 32 && $0 != 10) || $0 == 127 }) else { return message }
        var result = ""
        for scalar in message.unicodeScalars {
            if scalar.value < 32 && scalar.value != 10 || scalar.value == 127 {
                let digits = String(scalar.value, radix: 16)
                result += "\\x" + (digits.count < 2 ? "0" : "") + digits
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

/// Carries swift-log messages to a `DebugLog`.
struct DebugLogHandler: LogHandler {
    let log: DebugLog
    let category: String
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        log.write(event.message.description, category: category.isEmpty ? nil : category, level: event.level)
    }
}
