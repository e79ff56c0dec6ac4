/// The commands of a program.
package struct RPCCommandTable<Context: Sendable>: Sendable {
    private var commands: [String: RPCCommand<Context>] = [:]

    /// Makes a table of `commands`; a later one replaces an earlier one of the same name.
    package init(_ commands: [RPCCommand<Context>] = []) {
        for command in commands { add(command) }
    }

    /// Adds a command.
    package mutating func add(_ command: RPCCommand<Context>) { commands[command.name] = command }

    /// The names of all commands, sorted.
    package var names: [String] { commands.keys.sorted() }

    /// The command of that name.
    package subscript(_ name: String) -> RPCCommand<Context>? { commands[name] }

    /// Runs the command that a request names.
    ///
    /// - Throws: -32601 when there is none; else as `RPCCommand.run`, every error as an `RPCError`.
    package func execute(_ request: RPCRequest, context: Context) async throws(RPCError) -> JSONValue {
        guard let command = commands[request.method] else { throw RPCError(.methodNotFound, "Method not found") }
        do {
            return try await command.run(request, context: context)
        } catch {
            throw RPCError(error)
        }
    }

    /// What the command `help` returns: the list of commands, or the help text of one.
    ///
    /// - Parameters:
    ///   - name: The command; empty for the list.
    ///   - others: Category, name and help text of commands that run elsewhere (a wallet process) and are listed too.
    package func help(_ name: String, others: [RPCHelpEntry] = []) -> String {
        let own = commands.values.map { RPCHelpEntry(category: $0.category, name: $0.name, help: $0.help) }
        if !name.isEmpty {
            guard let entry = (own + others).first(where: { $0.name == name }) else {
                return "help: unknown command: \(name)"
            }
            return entry.help
        }
        let listed = (own + others).filter { $0.category != "hidden" }
            .sorted { $0.category + $0.name < $1.category + $1.name }
        var lines: [String] = []
        var category = ""
        for entry in listed {
            if entry.category != category {
                if !category.isEmpty { lines.append("") }
                category = entry.category
                lines.append("== \(category.prefix(1).uppercased())\(category.dropFirst()) ==")
            }
            lines.append(String(entry.help.prefix { $0 != "\n" }))
        }
        return lines.joined(separator: "\n")
    }

    /// What another program needs to list these commands in its own help.
    package var helpEntries: [RPCHelpEntry] {
        commands.values.map { RPCHelpEntry(category: $0.category, name: $0.name, help: $0.help) }
    }
}

/// A command's place in the list of commands and its help text.
package struct RPCHelpEntry: Sendable, Equatable {
    /// The group.
    package var category: String
    /// The method.
    package var name: String
    /// The help text, its first line the summary.
    package var help: String

    /// Makes the value from its parts.
    package init(category: String, name: String, help: String) {
        self.category = category
        self.name = name
        self.help = help
    }
}
