import BitcoinCommon
import BitcoinRPC
import Foundation
import IPC
import IPCTools

extension IpcRun {
    /// Calls one method and prints its results, or lists what can be called.
    func call() async throws -> Int32 {
        if arguments.boolean("list") ?? false {
            let words = words.filter { $0 != "unix" && !$0.hasPrefix("unix:") }
            print(InterfaceListing().text(containing: words.first), terminator: "")
            return IpcProgram.ExitCode.success
        }
        guard words.count >= 2 else { throw OptionError("call takes an address, a path and perhaps arguments") }
        let (path, given) = try split(Array(words.dropFirst()))
        // What was typed is judged before anybody is troubled with it.
        _ = try CallPlanner().calls(path)
        let channel = try await connect(words[0])
        let connection = try await DynamicCaller.ipc(name: "bitcoin-ipc", logger: logger).connect(channel)
        defer { connection.session.close() }
        let caller = DynamicCaller(root: connection.root)
        let result = try await limited(to: timeout()) { try await caller.call(path, given) }
        print(result.write(indent: 2))
        return IpcProgram.ExitCode.success
    }

    /// Names up to the first word that can only be an argument are the path.
    private func split(_ words: [String]) throws -> (CallPath, CallArguments) {
        let names = words.prefix { word in
            word != "-" && !word.hasPrefix("{") && !word.hasPrefix("[")
                && !(word.contains("=") && !word.contains("{"))
        }
        let path = try CallPath(names.joined(separator: " "))
        let rest = Array(words.dropFirst(names.count))
        switch rest.first {
        case nil: return (path, .none)
        case "-" where rest.count == 1:
            let input = try FileHandle.standardInput.readToEnd() ?? Data()
            return (path, .json(String(decoding: input, as: UTF8.self)))
        case let first? where first.hasPrefix("{") || first.hasPrefix("["):
            guard rest.count == 1 else { throw OptionError("nothing may follow the arguments in JSON: '\(rest[1])'") }
            return (path, .json(first))
        default: return (path, .words(rest))
        }
    }

    /// Gives up when the time is over.
    private func limited<R: Sendable>(
        to limit: Duration?, _ body: @escaping @Sendable () async throws -> R
    ) async throws -> R {
        guard let limit else { return try await body() }
        return try await withThrowingTaskGroup(of: R.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(for: limit)
                throw IPCError.disconnected("no answer in \(limit)")
            }
            defer { group.cancelAll() }
            guard let first = try await group.next() else { throw CancellationError() }
            return first
        }
    }
}
