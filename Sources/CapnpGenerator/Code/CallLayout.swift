/// Breaks calls with many arguments into lines.
enum CallLayout {
    /// The longest line of arguments, without indentation.
    private static let width = 92

    /// `function(arguments)` as a statement.
    static func call(_ function: String, _ arguments: [String]) -> [Code] {
        let (lines, last) = opening(function, arguments)
        return lines + [.line(last)]
    }

    /// `function(arguments)` up to the line that ends with the closing parenthesis, behind which closures may follow.
    static func opening(_ function: String, _ arguments: [String]) -> (lines: [Code], last: String) {
        let line = "\(function)(\(arguments.joined(separator: ", ")))"
        if line.count <= width || arguments.count < 2 { return ([], line) }
        var lines: [Code] = []
        var current = ""
        for (position, argument) in arguments.enumerated() {
            let next = argument + (position == arguments.count - 1 ? "" : ",")
            if !current.isEmpty, current.count + next.count + 1 > width {
                lines.append(.line(current))
                current = ""
            }
            current += current.isEmpty ? next : " " + next
        }
        lines.append(.line(current))
        return ([.line("\(function)("), .indented(lines)], ")")
    }
}
