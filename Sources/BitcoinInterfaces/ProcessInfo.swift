/// What a process says of itself.
package struct ProcessInfo: Sendable, Equatable {
    /// Name of the executable, such as `bitcoin-node`.
    package var name: String
    /// Version of the client software.
    package var version: String
    /// Process id.
    package var processID: Int32
    /// Core's name of the network: main, test, testnet4, signet, regtest.
    package var chain: String
    /// Start, seconds since 1970.
    package var startTime: Int64

    /// Makes the value from its parts.
    package init(name: String, version: String, processID: Int32, chain: String, startTime: Int64) {
        self.name = name
        self.version = version
        self.processID = processID
        self.chain = chain
        self.startTime = startTime
    }
}
