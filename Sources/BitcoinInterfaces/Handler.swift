/// A registration. Dropping the last reference ends it too.
package protocol Handler: Sendable {
    /// Ends the registration; no event arrives after it returns.
    func disconnect() async throws
}
