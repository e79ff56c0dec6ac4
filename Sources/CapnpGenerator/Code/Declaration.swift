/// A statement, or several with what holds them together.
indirect enum Code {
    case line(String)
    /// `head {`, the statements and `}`; on one line if that is short.
    case block(String, [Code])
    /// Blocks that continue each other, as `do {` and `} catch {`. Each comes with its opening line; `}` ends the last.
    case clauses([(opening: String, body: [Code])])
    /// `switch head {` with its cases.
    case branches(String, [(pattern: String, body: [Code])])
    case indented([Code])
}

/// A Swift declaration, before it is laid out.
struct Declaration {
    /// The text of its documentation comment; empty for none.
    var comment: String
    /// Everything up to the brace, or the whole declaration if there is no body.
    var head: String
    var body: Body

    enum Body {
        case none
        /// The body of a function or property.
        case code([Code])
        /// The members of a type or extension.
        case members([Declaration])
    }

    init(_ head: String, comment: String = "") {
        self.init(head, comment: comment, body: .none)
    }

    init(_ head: String, comment: String = "", code: [Code]) {
        self.init(head, comment: comment, body: .code(code))
    }

    init(_ head: String, comment: String = "", members: [Declaration]) {
        self.init(head, comment: comment, body: .members(members))
    }

    private init(_ head: String, comment: String, body: Body) {
        self.comment = comment
        self.head = head
        self.body = body
    }
}
