import Glibc
import Logging
import Synchronization
import Testing

@testable import IPC

/// Starting programs.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct IpcProcessTests {
    let scratch = Scratch()
    let process = IpcProcess(argumentZero: "test", logger: Logger(label: "test"))

    private func shell(_ script: String) throws -> SpawnedProcess {
        try process.spawn(path: "/bin/sh", arguments: ["/bin/sh", "-c", script])
    }

    @Test func exitCodesAreReported() async throws {
        #expect(try await shell("exit 7").exitStatus == .exited(7))
        #expect(try await shell("exit 0").exitStatus == .exited(0))
    }

    @Test func aKilledChildIsNoticed() async throws {
        let child = try shell("sleep 60")
        child.signal(SIGKILL)
        #expect(await child.exitStatus == .signalled(SIGKILL))
        // The number may belong to somebody else by now: nothing is sent.
        child.signal(SIGKILL)
    }

    @Test func theExitOfADroppedProcessIsNoticed() async throws {
        let status = await withCheckedContinuation { continuation in
            do {
                try shell("exit 3").onExit { continuation.resume(returning: $0) }
            } catch {
                continuation.resume(returning: .exited(-1))
            }
        }
        #expect(status == .exited(3))
    }

    @Test func aMissingProgramIsNamed() throws {
        let process = IpcProcess(argumentZero: scratch("bin/bitcoin-node"), logger: Logger(label: "test"))
        let error = try #require(throws: IPCError.self) { try process.spawn(executable: "bitcoin-wallet") }
        #expect(error == .spawnFailed(path: scratch("bin/bitcoin-wallet"), code: ENOENT))
        #expect(error.description == "Cannot start \(scratch("bin/bitcoin-wallet")): No such file or directory")
        Scratch.write("", to: scratch("plain"))
        #expect(throws: IPCError.spawnFailed(path: scratch("plain"), code: EACCES)) {
            try process.spawn(path: scratch("plain"), arguments: [scratch("plain")])
        }
    }

    @Test func theChildLiesBesideTheProgramAndGetsTheSocketNumber() async throws {
        Scratch.write("#!/bin/sh\necho \"$0 $*\" > \(scratch("out"))\n", to: scratch("bitcoin-child"))
        _ = unsafe chmod(scratch("bitcoin-child"), 0o700)
        let process = IpcProcess(argumentZero: scratch("bitcoin-node"), logger: Logger(label: "test"))
        let child = try process.spawn(executable: "bitcoin-child")
        #expect(await child.exitStatus == .exited(0))
        #expect(Scratch.read(scratch("out")) == "\(scratch("bitcoin-child")) -ipcfd 3\n")
    }

    @Test func theChildInheritsNothingButItsSocket() async throws {
        // Descriptors that are not closed on exec, on both sides of the child's number.
        let open = (0..<5).map { _ in dup(1) }
        defer { open.forEach { close($0) } }
        // The shell itself opens /proc/self/fd as one more.
        let child = try shell("ls /proc/$$/fd > \(scratch("out")); test -S /proc/$$/fd/3")
        #expect(await child.exitStatus == .exited(0))
        let inherited = Scratch.read(scratch("out")).split(separator: "\n")
        #expect(inherited.contains("3"))
        #expect(
            inherited.filter { ["0", "1", "2", "3"].contains($0) == false && Int($0).map { $0 < 10 } == true } == [])
    }

    @Test func bytesGoBothWaysAndClosingEndsTheChild() async throws {
        let child = try shell("head -c 5 <&3 >&3; cat <&3 > \(scratch("out")); exit 9")
        let collector = Collector()
        try child.channel.start(collector)
        child.channel.send(Array("hello".utf8))
        #expect(await collector.bytes(5) == Array("hello".utf8))
        child.channel.send(Array("rest".utf8))
        child.channel.close()
        #expect(await child.exitStatus == .exited(9))
        #expect(await collector.end() == nil)
        #expect(Scratch.read(scratch("out")) == "rest")
    }

    @Test func signalsAreAsAtLogin() async throws {
        // SIGPIPE, ignored here, is not in the child: writing to a closed pipe kills `yes`.
        let child = try shell("grep SigIgn /proc/self/status > \(scratch("out"))")
        #expect(await child.exitStatus == .exited(0))
        let mask = Scratch.read(scratch("out")).split(separator: "\t").last?.trimmingNewline ?? ""
        #expect((UInt64(mask, radix: 16) ?? .max) & (1 << UInt64(SIGPIPE - 1)) == 0)
    }

    @Test(arguments: [[], ["-ipcfd"], ["-ipcfd", "3", "-x"], ["-ipcbind", "3"], ["3", "-ipcfd"]])
    func otherCommandLinesAreNoSpawning(arguments: [String]) throws {
        #expect(try process.checkSpawned(arguments: ["test"] + arguments) as AnyObject? === nil)
    }

    @Test(arguments: ["x", "", "3x", "-1", "0", "1", "2", "99999", "999999999999", "+5"])
    func badNumbersAreRefused(text: String) throws {
        let error = try #require(throws: IPCError.self) {
            try process.checkSpawned(arguments: ["test", "-ipcfd", text])
        }
        #expect(error.description.hasPrefix("Invalid -ipcfd number '\(text)' ("))
    }

    @Test func aSocketNumberIsTaken() async throws {
        let (ours, theirs) = try UnixSocket.makePair()
        let channel = try #require(try process.checkSpawned(arguments: ["test", "-ipcfd", "\(ours)"]))
        #expect(channel.peer.processID == getpid())
        #expect(channel.peer.userID == geteuid())
        let collector = Collector()
        try channel.start(collector)
        close(theirs)
        #expect(await collector.end() == nil)
    }
}

extension Substring {
    fileprivate var trimmingNewline: Substring { hasSuffix("\n") ? dropLast() : self }
}
