import TestData
import Testing

@testable import IPC

/// A client that has none of our code: pycapnp, if it is installed.
@Suite(.timeLimit(.minutes(5)))
struct ForeignClientTests {
    @Test(.enabled(if: Pycapnp.isInstalled, "needs python3 with pycapnp"))
    func pycapnpUsesTheServer() async throws {
        let scratch = Scratch()
        let process = IpcProcess(argumentZero: "test", logger: testLogger)
        let root = InitObject()
        let server = try await capnpProtocol().listen(try process.bind(.unix(path: scratch("node.sock")))) { _ in root }
        let client = try Pycapnp.start(Self.script, in: scratch, by: process)
        let status = await client.exitStatus
        #expect(status == .exited(0), "\(Scratch.read(scratch("out.txt")))")
        #expect(Scratch.read(scratch("out.txt")) == "done\n")
        #expect(root.echo.calls.first == "hello")
        #expect(await eventually { server.sessions.isEmpty })
        server.close()
    }

    @Test(.enabled(if: Pycapnp.isInstalled, "needs python3 with pycapnp"))
    func pycapnpMakesChainsPromisesAndManyObjects() async throws {
        let scratch = Scratch()
        let process = IpcProcess(argumentZero: "test", logger: testLogger)
        let root = CountedInit()
        let server = try await capnpProtocol().listen(try process.bind(.unix(path: scratch("node.sock")))) { _ in root }
        let client = try Pycapnp.start(Self.objectScript, in: scratch, by: process, "\(Pycapnp.objectCount)")
        #expect(await client.exitStatus == .exited(0), "\(Scratch.read(scratch("out.txt")))")
        #expect(Scratch.read(scratch("out.txt")) == "done\n")
        #expect(await eventually { server.sessions.isEmpty })
        #expect(await eventually { root.live.value == 0 })
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

    private static let objectScript = """
        import asyncio, capnp, gc, sys
        schema = capnp.load("test.capnp")

        class Callback(schema.TestCallback.Server):
            live = 0
            def __init__(self, function):
                Callback.live += 1
                self.function = function
            def __del__(self):
                Callback.live -= 1
            async def call(self, context, text, **kwargs):
                return await self.function(text)

        async def main():
            stream = await capnp.AsyncIoStream.create_unix_connection("node.sock")
            init = capnp.TwoPartyClient(stream).bootstrap().cast_as(schema.TestInit)
            threads = init.construct().threadMap
            context = schema.Context.new_message()
            context.thread = threads.makeThread("python").result
            bare = schema.Context.new_message()

            # What there is at the server, once it has had time.
            async def left():
                gc.collect()
                for _ in range(500):
                    live = (await echo.ping("live")).result
                    if live == "1":
                        break
                    await asyncio.sleep(0.02)
                return live

            # A chain of calls on answers that have not come.
            promise = init.makeEcho(context)
            for _ in range(50):
                promise = promise.result.same(context, promise.result)
            assert (await promise.result.echo(context, "end of the chain")).result == "end of the chain"

            # A promise as argument: the server gets an object whose making is still under way.
            echo = init.makeEcho(context).result
            later = echo.same(context, init.makeEcho(context).result).result
            assert (await later.echo(context, "promised")).result == "promised"
            later = promise = None

            # A callback that calls back, thirty deep, without a thread so that none is blocked.
            async def nested(text):
                if len(text) >= 30:
                    return text
                return (await echo.relay(bare, text + "x", Callback(nested))).result
            assert (await echo.relay(bare, "x", Callback(nested))).result == "x" * 30 + "!" * 30
            for _ in range(100):
                gc.collect()
                if Callback.live == 0:
                    break
                await asyncio.sleep(0.02)
            assert Callback.live == 0, Callback.live

            # Calls that are given up end at the server too: the one that runs, and those that wait for it
            # because calls without a thread run one at a time.
            assert (await echo.ping("live")).result == "1"
            held = [echo.hold(bare, "held") for _ in range(20)]
            for _ in range(500):
                if (await echo.ping("live")).result == "2":
                    break
                await asyncio.sleep(0.02)
            assert (await echo.ping("live")).result == "2"
            for promise in held:
                promise.cancel()
            held = promise = None
            assert await left() == "1", "calls that were given up go on"
            assert (await echo.echo(bare, "next")).result == "next"

            # Objects made and dropped, some of them before the answer.
            count = int(sys.argv[1])
            for start in range(0, count, 1000):
                batch = [init.makeEcho(bare) for _ in range(1000)]
                if start % 2000 == 0:
                    batch = [(await promise).result for promise in batch]
                    assert (await batch[-1].echo(bare, str(start))).result == str(start)
                batch = None
                assert (await echo.ping("batch")).result == "batch"
            promise = None
            assert await left() == "1", "objects are left"
            print("done")

        asyncio.run(capnp.run(main()))

        """
}
