import BitcoinRPC
import Foundation
import Testing

extension ProgramTests {
    /// A client that shares no code with ours: pycapnp with the schemas of this repository, if it is installed.
    struct PythonClientTests {
        private static let hasPycapnp: Bool = {
            guard let child = try? ChildProcess("/usr/bin/env", ["python3", "-c", "import capnp"]) else { return false }
            // Waiting here keeps one test thread, for a moment.
            for _ in 0..<1000 where child.isRunning { Thread.sleep(forTimeInterval: 0.01) }
            if child.output.status != 0 { print("skipping what needs python3 with pycapnp") }
            return child.output.status == 0
        }()
        private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path()

        @Test(.enabled(if: hasPycapnp, "needs python3 with pycapnp"))
        func `pycapnp makes Echo, Mining and Rpc objects and uses them`() async throws {
            let node = try await RunningNode.start()
            try node.folder.write(Self.script, to: "client.py")
            let client = try ChildProcess(
                "/usr/bin/env", ["python3", node.folder.path + "/client.py", Self.root, node.socket])
            #expect(await client.ends(within: 60))
            #expect(client.output.status == 0, "\(client.output.errors)")
            #expect(client.output.text == "done\n")
            #expect(try await node.json("getblockcount") == 2)
            #expect(await node.stop() == 0)
        }

        private static let script = """
            import asyncio, capnp, json, os, sys

            root, path = sys.argv[1:]
            # One spelling of the path, or the same file counts as two.
            sources = os.path.abspath(root) + "/Sources/"
            # /capnp/c++.capnp comes with pycapnp itself.
            include = os.path.dirname(os.path.dirname(os.path.abspath(capnp.__file__)))
            imports = [sources + "IPC/Schemas", sources + "CapnpGenerator/Schemas", include]
            proxy = capnp.load(sources + "IPC/Schemas/mp/proxy.capnp", imports=imports)
            mining_schema = capnp.load(sources + "BitcoinIPC/Schemas/mining.capnp", imports=imports)
            schema = capnp.load(sources + "BitcoinIPC/Schemas/init.capnp", imports=imports)
            options = mining_schema.BlockCheckOptions.new_message()
            genesis = bytes.fromhex("0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206")[::-1]
            address = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"

            async def failure(promise):
                try:
                    await promise
                except capnp.KjException as e:
                    return e
                raise AssertionError("no exception")

            async def main():
                stream = await capnp.AsyncIoStream.create_unix_connection(path)
                client = capnp.TwoPartyClient(stream)
                init = client.bootstrap().cast_as(schema.Init)
                threads = init.construct().threadMap
                context = proxy.Context.new_message()
                context.thread = threads.makeThread("python").result

                echo = init.makeEcho(context).result
                assert (await echo.echo(context, "hello é")).result == "hello é"

                rpc = init.makeRpc(context).result
                async def call(method, *params):
                    request = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
                    return json.loads((await rpc.executeRpc(context, request, "/", "python")).result)
                assert (await call("getblockcount"))["result"] == 0
                assert (await call("nonsense"))["error"]["code"] == -32601

                mining = init.makeMining(context).result
                assert (await mining.isTestChain(context)).result
                assert (await mining.isInitialBlockDownload(context)).result
                tip = await mining.getTip(context)
                assert tip.hasResult and bytes(tip.result.hash) == genesis and tip.result.height == 0

                # No new block: the same tip after the time; another tip: the true one at once.
                same = await mining.waitTipChanged(context, genesis, 50)
                assert bytes(same.result.hash) == genesis
                other = await mining.waitTipChanged(context, bytes(32), 60000)
                assert bytes(other.result.hash) == genesis

                # A wait on a thread of its own ends with a new block.
                second = proxy.Context.new_message()
                second.thread = threads.makeThread("waiter").result
                wait = mining.waitTipChanged(second, genesis)
                mined = (await call("generatetoaddress", 2, address))["result"]
                changed = (await wait).result
                assert bytes(changed.hash)[::-1].hex() in mined and changed.height in (1, 2), changed

                # An interrupt ends a wait with nothing.
                tip = bytes((await mining.getTip(context)).result.hash)
                wait = mining.waitTipChanged(second, tip)
                await asyncio.sleep(0.1)
                await mining.interrupt()
                assert not (await wait)._has("result")

                # Blocks and transactions.
                block = bytes.fromhex((await call("getblock", mined[1], 0))["result"])
                again = await mining.submitBlock(context, block)
                assert (again.reason, again.result) == ("duplicate", False)
                stale = await mining.checkBlock(context, block, options)
                assert (stale.reason, stale.result) == ("inconclusive-not-best-prevblk", False)
                assert [bytes(x) for x in (await mining.getTransactionsByTxID(context, [bytes(32)])).result] == [b""]

                # Errors.
                e = await failure(mining.checkBlock(context, b"", options))
                assert e.type == "FAILED", e.type
                assert e.description == \
                    "remote exception: std::exception: SpanReader::read(): end of data: iostream error", e.description
                e = await failure(mining.waitTipChanged(context, b"short", 10))
                assert e.type == "FAILED", e.type
                e = await failure(init.makeMiningOld2())
                assert e.description == "remote exception: std::exception: Old mining interface (@2) not supported. " \
                    "Please update your client!", e.description
                assert (await echo.echo(context, "still here")).result == "still here"
                await echo.destroy(context)
                print("done")

            asyncio.run(capnp.run(main()))

            """
    }
}
