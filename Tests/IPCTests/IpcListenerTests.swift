import Glibc
import Logging
import TestData
import Testing

@testable import IPC

/// Binding: what lies at the path, and what is left there.
struct IpcListenerTests {
    let scratch = Scratch()
    let process = IpcProcess(argumentZero: "test", logger: Logger(label: "test"))

    @Test func theSocketIsForItsOwnerOnly() throws {
        let path = scratch("a/b/node.sock")
        let listener = try process.bind(.unix(path: path))
        #expect(Scratch.status(path)?.mode == 0o600)
        #expect(Scratch.status(path)?.isSocket == true)
        #expect(Scratch.status(scratch("a"))?.mode == 0o700)
        #expect(Scratch.status(scratch("a/b"))?.mode == 0o700)
        listener.close()
        #expect(Scratch.status(path) == nil)
    }

    @Test func aLiveSocketIsNotStolen() async throws {
        let path = scratch("node.sock")
        let listener = try process.bind(.unix(path: path))
        #expect(throws: IPCError.addressInUse(path: path)) { try process.bind(.unix(path: path)) }
        #expect(try await process.connect(.unix(path: path))?.peer.processID == getpid())
        listener.close()
    }

    @Test func aLiveSocketWithAFullQueueIsNotStolen() throws {
        let path = scratch("node.sock")
        let descriptor = try UnixSocket.listen(path: path, backlog: 0)
        defer { close(descriptor) }
        var clients: [Int32] = []
        while case .success(let client) = UnixSocket.connect(path: path) { clients.append(client) }
        defer { clients.forEach { close($0) } }
        #expect(throws: IPCError.addressInUse(path: path)) { try process.bind(.unix(path: path)) }
    }

    @Test func aStaleSocketIsReplaced() async throws {
        let path = scratch("node.sock")
        try await leaveStale(path)
        #expect(Scratch.status(path)?.isSocket == true)
        let listener = try process.bind(.unix(path: path))
        listener.close()
    }

    @Test func anotherFileIsNotTouched() {
        let path = scratch("node.sock")
        Scratch.write("precious", to: path)
        #expect(throws: IPCError.notASocket(path: path)) { try process.bind(.unix(path: path)) }
        #expect(Scratch.read(path) == "precious")
    }

    @Test func aSocketOfSomebodyElseIsNotRemovedAtTheEnd() throws {
        let path = scratch("node.sock")
        let first = try process.bind(.unix(path: path))
        _ = unsafe unlink(path)
        let second = try process.bind(.unix(path: path))
        first.close()
        #expect(Scratch.status(path) != nil)
        second.close()
        #expect(Scratch.status(path) == nil)
    }

    @Test func aDroppedListenerRemovesItsFile() throws {
        let path = scratch("node.sock")
        _ = try process.bind(.unix(path: path))
        #expect(Scratch.status(path) == nil)
    }

    @Test func errorsNamePathAndRemedy() throws {
        Scratch.write("", to: scratch("file"))
        let path = scratch("file/node.sock")
        let error = try #require(throws: IPCError.self) { try process.bind(.unix(path: path)) }
        #expect(error.description.contains(path))
        #expect(error.description.contains("Not a directory"))
        let long = scratch(String(repeating: "x", count: 120))
        #expect(throws: IPCError.pathTooLong(path: long, limit: 107)) { try process.bind(.unix(path: long)) }
    }

    @Test(.enabled(if: geteuid() != 0, "root may write everywhere"))
    func anUnwritableFolderIsNamed() throws {
        _ = unsafe chmod(scratch.path, 0o500)
        let path = scratch("node.sock")
        let error = try #require(throws: IPCError.self) { try process.bind(.unix(path: path)) }
        #expect(error.description.contains(path))
        #expect(error.description.contains("Permission denied; make its folder writable"))
    }

    @Test func connectingToNothingSaysWhy() async throws {
        let path = scratch("node.sock")
        #expect(try await isNothing(.none))
        #expect(try await isNothing(.automatic(path: path)))
        let missing = try await #require(throws: IPCError.self) { try await process.connect(.unix(path: path)) }
        #expect(missing == .connectFailed(address: "unix:" + path, code: ENOENT))
        #expect(missing.description == "Cannot connect to unix:\(path): No such file or directory")
        try await leaveStale(path)
        #expect(try await isNothing(.automatic(path: path)))
        let refused = try await #require(throws: IPCError.self) { try await process.connect(.unix(path: path)) }
        #expect(refused == .connectFailed(address: "unix:" + path, code: ECONNREFUSED))
    }

    /// Leaves a socket behind as a killed process does.
    private func leaveStale(_ path: String) async throws {
        close(try UnixSocket.listen(path: path, backlog: 1))
        // A child that another test has just forked holds a copy of the descriptor until it executes its program.
        #expect(
            await eventually {
                switch UnixSocket.connect(path: path) {
                case .success(let client):
                    close(client)
                    return false
                case .failure(let error):
                    return error.code == ECONNREFUSED
                }
            })
    }

    private func isNothing(_ address: IpcAddress) async throws -> Bool {
        try await process.connect(address) as AnyObject? === nil
    }
}
