/// The description of a result or of a part of it, after Core's `RPCResult`.
package struct RPCResultShape: Sendable {
    /// What kind of value it is.
    package enum Kind: Sendable, Equatable {
        /// A string.
        case string
        /// A number of bitcoins.
        case amount
        /// A string of hexadecimal digits.
        case hex
        /// A number.
        case number
        /// Seconds since 1970.
        case time
        /// true or false.
        case bool
        /// null.
        case none
        /// Anything.
        case any
        /// An object with known members.
        case object
        /// An object whose names are data.
        case dynamicObject
        /// An array of any length.
        case array
        /// An array of known length.
        case fixedArray
    }

    /// How the help text shows it.
    package enum Elision: Sendable, Equatable {
        /// In full.
        case none
        /// Not at all.
        case skipped
        /// As `...` with this text.
        case summary(String)
    }

    /// The kind.
    package var kind: Kind
    /// Its name within an object.
    package var key: String
    /// May be missing.
    package var isOptional: Bool
    /// What it means.
    package var description: String
    /// Members or elements.
    package var inner: [RPCResultShape]
    /// Under which condition this form is returned; empty for always. Only for whole results.
    package var condition: String
    /// How the help text shows it.
    package var elision: Elision

    /// Makes the description of a result.
    package init(
        _ kind: Kind, _ key: String = "", _ description: String = "", optional: Bool = false,
        inner: [RPCResultShape] = [], condition: String = "", elision: Elision = .none
    ) {
        self.kind = kind
        self.key = key
        self.description = description
        self.isOptional = optional
        self.inner = inner
        self.condition = condition
        self.elision = elision
    }
}
