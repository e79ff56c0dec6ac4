/// The words of a typed command, and JSON-RPC made of them.
enum CommandWords {
    /// Splits at spaces; quotes of either kind keep words together, and stay visible in `isQuoted`.
    static func split(_ text: String) -> [(text: String, isQuoted: Bool)] {
        var words: [(text: String, isQuoted: Bool)] = []
        var word = ""
        var isQuoted = false
        var quote: Character?
        for character in text {
            if let open = quote {
                if character == open { quote = nil } else { word.append(character) }
            } else if character == "'" || character == "\"" && word.isEmpty {
                quote = character
                isQuoted = true
            } else if character == " " {
                if !word.isEmpty || isQuoted { words.append((word, isQuoted)) }
                word = ""
                isQuoted = false
            } else {
                word.append(character)
            }
        }
        if !word.isEmpty || isQuoted { words.append((word, isQuoted)) }
        return words
    }

    /// A JSON-RPC request. Words that are JSON numbers, true, false, null, arrays or objects are passed as such, all
    /// others, and short numbers in double quotes, as strings; `name=value` makes the arguments named.
    static func request(method: String, arguments: [(text: String, isQuoted: Bool)]) -> String {
        let isNamed = !arguments.isEmpty && arguments.allSatisfy { name(of: $0.text) != nil }
        let parameters: String
        if isNamed {
            let members = arguments.map { argument -> String in
                let name = name(of: argument.text) ?? ""
                let value = String(argument.text.dropFirst(name.count + 1))
                return JSONText.quoted(name) + ":" + json(value, isQuoted: argument.isQuoted)
            }
            parameters = "{" + members.joined(separator: ",") + "}"
        } else {
            parameters = "[" + arguments.map { json($0.text, isQuoted: $0.isQuoted) }.joined(separator: ",") + "]"
        }
        return "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\(JSONText.quoted(method)),\"params\":\(parameters)}"
    }

    private static func name(of argument: String) -> String? {
        guard let end = argument.firstIndex(of: "="), end > argument.startIndex else { return nil }
        let name = argument[..<end]
        return name.allSatisfy { $0.isLetter && $0.isASCII || $0 == "_" } ? String(name) : nil
    }

    private static func json(_ word: String, isQuoted: Bool) -> String {
        let isStructure = word.first == "[" || word.first == "{"
        if isStructure || !isQuoted, let value = JSONText(word), value.text == nil { return word }
        return JSONText.quoted(word)
    }

    /// Methods whose arguments may be secret: never kept in the history, never shown while typed.
    static let secretMethods: Set<String> = [
        "walletpassphrase", "walletpassphrasechange", "encryptwallet", "createwallet", "importdescriptors",
        "importprivkey", "signmessagewithprivkey", "signrawtransactionwithkey", "sethdseed", "restorewallet",
        "migratewallet", "createwalletdescriptor",
    ]

    /// Methods that would carry a passphrase through the node.
    static let passphraseMethods: Set<String> = [
        "walletpassphrase", "walletpassphrasechange", "encryptwallet", "migratewallet",
    ]

    /// The typed line with arguments of passphrase methods hidden, the same number of characters whatever they are.
    static func shown(_ line: String) -> String {
        let words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: true)
        guard words.count > 2, words[0] == "rpc", passphraseMethods.contains(words[1].lowercased()) else {
            return line
        }
        return "rpc \(words[1]) (hidden)"
    }
}
