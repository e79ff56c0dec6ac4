import BitcoinNode
import BitcoinRPC
import Testing

/// Errors have Core's codes and texts.
@Suite(.timeLimit(.minutes(5)))
struct RpcErrorTests {
    private let unknown = JSONValue.string(String(repeating: "ab", count: 32))

    @Test func `an unknown block is error -5`() async throws {
        let node = try await TestNode.loaded()
        let expected = RPCError(.invalidAddressOrKey, "Block not found")
        #expect(await node.failure("getblock", unknown) == expected)
        #expect(await node.failure("getblockheader", unknown) == expected)
    }

    @Test func `requests and responses of a batch are bounded`() async throws {
        let node = try await TestNode.loaded()
        let long = String(repeating: " ", count: RPCResponse.requestLimit + 1)
        let refused = try JSONValue(parsing: try await node.rpc.executeRpc(request: long, uri: "/", user: ""))
        #expect(refused["error"]["code"] == -32600)

        // Many short requests, each answered by a long text.
        let text = String(repeating: "x", count: 1 << 20)
        let batch = "[" + Array(repeating: "{}", count: 200).joined(separator: ",") + "]"
        let answer = await RPCResponse.respond(
            to: batch.replacing("{}", with: #"{"method":"m"}"#), uri: "/", user: ""
        ) { _ in .string(text) }
        #expect(try JSONValue(parsing: answer)["error"]["code"] == -32600)
        let small = await RPCResponse.respond(to: #"[{"method":"m"},{"method":"m"}]"#, uri: "/", user: "") { _ in 1 }
        #expect(small == #"[{"result":1,"error":null},{"result":1,"error":null}]"#)
    }

    @Test func `a batch ends when its caller is gone`() async throws {
        let executed = Counter()
        let batch = "[" + Array(repeating: #"{"method":"m"}"#, count: 1000).joined(separator: ",") + "]"
        let task = Task {
            await RPCResponse.respond(to: batch, uri: "/", user: "") { _ in
                executed.increment()
                unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
                return 1
            }
        }
        _ = await task.value
        #expect(executed.value == 1)
    }

    @Test func `a height beyond the chain is error -8`() async throws {
        let node = try await TestNode.loaded()
        let expected = RPCError(.invalidParameter, "Block height out of range")
        #expect(await node.failure("getblockhash", 1) == expected)
        #expect(await node.failure("getblockhash", -1) == expected)
        #expect(
            try await node.call("getblockhash", 0) == "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206"
        )
    }

    @Test func `a number that does not fit is error -1`() async throws {
        let node = try await TestNode.loaded()
        let expected = RPCError(.miscellaneous, "JSON integer out of range")
        #expect(await node.failure("getblockhash", 2_147_483_648) == expected)
        #expect(await node.failure("getblockhash", .number("1.5")) == expected)
        #expect(await node.failure("getblockhash", .number("1e400")) == expected)
    }

    @Test func `a malformed hash is error -8 and says what is wrong`() async throws {
        let node = try await TestNode.loaded()
        #expect(
            await node.failure("getblock", "ab")
                == RPCError(.invalidParameter, "blockhash must be of length 64 (not 2, for 'ab')"))
        let text = String(repeating: "z", count: 64)
        #expect(
            await node.failure("getblockheader", .string(text))
                == RPCError(.invalidParameter, "hash must be hexadecimal string (not '\(text)')"))
    }

    @Test func `hashes may be written in capitals`() async throws {
        let node = try await TestNode.loaded()
        let genesis = try #require(try await node.call("getblockhash", 0).stringValue)
        #expect(try await node.call("getblockheader", .string(genesis.uppercased()))["height"] == 0)
    }

    @Test func `a wrong type is error -3 with its position`() async throws {
        let node = try await TestNode.loaded()
        let text = """
            Wrong type passed:
            {
                "Position 1 (height)": "JSON value of type string is not of expected type number"
            }
            """
        #expect(await node.failure("getblockhash", "1") == RPCError(.typeError, text))
        let both = """
            Wrong type passed:
            {
                "Position 1 (nblocks)": "JSON value of type string is not of expected type number",
                "Position 2 (address)": "JSON value of type number is not of expected type string"
            }
            """
        #expect(await node.failure("generatetoaddress", "1", 1) == RPCError(.typeError, both))
    }

    @Test func `a verbosity of another type is error -3`() async throws {
        let node = try await TestNode.loaded()
        let genesis = try await node.call("getblockhash", 0)
        let error = await node.failure("getblock", genesis, "2")
        #expect(error?.code == .typeError)
        #expect(error?.message == "JSON value of type string is not of expected type number")
    }

    @Test func `a wrong number of arguments is error -1 with the help text`() async throws {
        let node = try await TestNode.loaded()
        for error in [
            await node.failure("getblockhash"), await node.failure("getblockhash", 1, 2),
        ] {
            #expect(error?.code == .miscellaneous)
            #expect(error?.message.hasPrefix("getblockhash height\n") == true)
        }
    }

    @Test func `an unknown method is error -32601`() async throws {
        let node = try await TestNode.loaded()
        #expect(await node.failure("nosuchmethod") == RPCError(.methodNotFound, "Method not found"))
    }

    @Test func `named arguments may come in any order`() async throws {
        let node = try await TestNode.loaded()
        let genesis = try await node.call("getblockhash", named: ["height": 0])
        let block = try await node.call("getblock", named: ["verbosity": 0, "blockhash": genesis])
        #expect(try await node.call("getblock", named: ["verbose": false, "blockhash": genesis]) == block)
        #expect(try await node.call("getblock", named: ["args": [genesis], "verbosity": 0]) == block)
        await #expect(throws: RPCError(.invalidParameter, "Unknown named parameter nonsense")) {
            try await node.call("getblock", named: ["blockhash": genesis, "nonsense": 1])
        }
    }

    @Test func `a text that is no JSON is error -32700`() async throws {
        let node = try await TestNode.loaded()
        for text in ["", "{", "nonsense", "{}{}"] {
            let answer = try JSONValue(parsing: try await node.rpc.executeRpc(request: text, uri: "/", user: ""))
            #expect(answer["error"]["code"] == -32700)
            #expect(answer["error"]["message"] == "Parse error")
        }
        let answer = try JSONValue(parsing: try await node.rpc.executeRpc(request: "1", uri: "/", user: ""))
        #expect(answer["error"]["message"] == "Top-level object parse error")
    }

    @Test func `a request without a method is error -32600`() async throws {
        let node = try await TestNode.loaded()
        for (text, message) in [
            (#"{"id":7}"#, "Missing method"), (#"{"id":7,"method":1}"#, "Method must be a string"),
            (#"{"id":7,"method":"echo","params":1}"#, "Params must be an array or object"),
        ] {
            let answer = try JSONValue(parsing: try await node.rpc.executeRpc(request: text, uri: "/", user: ""))
            #expect(answer["error"]["code"] == -32600)
            #expect(answer["error"]["message"] == .string(message))
            #expect(answer["id"] == 7)
        }
    }

    @Test func `requests of both versions are answered in their own form`() async throws {
        let node = try await TestNode.loaded()
        func answer(_ text: String) async throws -> String {
            try await node.rpc.executeRpc(request: text, uri: "/", user: "")
        }
        #expect(
            try await answer(#"{"jsonrpc":"2.0","id":1,"method":"getblockcount"}"#)
                == #"{"jsonrpc":"2.0","result":0,"id":1}"#)
        #expect(
            try await answer(#"{"id":"a","method":"getblockcount","params":[]}"#)
                == #"{"result":0,"error":null,"id":"a"}"#)
        #expect(try await answer(#"{"jsonrpc":"2.0","method":"getblockcount"}"#) == "")
        #expect(
            try await answer(
                #"[{"jsonrpc":"2.0","id":1,"method":"getblockcount"},{"jsonrpc":"2.0","id":2,"method":"x"}]"#)
                == #"[{"jsonrpc":"2.0","result":0,"id":1},"#
                + #"{"jsonrpc":"2.0","error":{"code":-32601,"message":"Method not found"},"id":2}]"#)
    }

    @Test func `before the chain is loaded everything else is error -28`() async throws {
        let node = try TestNode()
        node.context.setInitMessage("Loading block index…")
        let expected = RPCError(.inWarmup, "Loading block index…")
        #expect(await node.failure("getblockcount") == expected)
        #expect(await node.failure("getbalances") == expected)
        #expect(await node.failure("nosuchmethod") == expected)
        #expect(try await node.call("uptime").intValue != nil)
        #expect(try await node.call("help").stringValue?.contains("== Control ==") == true)
        #expect(try await node.call("stop").stringValue?.hasSuffix("stopping") == true)
        #expect(node.shutdowns.value == 1)
    }

    @Test func `the wrong hash type of gettxoutsetinfo is error -8`() async throws {
        let node = try await TestNode.loaded()
        #expect(
            await node.failure("gettxoutsetinfo", "foo")
                == RPCError(.invalidParameter, "'foo' is not a valid hash_type"))
    }

    @Test func `an unknown log category is error -8`() async throws {
        let node = try await TestNode.loaded()
        #expect(
            await node.failure("logging", ["nonsense"])
                == RPCError(.invalidParameter, "unknown logging category nonsense"))
    }

    @Test func `a mock time that is none is error -8`() async throws {
        let node = try await TestNode.loaded()
        #expect(
            await node.failure("setmocktime", -1)
                == RPCError(.invalidParameter, "Mocktime must be in the range [0, 4294967295], not -1."))
    }
}
