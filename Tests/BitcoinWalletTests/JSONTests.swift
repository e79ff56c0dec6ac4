import BitcoinRPC
import Testing

/// JSON as Core reads and writes it.
struct JSONTests {
    @Test(
        arguments: [
            (0, "0.00000000"), (1, "0.00000001"), (-1, "-0.00000001"), (2_100_000_000_000_000, "21000000.00000000"),
            (-150_000_000, "-1.50000000"), (Int64.min, "-92233720368.54775808"),
        ] as [(Int64, String)])
    func amountsHaveEightDecimals(satoshi: Int64, text: String) {
        #expect(JSONValue.amount(satoshi).write() == text)
    }

    @Test(
        arguments: [
            (0, "0"), (1, "1"), (0.5, "0.5"), (1e-5, "1e-05"), (123456.789, "123456.789"), (1e16, "1e+16"),
            (1e15, "1000000000000000"), (4.656542373906925e-10, "4.656542373906925e-10"), (0.1 + 0.2, "0.3"),
            (2.0 / 3, "0.6666666666666666"), (-1.5, "-1.5"), (.leastNonzeroMagnitude, "4.940656458412465e-324"),
            (1.7976931348623157e308, "1.797693134862316e+308"), (0.004005942147518819, "0.004005942147518819"),
        ] as [(Double, String)])
    func floatsHaveSixteenDigits(value: Double, text: String) {
        #expect(JSONValue.double(value).write() == text)
    }

    @Test
    func writingKeepsOrderAndEscapes() {
        let value: JSONValue = ["b": [1, nil, true], "a": "q\"\\\n\u{1}\u{7f}é/", "e": [], "o": [:]]
        #expect(value.write() == #"{"b":[1,null,true],"a":"q\"\\\n\u0001\u007fé/","e":[],"o":{}}"#)
        #expect(
            (["a": [1, 2], "e": []] as JSONValue).write(indent: 2)
                == "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"e\": [\n  ]\n}")
    }

    @Test(arguments: [
        "", "{", "[1,]", "{\"a\":1,}", "[1 2]", "01", "1.", "-", "+1", "nul", "\"\u{1}\"", "\"\\x\"", "\"\\ud800\"",
        "[]]", "{\"a\" 1}", "{1:2}", "\"abc", "1e", "--1", "[,1]", "'a'",
    ])
    func brokenTextIsRefused(text: String) {
        #expect(throws: JSONParserError.self) { try JSONValue(parsing: text) }
    }

    @Test
    func wholeTextsAreRead() throws {
        #expect(try JSONValue(parsing: " \t{\"a\" : [ -0.5e+3 , null ] }\n") == ["a": [.number("-0.5e+3"), nil]])
        #expect(try JSONValue(parsing: #""\ud834\udd1e\u0041\/""#) == "𝄞A/")
        #expect(throws: JSONParserError.self) { try JSONValue(parsing: [0x22, 0xff, 0x22]) }
        let deep = String(repeating: "[", count: 512) + String(repeating: "]", count: 512)
        #expect(throws: Never.self) { try JSONValue(parsing: deep) }
        #expect(throws: JSONParserError.tooDeep) { try JSONValue(parsing: "[" + deep + "]") }
    }

    @Test(
        arguments: [
            ("0", 0), ("1", 100_000_000), ("0.00000001", 1), ("1e-8", 1), ("20999999.9769", 2_099_999_997_690_000),
            ("0.00000000", 0), ("1.50e0", 150_000_000),
        ] as [(String, Int64)])
    func amountsAreRead(text: String, satoshi: Int64) throws {
        #expect(try JSONValue.number(text).requireAmount() == satoshi)
        #expect(try JSONValue.string(text).requireAmount() == satoshi)
    }

    @Test(arguments: ["-1", "0.000000001", "1e-9", "21000000.00000001", "1e1000", "", "01", ".5", "1 ", "0x1"])
    func impossibleAmountsAreRefused(text: String) {
        #expect(throws: RPCError.self) { try JSONValue.string(text).requireAmount() }
    }

    @Test
    func gettersHaveCoresErrors() {
        #expect(throws: RPCError(.typeError, "JSON value of type number is not of expected type string")) {
            try JSONValue.int(1).requireString()
        }
        #expect(throws: RPCError(.miscellaneous, "JSON integer out of range")) {
            try JSONValue.number("4294967296").requireInteger(as: Int32.self)
        }
        #expect(throws: RPCError(.invalidParameter, "txid must be of length 64 (not 2, for 'ab')")) {
            try JSONValue.string("ab").requireHash("txid")
        }
    }

    /// A command as a program has it: two places, one of them an object whose members may be named.
    private var table: RPCCommandTable<Int> {
        RPCCommandTable([
            RPCCommand(
                category: "test", name: "sum", description: "Adds.\n",
                arguments: [
                    RPCArgument("a", .number, .required, "The first"),
                    RPCArgument("b|second", .number, .value(0), "The second"),
                    RPCArgument(
                        "options", .namedOptions, .omitted, "",
                        inner: [RPCArgument("twice", .bool, .value(false), "Doubles")]),
                ],
                results: [RPCResultShape(.number, "", "The sum")],
                examples: helpExampleCli("sum", "1 2")
            ) { call in
                let sum: Int = try call[0].requireInteger() + (call[1].isNull ? 0 : try call[1].requireInteger())
                return .int(call[2]["twice"] == true ? 2 * sum : sum)
            }
        ])
    }

    private func run(_ parameters: JSONValue) async throws(RPCError) -> JSONValue {
        try await table.execute(RPCRequest(method: "sum", parameters: parameters), context: 0)
    }

    @Test
    func argumentsAreTakenByPlaceAndName() async throws {
        #expect(try await run([1, 2]) == 3)
        #expect(try await run(["second": 2, "a": 1]) == 3)
        #expect(try await run(["a": 1, "twice": true]) == 2)
        #expect(try await run(["args": [1], "b": 4]) == 5)
        await #expect(throws: RPCError(.invalidParameter, "Unknown named parameter c")) {
            try await run(["a": 1, "c": 1])
        }
        await #expect(throws: RPCError(.invalidParameter, "Parameter a specified multiple times")) {
            try await run(.object(JSONObject(members: [.init(key: "a", value: 1), .init(key: "a", value: 2)])))
        }
        await #expect(
            throws: RPCError(.invalidParameter, "Parameter a specified twice both as positional and named argument")
        ) { try await run(["args": [1], "a": 4]) }
        await #expect(
            throws: RPCError(
                .typeError,
                "Wrong type passed:\n{\n    \"Position 1 (a)\": \"JSON value of type string is not of expected type number\"\n}"
            )
        ) { try await run(["x"]) }
        await #expect(throws: RPCError(.miscellaneous, table["sum"]?.help ?? "")) { try await run([]) }
    }

    @Test
    func helpHasCoresForm() {
        #expect(
            table.help("sum") == """
                sum a ( b {"twice":bool,...} )

                Adds.

                Arguments:
                1. a          (numeric, required) The first
                2. b          (numeric, optional, default=0) The second
                3. options    (json object, optional) Options object that can be used to pass named arguments, listed below.

                Named Arguments:
                twice    (boolean, optional, default=false) Doubles

                Result:
                n    (numeric) The sum

                Examples:
                > bitcoin-cli sum 1 2

                """)
        #expect(table.help("") == "== Test ==\nsum a ( b {\"twice\":bool,...} )")
        #expect(table.help("nothing") == "help: unknown command: nothing")
    }

    @Test
    func responsesHaveTheirVersionsForm() async {
        func respond(_ text: String) async -> String {
            await RPCResponse.respond(to: text, uri: "/", user: "") { request in
                try await table.execute(request, context: 0)
            }
        }
        #expect(
            await respond(#"{"method":"sum","params":[1],"id":7}"#) == #"{"result":1,"error":null,"id":7}"#)
        #expect(
            await respond(#"{"jsonrpc":"2.0","method":"none","id":null}"#)
                == #"{"jsonrpc":"2.0","error":{"code":-32601,"message":"Method not found"},"id":null}"#)
        #expect(await respond(#"{"jsonrpc":"2.0","method":"sum","params":[1]}"#) == "")
        #expect(
            await respond(#"[{"method":"sum","params":[1],"id":1},5]"#)
                == #"[{"result":1,"error":null,"id":1},{"result":null,"error":{"code":-32600,"message":"Invalid Request object"}}]"#
        )
        #expect(
            await respond("nonsense") == #"{"result":null,"error":{"code":-32700,"message":"Parse error"},"id":null}"#)
    }

    @Test
    func walletNamesTravelInAddresses() {
        let encoded = RPCRequest.encodePercent("sp ace-é/%")
        #expect(encoded == "sp%20ace-%C3%A9%2F%25")
        #expect(RPCRequest(method: "x", uri: "/wallet/" + encoded).walletName == "sp ace-é/%")
        #expect(RPCRequest(method: "x", uri: "/").walletName == nil)
    }
}
