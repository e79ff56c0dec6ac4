import BitcoinInterfaces
import Synchronization

/// What the doubles of one test play, and what happened to them.
final class Stage: Sendable {
    /// How the doubles behave.
    enum Play: Sendable, CaseIterable {
        /// Results have every field set, each to another value; optional ones are there.
        case full
        /// Results are empty, zero, nil.
        case empty
        /// Methods throw.
        case failing
        /// Methods say that they are not offered.
        case notOffered
    }

    /// What a failing double throws.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let play: Play
    private let longMethod: String?
    private let notes = Mutex<[String]>([])

    /// - Parameter longMethod: A method that takes hours, or until its task is cancelled.
    init(_ play: Play, longMethod: String? = nil) {
        self.play = play
        self.longMethod = longMethod
    }

    /// Everything that was noted, in order.
    var calls: [String] { notes.withLock { $0 } }

    func note(_ text: String) { notes.withLock { $0.append(text) } }

    /// A method begins: notes it with its arguments, and throws if that is the play.
    func enter(_ method: String, _ arguments: Any...) async throws {
        note("\(method) \(arguments)")
        if method == longMethod {
            do {
                try await Task.sleep(for: .seconds(36_000))
            } catch {
                note("\(method) cancelled")
                throw error
            }
        }
        switch play {
        case .full, .empty: break
        case .failing: throw Failure(description: "\(method) failed: disk on fire, \"äöü\"")
        case .notOffered: throw InterfaceError.notOffered(method)
        }
    }

    /// One of two results.
    func pick<Result>(_ full: Result, _ empty: Result) -> Result { play == .full ? full : empty }
}

/// What calls came to, one line each.
struct Outcomes {
    private(set) var lines: [String] = []

    /// Makes a call and writes down what came of it: a value, nothing, or an error's text.
    mutating func add<Result>(_ name: String, _ call: () async throws -> Result) async {
        do {
            let result = try await call()
            lines.append("\(name) -> \(result)")
        } catch {
            lines.append("\(name) throws \(error)")
        }
    }

    /// Writes down what else was seen.
    mutating func note(_ seen: [String]) { lines += seen.map { "seen: \($0)" } }

    /// Makes a call whose result is an object, which is then used.
    mutating func add<Object>(
        _ name: String, object: () async throws -> Object?, then use: (Object, inout Outcomes) async -> Void
    ) async {
        do {
            guard let object = try await object() else { return lines.append("\(name) -> nil") }
            lines.append("\(name) -> an object")
            await use(object, &self)
        } catch {
            lines.append("\(name) throws \(error)")
        }
    }
}
