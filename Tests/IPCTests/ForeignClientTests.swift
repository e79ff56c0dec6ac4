import Glibc
import Testing

@testable import IPC

/// A client that has none of our code: pycapnp, if it is installed.
@Suite(.timeLimit(.minutes(1)))
struct ForeignClientTests {
    private static let hasPycapnp = unsafe system("python3 -c 'import capnp' 2>/dev/null") == 0

    @Test(.enabled(if: hasPycapnp, "needs python3 with pycapnp"))
    func pycapnpUsesTheServer() async throws {
        let scratch = Scratch()
        Scratch.write(TestSchema.text, to: scratch("test.capnp"))
        Scratch.write(Self.script, to: scratch("client.py"))
        let process = IpcProcess(argumentZero: "test", logger: testLogger)
        let root = InitObject()
        let server = try await capnpProtocol().listen(try process.bind(.unix(path: scratch("node.sock")))) { _ in root }
        let command = "cd \(scratch.path) && exec python3 client.py >out.txt 2>&1"
        let client = try process.spawn(path: "/bin/sh", arguments: ["/bin/sh", "-c", command])
        let status = await client.exitStatus
        #expect(status == .exited(0), "\(Scratch.read(scratch("out.txt")))")
        #expect(Scratch.read(scratch("out.txt")) == "done\n")
        #expect(root.echo.calls.first == "hello")
        #expect(await eventually { server.sessions.isEmpty })
        server.close()
    }

    private static let script = """
        import asyncio, capnp
        schema = capnp.load("test.capnp")

        async def failure(promise):
            try:
                await promise
            except capnp.KjException as e:
                return e
            raise AssertionError("no exception")

        class Callback(schema.TestCallback.Server):
            async def call(self, context, text, **kwargs):
                return text + "?"

        class Imposter(schema.Thread.Server):
            async def getName(self, **kwargs):
                return "imposter"

        async def main():
            stream = await capnp.AsyncIoStream.create_unix_connection("node.sock")
            client = capnp.TwoPartyClient(stream)
            init = client.bootstrap().cast_as(schema.TestInit)

            # Everything pipelined on the first answer.
            threads = init.construct().threadMap
            thread = threads.makeThread("python").result
            context = schema.Context.new_message()
            context.thread = thread
            echo = init.makeEcho(context).result
            assert (await echo.echo(context, "hello")).result == "hello"
            assert "python" in (await thread.getName()).result

            # Calls without a thread.
            bare = schema.Context.new_message()
            assert (await echo.echo(bare, "no thread")).result == "no thread"

            # Several calls on one thread: in order; one without context passes them.
            held = echo.hold(context, "held")
            queued = [echo.echo(context, str(i)) for i in range(10)]
            assert (await echo.ping("ping")).result == "ping"
            assert (await echo.ping("open")).result == "open"
            await held
            assert [(await p).result for p in queued] == [str(i) for i in range(10)]

            # Errors.
            e = await failure(echo.fail(context, "some words"))
            assert e.description == "remote exception: std::exception: some words", e.description
            assert e.type == "FAILED", e.type
            e = await failure(echo.fail(context, "unimplemented"))
            assert e.type == "UNIMPLEMENTED", e.type
            foreign = schema.Context.new_message()
            foreign.thread = Imposter()
            e = await failure(echo.echo(foreign, "x"))
            assert e.description == "remote exception: std::exception: invalid thread handle", e.description

            # Callbacks and objects, without threads of ours.
            assert (await echo.relay(context, "call", Callback())).result == "call?!"
            back = (await echo.same(context, echo)).result
            assert (await back.echo(context, "back")).result == "back"

            # A pool.
            await threads.makePool(2)
            e = await failure(threads.makePool(2))
            assert "makePool called on connection with existing pool" in e.description, e.description
            assert (await echo.echo(bare, "pool")).result == "pool"

            # Destruction.
            await back.destroy(context)
            e = await failure(back.echo(context, "x"))
            assert e.description == "remote exception: std::exception: method called after destroy", e.description
            assert (await echo.echo(context, "still here")).result == "still here"
            print("done")

        asyncio.run(capnp.run(main()))

        """
}
