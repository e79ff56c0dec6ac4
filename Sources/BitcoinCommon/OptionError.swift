/// Bad options or a bad configuration file. `message` is Core's text.
package struct OptionError: Error, Equatable, CustomStringConvertible {
    /// What is wrong, for the user.
    package let message: String

    /// An error with a text for the user.
    package init(_ message: String) { self.message = message }

    package var description: String { message }
}
