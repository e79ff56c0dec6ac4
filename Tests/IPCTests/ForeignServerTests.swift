import Capnp
import CapnpRPC
import Testing

@testable import IPC

/// A server that has none of our code: pycapnp, if it is installed.
@Suite(.timeLimit(.minutes(5)))
struct ForeignServerTests {
    @Test(.enabled(if: Pycapnp.isInstalled, "needs python3 with pycapnp"))
    func pycapnpServesOurClient() async throws {
        let scratch = Scratch()
        let process = IpcProcess(argumentZero: "test", logger: testLogger)
        let server = try Pycapnp.start(Self.script, in: scratch, by: process)
        var channel: (any IpcChannel)?
        for _ in 0..<1000 where channel == nil {
            channel = try await process.connect(.automatic(path: scratch("python.sock")))
            if channel == nil { try await Task.sleep(for: .milliseconds(20)) }
        }
        do {
            let connection = try await capnpProtocol().connect(
                try #require(channel, "\(Scratch.read(scratch("out.txt")))"))
            let echo = try await connection.root.makeEcho()
            try await calls(echo)
            try await pipelines(echo)
            try await gaveUp(echo)
            try await objects(connection.root, echo)
            // The server ends when it is told to.
            #expect(try await echo.ping(text: "stop") == "stop")
        }
        #expect(await server.exitStatus == .exited(0), "\(Scratch.read(scratch("out.txt")))")
        #expect(Scratch.read(scratch("out.txt")) == "0 left\n")
    }

    private func calls(_ echo: any TestEcho) async throws {
        #expect(try await echo.echo(text: "hello é") == "hello é")
        #expect(try await echo.echo(text: String(repeating: "b", count: 1_000_000)).utf8.count == 1_000_000)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for call in 0..<50 {
                        let answer = try await echo.echo(text: "\(task) \(call)")
                        #expect(answer == "\(task) \(call)")
                    }
                }
            }
            try await group.waitForAll()
        }
        let error = await #expect(throws: RemoteException.self) { try await echo.fail(text: "some words") }
        #expect(error?.message.contains("some words") == true, "\(String(describing: error))")
        // A callback that calls back, thirty deep.
        @Sendable func nested(_ text: String) async throws -> String {
            text.count >= 30 ? text : try await echo.relay(text: text + "x", callback: nested)
        }
        let expected = String(repeating: "x", count: 30) + String(repeating: "!", count: 30)
        #expect(try await echo.relay(text: "x", callback: nested) == expected)
        // Our own object, handed out and got back.
        let own = EchoObject()
        let back = try #require(try await echo.same(object: own))
        #expect(try await back.echo(text: "mine") == "mine")
        #expect(own.calls == ["mine"])
    }

    /// Calls on answers that have not come, and such answers as arguments.
    private func pipelines(_ echo: any TestEcho) async throws {
        let remote = try #require((echo as? any ProxyClientObject)?.remote.capability)
        func same(_ target: Client, _ object: Client) -> RemotePromise {
            target.call(
                interfaceID: TestID.echo, methodID: 6, paramsSize: StructSize(dataWords: 0, pointers: 2)
            ) { params in
                params.pointer(at: 1).setCapability(object)
            }
        }
        // Not the last answer as target and argument at once: each doubles what a server on the C++ library has to do.
        var promises = [same(remote, remote)]
        for number in 0..<50 {
            guard let last = promises.last?.capability(at: [0]) else { break }
            promises.append(number.isMultiple(of: 2) ? same(last, remote) : same(remote, last))
        }
        let end = try #require(promises.last).capability(at: [0])
        let answer = end.call(
            interfaceID: TestID.echo, methodID: 5, paramsSize: StructSize(dataWords: 0, pointers: 1)
        ) { params in
            params.pointer(at: 0).setText("end of the chain")
        }
        #expect(try await answer.response().results.pointer(at: 0).text() == "end of the chain")
    }

    private func gaveUp(_ echo: any TestEcho) async throws {
        let held = (0..<20).map { _ in Task { try await echo.hold(text: "held") } }
        while try await echo.ping(text: "held") != "20" { try await Task.sleep(for: .milliseconds(10)) }
        for task in held { task.cancel() }
        for task in held { await #expect(throws: CancellationError.self) { try await task.value } }
        #expect(try await echo.echo(text: "goes on") == "goes on")
    }

    private func objects(_ root: any TestInit, _ echo: any TestEcho) async throws {
        for start in stride(from: 0, to: Pycapnp.objectCount, by: 1000) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<10 {
                    group.addTask {
                        for number in 0..<100 {
                            let made = try await root.makeEcho()
                            guard number == 0 else { continue }
                            let answer = try await made.ping(text: "\(start + task)")
                            #expect(answer == "\(start + task)")
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
        var live = ""
        for _ in 0..<1000 {
            live = try await echo.ping(text: "live")
            if live == "1" { break }
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(live == "1")
    }

    private static let script = """
        import asyncio, capnp, gc
        schema = capnp.load("test.capnp")
        stopped = None
        held = 0

        class Thread(schema.Thread.Server):
            async def getName(self, **kwargs):
                return "python"

        class ThreadMap(schema.ThreadMap.Server):
            async def makeThread(self, name, **kwargs):
                return Thread()

        class Echo(schema.TestEcho.Server):
            live = 0
            def __init__(self):
                Echo.live += 1
            def __del__(self):
                Echo.live -= 1
            async def destroy(self, context, **kwargs):
                pass
            async def echo(self, context, text, **kwargs):
                return text
            async def relay(self, context, text, callback, **kwargs):
                thread = schema.Context.new_message()
                thread.thread = context.callbackThread
                return (await callback.call(thread, text)).result + "!"
            async def fail(self, context, text, **kwargs):
                raise Exception(text)
            async def hold(self, context, text, **kwargs):
                global held
                held += 1
                await asyncio.sleep(3600)
            async def ping(self, text, **kwargs):
                if text == "live":
                    gc.collect()
                    return str(Echo.live)
                if text == "held":
                    return str(held)
                if text == "stop":
                    stopped.set()
                return text
            async def same(self, context, object, **kwargs):
                return object

        class Init(schema.TestInit.Server):
            async def construct(self, threadMap, **kwargs):
                return ThreadMap()
            async def makeEcho(self, context, **kwargs):
                return Echo()

        async def connected(stream):
            await capnp.TwoPartyServer(stream, bootstrap=Init()).on_disconnect()
            for _ in range(100):
                gc.collect()
                if Echo.live == 0:
                    break
                await asyncio.sleep(0.02)
            print(Echo.live, "left")
            stopped.gone = True

        async def main():
            global stopped
            stopped = asyncio.Event()
            stopped.gone = False
            server = await capnp.AsyncIoStream.create_unix_server(connected, "python.sock")
            async with server:
                await stopped.wait()
                for _ in range(500):
                    if stopped.gone:
                        break
                    await asyncio.sleep(0.02)

        asyncio.run(capnp.run(main()))

        """
}
