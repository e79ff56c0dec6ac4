/// The two columns of a help text: a form on the left, its meaning on the right (Core's `Sections`).
struct RPCHelpSections {
    /// What surrounds a value.
    enum Outer { case array, object, nothing }

    private var rows: [(left: String, right: String)] = []
    private var width = 0

    var isEmpty: Bool { rows.isEmpty }

    mutating func push(_ left: String, _ right: String) {
        width = max(width, left.utf8.count)
        rows.append((left, right))
    }

    /// Rows for the parts of an argument that is an object or array.
    mutating func push(_ argument: RPCArgument, indent: Int = 5, outer: Outer = .nothing) {
        let pad = String(repeating: " ", count: indent)
        let isMember = outer == .object
        let isTop = outer == .nothing
        let name = isMember ? "\"\(argument.firstName)\": " : ""
        let right = isTop ? "" : argument.describe(isNamed: isMember)
        switch argument.kind {
        case .string, .hex, .number, .amount, .range, .bool, .namedOptions:
            if isTop { return }
            if let typeText = argument.typeText, isMember {
                push(pad + name + typeText.inObject + ",", right)
            } else {
                let form = isMember ? argument.formAsMember(oneLine: false) : argument.form(oneLine: false)
                push(pad + form + ",", right)
            }
        case .object, .userKeys:
            push(pad + name + "{", right)
            for inner in argument.inner { push(inner, indent: indent + 2, outer: .object) }
            if argument.kind != .object { push(pad + "  ...", "") }
            push(pad + "}" + (isTop ? "" : ","), "")
        case .array:
            push(pad + name + "[", right)
            for inner in argument.inner { push(inner, indent: indent + 2, outer: .array) }
            push(pad + "  ...", "")
            push(pad + "]" + (isTop ? "" : ","), "")
        }
    }

    /// Rows for a result.
    mutating func push(_ result: RPCResultShape, indent: Int = 0, outer: Outer = .nothing) {
        let pad = String(repeating: " ", count: indent)
        let comma = outer == .nothing ? "" : ","
        let key = outer == .object ? "\"\(result.key)\" : " : ""
        func describe(_ type: String) -> String {
            let text = "(\(type)\(result.isOptional ? ", optional" : ""))"
            return result.description.isEmpty ? text : text + " " + result.description
        }
        switch result.elision {
        case .none: break
        case .skipped: return
        case .summary(let text):
            push(pad + "..." + comma, text)
            return
        }
        switch result.kind {
        case .any: push(pad + key + "xxx" + comma, describe("any"))
        case .none: push(pad + "null" + comma, describe("json null"))
        case .string: push(pad + key + "\"str\"" + comma, describe("string"))
        case .amount, .number: push(pad + key + "n" + comma, describe("numeric"))
        case .hex: push(pad + key + "\"hex\"" + comma, describe("string"))
        case .time: push(pad + key + "xxx" + comma, describe("numeric"))
        case .bool: push(pad + key + "true|false" + comma, describe("boolean"))
        case .array, .fixedArray:
            push(pad + key + "[", describe("json array"))
            for inner in result.inner { push(inner, indent: indent + 2, outer: .array) }
            var endsInSummary = false
            if case .summary? = result.inner.last?.elision { endsInSummary = true }
            if result.kind == .array, !endsInSummary { push(pad + "  ...", "") } else { dropComma() }
            push(pad + "]" + comma, "")
        case .object, .dynamicObject:
            if result.inner.isEmpty {
                push(pad + key + "{}", describe("empty JSON object"))
                return
            }
            push(pad + key + "{", describe("json object"))
            for inner in result.inner { push(inner, indent: indent + 2, outer: .object) }
            if result.kind == .dynamicObject { push(pad + "  ...", "") } else { dropComma() }
            push(pad + "}" + comma, "")
        }
    }

    private mutating func dropComma() {
        guard let last = rows.indices.last, !rows[last].left.isEmpty else { return }
        rows[last].left.removeLast()
    }

    /// All rows, the right column aligned also after its line breaks.
    func text() -> String {
        let pad = width + 4
        var text = ""
        for row in rows {
            text += row.left
            if !row.right.isEmpty {
                text += String(repeating: " ", count: max(0, pad - row.left.utf8.count))
                let lines = row.right.split(separator: "\n", omittingEmptySubsequences: false)
                for (index, line) in lines.enumerated() {
                    // Later lines lose their own indent; a last empty line gets only the pad.
                    text += index == 0 ? String(line) : String(repeating: " ", count: pad) + line.drop { $0 == " " }
                    if index < lines.count - 1 { text += "\n" }
                }
            }
            text += "\n"
        }
        return text
    }
}
