/// The description of one argument of a command, after Core's `RPCArg`.
package struct RPCArgument: Sendable {
    /// What kind of value it takes.
    package enum Kind: Sendable, Equatable {
        /// A string.
        case string
        /// A string of hexadecimal digits.
        case hex
        /// A number.
        case number
        /// true or false.
        case bool
        /// A number or string of bitcoins.
        case amount
        /// A number or an array of two numbers.
        case range
        /// An object with known members.
        case object
        /// An object whose members may also be passed as named arguments.
        case namedOptions
        /// An object whose names the user chooses.
        case userKeys
        /// An array.
        case array
    }

    /// What holds when the argument is missing.
    package enum Fallback: Sendable {
        /// It must be there.
        case required
        /// It may be missing; the help text does not say what then holds.
        case omitted
        /// It may be missing; a hint says what then holds.
        case hint(String)
        /// It may be missing and then has this value.
        case value(JSONValue)
    }

    /// Its name, with further accepted names after `|`.
    package var names: String
    /// The kind of its value.
    package var kind: Kind
    /// What holds when it is missing.
    package var fallback: Fallback
    /// What it means, for the help text.
    package var description: String
    /// Members of an object or elements of an array.
    package var inner: [RPCArgument]
    /// Any type is accepted; the command checks it.
    package var skipsTypeCheck: Bool
    /// Replaces the form in the first line of the help text.
    package var oneLine: String
    /// Replaces the type: within an object, and in the description.
    package var typeText: (inObject: String, inDescription: String)?
    /// Left out of the help text, with all that follow.
    package var isHidden: Bool

    /// Makes the description of an argument.
    package init(
        _ names: String, _ kind: Kind, _ fallback: Fallback, _ description: String, inner: [RPCArgument] = [],
        skipsTypeCheck: Bool = false, oneLine: String = "",
        typeText: (inObject: String, inDescription: String)? = nil, isHidden: Bool = false
    ) {
        self.names = names
        self.kind = kind
        self.fallback = fallback
        self.description = description
        self.inner = inner
        self.skipsTypeCheck = skipsTypeCheck
        self.oneLine = oneLine
        self.typeText = typeText
        self.isHidden = isHidden
    }

    /// All accepted names.
    package var allNames: [String] { names.split(separator: "|", omittingEmptySubsequences: false).map(String.init) }

    /// The first name.
    package var firstName: String { allNames[0] }

    /// Whether it may be missing.
    package var isOptional: Bool {
        if case .required = fallback { return false }
        return true
    }

    /// What is wrong with the type of a value; nil when it fits.
    func mismatch(_ value: JSONValue) -> String? {
        if skipsTypeCheck || (isOptional && value.isNull) { return nil }
        let expected: String
        switch kind {
        case .string, .hex: expected = "string"
        case .number: expected = "number"
        case .bool: expected = "bool"
        case .amount, .range: return nil
        case .object, .namedOptions, .userKeys: expected = "object"
        case .array: expected = "array"
        }
        guard value.typeName != expected else { return nil }
        return "JSON value of type \(value.typeName) is not of expected type \(expected)"
    }
}

// The texts from which the help is made.
extension RPCArgument {
    /// The form of the value, as in the first line of the help text.
    func form(oneLine isOneLine: Bool) -> String {
        if isOneLine, !oneLine.isEmpty { return oneLine }
        switch kind {
        case .string, .hex: return "\"\(firstName)\""
        case .number, .range, .amount, .bool: return firstName
        case .object, .namedOptions, .userKeys:
            let members = inner.map { $0.formAsMember(oneLine: isOneLine) }.joined(separator: ",")
            return kind == .object ? "{\(members)}" : "{\(members),...}"
        case .array:
            return "[" + inner.map { $0.form(oneLine: isOneLine) + "," }.joined() + "...]"
        }
    }

    /// The form of a member of an object, with its name.
    func formAsMember(oneLine isOneLine: Bool) -> String {
        let start = "\"\(firstName)\":" + (isOneLine ? "" : " ")
        switch kind {
        case .string: return start + "\"str\""
        case .hex: return start + "\"hex\""
        case .number: return start + "n"
        case .range: return start + "n or [n,n]"
        case .amount: return start + "amount"
        case .bool: return start + "bool"
        case .array: return start + "[" + inner.map { $0.form(oneLine: isOneLine) + "," }.joined() + "...]"
        // Core has no object inside an object in its one-line forms.
        case .object, .namedOptions, .userKeys: return start + form(oneLine: isOneLine)
        }
    }

    /// Type, default and meaning.
    func describe(isNamed: Bool) -> String {
        var text = "("
        if let typeText {
            text += typeText.inDescription
        } else {
            switch kind {
            case .string, .hex: text += "string"
            case .number: text += "numeric"
            case .amount: text += "numeric or string"
            case .range: text += "numeric or array"
            case .bool: text += "boolean"
            case .object, .namedOptions, .userKeys: text += "json object"
            case .array: text += "json array"
            }
        }
        switch fallback {
        case .required: text += ", required"
        case .omitted: text += isNamed ? ", optional" : ""
        case .hint(let hint): text += ", optional, default=" + hint
        case .value(let value): text += ", optional, default=" + value.write()
        }
        text += ")"
        if kind == .namedOptions {
            text += " Options object that can be used to pass named arguments, listed below."
        }
        return description.isEmpty ? text : text + " " + description
    }
}
