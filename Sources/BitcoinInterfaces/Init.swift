// Design note: the one rule of this project is that application code knows only these protocols. Whether the object
// behind one is in this process or in another is decided once, in the main file of an executable; remote objects come
// from generated code (module `BitcoinIPC`). Arguments and results are value types, or other objects of this module.
//
// Adding a method touches three places: its schema (`BitcoinIPC/Schemas`), its protocol here, its implementation.
// A difference between schema and protocol does not compile.

/// The first object a peer gets from a Bitcoin Core process, and the way to every other (`init.capnp`).
package protocol Init: Sendable {
    /// An echo, to test the connection.
    func makeEcho() async throws -> any Echo

    /// Mining interface; nil when the process is shutting down. Waits until the chain is loaded.
    func makeMining() async throws -> (any Mining)?

    /// JSON-RPC in process.
    func makeRpc() async throws -> any Rpc
}
