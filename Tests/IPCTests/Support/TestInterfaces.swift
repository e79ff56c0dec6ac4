/// The root of the tests' processes.
protocol TestInit: Sendable {
    func makeEcho() async throws -> any TestEcho
}

/// Something to call in every way that the runtime knows.
protocol TestEcho: Sendable {
    /// Returns its argument.
    func echo(text: String) async throws -> String
    /// Returns what the callback makes of the text.
    func relay(text: String, callback: @escaping TestCallback) async throws -> String
    /// Throws an exception with the text.
    func fail(text: String) async throws
    /// Returns when the server lets go of it.
    func hold(text: String) async throws
    /// Returns its argument; has no context.
    func ping(text: String) async throws -> String
    /// Returns the object itself, or nil for nil.
    func same(object: (any TestEcho)?) async throws -> (any TestEcho)?
}

/// A callback.
typealias TestCallback = @Sendable (String) async throws -> String
