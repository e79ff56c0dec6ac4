/// One call of a command: its context and its arguments by position.
package struct RPCCall<Context: Sendable>: Sendable {
    /// What the command works on.
    package let context: Context
    /// The request, named arguments already put in their places.
    package let request: RPCRequest
    /// The arguments as given.
    package let arguments: [JSONValue]

    /// Makes a call from its parts.
    package init(context: Context, request: RPCRequest, arguments: [JSONValue]) {
        self.context = context
        self.request = request
        self.arguments = arguments
    }

    /// The argument at that place; null when it was not given.
    package subscript(_ index: Int) -> JSONValue {
        arguments.indices.contains(index) ? arguments[index] : .null
    }
}

/// A command with its description, after Core's `RPCMethod`.
package struct RPCCommand<Context: Sendable>: Sendable {
    /// The work of a command. Errors that are no `RPCError` become code -1 with their description.
    package typealias Handler = @Sendable (RPCCall<Context>) async throws -> JSONValue

    /// The group in the list of commands; `hidden` ones are not listed.
    package var category: String
    /// The method.
    package var name: String
    /// What it does.
    package var description: String
    /// Its arguments.
    package var arguments: [RPCArgument]
    /// The forms of its result.
    package var results: [RPCResultShape]
    /// Examples, one or more lines.
    package var examples: String
    /// The work.
    package var handler: Handler

    /// Makes a command from its parts.
    package init(
        category: String, name: String, description: String, arguments: [RPCArgument] = [],
        results: [RPCResultShape], examples: String = "", handler: @escaping Handler
    ) {
        self.category = category
        self.name = name
        self.description = description
        self.arguments = arguments
        self.results = results
        self.examples = examples
        self.handler = handler
    }

    /// The first line of the help text.
    package var summary: String {
        var text = name
        var wasOptional = false
        for argument in arguments.prefix(while: { !$0.isHidden }) {
            if argument.isOptional {
                text += wasOptional ? " " : " ( "
            } else {
                text += wasOptional ? " ) " : " "
            }
            wasOptional = argument.isOptional
            text += argument.form(oneLine: true)
        }
        return wasOptional ? text + " )" : text
    }

    /// The whole help text, ending in a line break.
    package var help: String {
        var text = summary + "\n\n" + description.trimmingSpaceAndBreaks + "\n"
        var positional = RPCHelpSections()
        var named = RPCHelpSections()
        for (index, argument) in arguments.prefix(while: { !$0.isHidden }).enumerated() {
            positional.push("\(index + 1). \(argument.firstName)", argument.describe(isNamed: true))
            positional.push(argument)
            guard argument.kind == .namedOptions else { continue }
            for inner in argument.inner {
                named.push(inner.firstName, inner.describe(isNamed: true))
                named.push(inner)
            }
        }
        if !positional.isEmpty { text += "\nArguments:\n" + positional.text() }
        if !named.isEmpty { text += "\nNamed Arguments:\n" + named.text() }
        for result in results {
            var sections = RPCHelpSections()
            sections.push(result)
            guard !sections.isEmpty else { continue }
            text += result.condition.isEmpty ? "\nResult:\n" : "\nResult (\(result.condition)):\n"
            text += sections.text()
        }
        if !examples.isEmpty { text += "\nExamples:\n" + examples }
        return text
    }

    /// Checks number and types of the arguments, then does the work.
    ///
    /// - Throws: -1 with the help text for a wrong number, -3 for wrong types, and what the work throws.
    package func run(_ request: RPCRequest, context: Context) async throws -> JSONValue {
        let values: [JSONValue]
        switch request.parameters {
        case .object(let named): values = try position(named)
        case .array(let array): values = array
        default: values = []
        }
        let required = (arguments.lastIndex { !$0.isOptional } ?? -1) + 1
        guard (required...arguments.count).contains(values.count) else { throw RPCError(.miscellaneous, help) }
        let call = RPCCall(context: context, request: request, arguments: values)
        var mismatches = JSONObject()
        for (index, argument) in arguments.enumerated() {
            guard let mismatch = argument.mismatch(call[index]) else { continue }
            mismatches.append("Position \(index + 1) (\(argument.names))", .string(mismatch))
        }
        guard mismatches.isEmpty else {
            throw RPCError(.typeError, "Wrong type passed:\n" + JSONValue.object(mismatches).write(indent: 4))
        }
        return try await handler(call)
    }
}

/// One `bitcoin-cli` line of an example, with Core's form.
package func helpExampleCli(_ method: String, _ arguments: String) -> String {
    "> bitcoin-cli \(method) \(arguments)\n"
}

/// One `curl` line of an example, with Core's form.
package func helpExampleRpc(_ method: String, _ arguments: String) -> String {
    "> curl --user myusername --data-binary '{\"jsonrpc\": \"2.0\", \"id\": \"curltest\", \"method\": \"\(method)\", "
        + "\"params\": [\(arguments)]}' -H 'content-type: application/json' http://127.0.0.1:8332/\n"
}

extension String {
    /// Without white space at both ends (Core's `TrimString`).
    var trimmingSpaceAndBreaks: String {
        let space: Set<Character> = [" ", "\u{c}", "\n", "\r", "\t", "\u{b}", "\r\n"]
        var rest = self[...]
        while let first = rest.first, space.contains(first) { rest.removeFirst() }
        while let last = rest.last, space.contains(last) { rest.removeLast() }
        return String(rest)
    }
}
