/// Named arguments.
extension RPCCommand {
    /// Puts named arguments in their places (Core's `transformNamedArguments`): what lies between given ones becomes
    /// null, options that may be named are gathered in their object, and `args` holds arguments given by position.
    ///
    /// - Throws: -8 for unknown, repeated or conflicting names.
    func position(_ named: JSONObject) throws(RPCError) -> [JSONValue] {
        var given: [String: JSONValue] = [:]
        for member in named.members {
            guard given.updateValue(member.value, forKey: member.key) == nil else {
                throw RPCError(.invalidParameter, "Parameter \(member.key) specified multiple times")
            }
        }
        func take(_ argument: RPCArgument) -> (name: String, value: JSONValue)? {
            for name in argument.allNames {
                if let value = given.removeValue(forKey: name) { return (name, value) }
            }
            return nil
        }
        var values: [JSONValue] = []
        var hole = 0
        var initialHole = 0
        var firstNamed: String?
        for argument in arguments {
            var options = JSONObject()
            if argument.kind == .namedOptions {
                for inner in argument.inner {
                    guard let (name, value) = take(inner) else { continue }
                    options.append(name, value)
                }
            }
            let found = take(argument)
            guard found != nil || !options.isEmpty else {
                hole += 1
                if values.isEmpty { initialHole = hole }
                continue
            }
            values.append(contentsOf: repeatElement(.null, count: hole))
            hole = 0
            firstNamed = firstNamed ?? argument.names
            if let (name, value) = found {
                if let option = options.keys.first {
                    throw RPCError(.invalidParameter, "Parameter \(name) conflicts with parameter \(option)")
                }
                values.append(value)
            } else {
                values.append(.object(options))
            }
        }
        if case .array(let positional)? = given["args"] {
            given["args"] = nil
            if let firstNamed, initialHole < positional.count {
                throw RPCError(
                    .invalidParameter,
                    "Parameter \(firstNamed) specified twice both as positional and named argument")
            }
            values = positional + values.dropFirst(positional.count)
        }
        if let unknown = named.keys.first(where: { given[$0] != nil }) {
            throw RPCError(.invalidParameter, "Unknown named parameter \(unknown)")
        }
        return values
    }
}
