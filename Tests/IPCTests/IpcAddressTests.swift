import Testing

@testable import IPC

/// The table of addresses that Core's options have.
struct IpcAddressTests {
    static let folder = "/data/regtest"

    @Test(arguments: [
        ("unix", "/data/regtest/node.sock"),
        ("unix:", "/data/regtest/node.sock"),
        ("unix:other.sock", "/data/regtest/other.sock"),
        ("unix:sub/other.sock", "/data/regtest/sub/other.sock"),
        ("unix:/tmp/x.sock", "/tmp/x.sock"),
    ])
    func unixAddressesGetTheirPath(text: String, path: String) throws {
        let address = try IpcAddress.listening(text, directory: Self.folder)
        #expect(address == .unix(path: path))
        #expect(address.description == "unix:" + path)
        #expect(try IpcAddress.connecting(text, directory: Self.folder) == address)
    }

    @Test func theSocketIsNamedAfterTheProgram() throws {
        #expect(
            try IpcAddress.listening("unix", directory: "/d/", executable: "bitcoin-wallet")
                == .unix(path: "/d/wallet.sock"))
        #expect(try IpcAddress.listening("unix", directory: "/d", executable: "other") == .unix(path: "/d/other.sock"))
    }

    @Test(arguments: ["", "0"])
    func emptyAndZeroMeanNoConnection(text: String) throws {
        #expect(try IpcAddress.connecting(text, directory: Self.folder) == .none)
    }

    @Test func autoIsTheDefaultSocket() throws {
        let address = try IpcAddress.connecting("auto", directory: Self.folder)
        #expect(address == .automatic(path: "/data/regtest/node.sock"))
        #expect(address.description == "unix:/data/regtest/node.sock")
    }

    @Test(arguments: ["", "0", "auto", "tcp:127.0.0.1:8332", "Unix", "unixx", "/tmp/x.sock", "unix:a\u{0}b"])
    func otherAddressesCannotBeBound(text: String) {
        #expect(throws: IPCError.unrecognizedAddress(text)) {
            try IpcAddress.listening(text, directory: Self.folder)
        }
    }

    @Test func anUnknownAddressIsNamedInTheError() {
        #expect(IPCError.unrecognizedAddress("tcp:1").description == "Unrecognized address 'tcp:1'")
    }

    @Test func aPathOf107BytesIsTheLongest() throws {
        let longest = "/" + String(repeating: "a", count: 106)
        #expect(try IpcAddress.listening("unix:" + longest, directory: "") == .unix(path: longest))
        #expect(throws: IPCError.pathTooLong(path: longest + "a", limit: 107)) {
            try IpcAddress.listening("unix:" + longest + "a", directory: "")
        }
        // Bytes, not characters.
        let umlauts = "/" + String(repeating: "ä", count: 54)
        #expect(throws: IPCError.pathTooLong(path: umlauts, limit: 107)) {
            try IpcAddress.listening("unix:" + umlauts, directory: "")
        }
    }

    @Test func autoWithATooLongPathConnectsNowhere() throws {
        let folder = "/" + String(repeating: "a", count: 120)
        #expect(try IpcAddress.connecting("auto", directory: folder) == .none)
    }
}
