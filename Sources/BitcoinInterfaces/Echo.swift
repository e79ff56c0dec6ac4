/// Answers what it is told (`echo.capnp`).
package protocol Echo: Sendable {
    /// Returns its argument.
    func echo(echo: String) async throws -> String
}
