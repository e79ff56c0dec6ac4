import CapnpSchema
import Testing

@testable import IPCTools

struct CallTests {
    private func names(_ path: String) throws -> [String] {
        try CallPlanner().calls(CallPath(path)).map {
            KnownSchemas.all.name(interface: $0.interfaceID, ordinal: $0.methodID).text
        }
    }

    @Test(arguments: [
        ("Echo.echo", ["Init.makeEcho", "Echo.echo"]),
        ("echo echo", ["Init.makeEcho", "Echo.echo"]),
        ("Init.makeMining.getTip", ["Init.makeMining", "Mining.getTip"]),
        ("mining getTip", ["Init.makeMining", "Mining.getTip"]),
        ("makeRpc.executeRpc", ["Init.makeRpc", "Rpc.executeRpc"]),
        ("getProcessInfo", ["ProcessInit.getProcessInfo"]),
        ("ProcessInit", []),
        (
            #"makeWallet{"name": "a}b"}.getBalances"#, ["ProcessInit.makeWallet", "Wallet.getBalances"]
        ),
        ("BlockTemplate.getBlock", ["Init.makeMining"]),
    ])
    func `a path leads through the makers`(_ path: String, _ expected: [String]) throws {
        if path.hasPrefix("BlockTemplate") {
            // Making one needs arguments, so there is no way without saying so.
            #expect(throws: CallError.self) { try names(path) }
        } else {
            #expect(try names(path) == expected)
        }
    }

    @Test(arguments: ["", ".", "Echo..", "Echo.{", "a{\"b\"", "Echo/echo"])
    func `what is no path is refused`(_ text: String) {
        #expect(throws: CallError.malformedPath(text)) { try CallPath(text) }
    }

    @Test func `unknown names say what there is`() throws {
        do throws(CallError) {
            _ = try CallPlanner().calls(CallPath("Echo.ping"))
            Issue.record("no error")
        } catch {
            #expect(
                error.description.contains("Echo has no method 'ping'") && error.description.contains("destroy, echo"))
        }
        #expect(throws: CallError.noObject(method: "echo")) { try CallPlanner().calls(CallPath("Echo.echo.echo")) }
    }

    @Test func `arguments come as an object, in order, or as words`() throws {
        let call = try #require(try CallPlanner().calls(CallPath("Mining.waitTipChanged")).last)
        let parameters = CallPlanner().parameters(of: call)
        #expect(parameters.map(\.name) == ["currentTip", "timeout"])
        for arguments in [
            CallArguments.json(#"{"currentTip": "00", "timeout": 5}"#), .json(#"["00", 5]"#),
            .words(["currentTip=00", "timeout=5"]),
        ] {
            let value = try arguments.value(method: "m", parameters: parameters)
            #expect(value.fields.map(\.name) == ["currentTip", "timeout"])
            #expect(value["currentTip"] == .text("00"))
        }
        #expect(throws: CallError.tooManyArguments(method: "m", count: 2)) {
            try CallArguments.json("[1,2,3]").value(method: "m", parameters: parameters)
        }
        #expect(throws: CallError.unknownParameter("x", method: "m", known: ["currentTip", "timeout"])) {
            try CallArguments.words(["x=1"]).value(method: "m", parameters: parameters)
        }
        #expect(throws: CallError.malformedArguments("{")) {
            try CallArguments.json("{").value(method: "m", parameters: parameters)
        }
    }

    @Test func `the listing has every method with its types`() {
        let text = InterfaceListing().text(containing: "mining")
        #expect(text.hasPrefix("Mining\n"))
        #expect(text.contains("  waitTipChanged(currentTip: Data, timeout: Float64) -> (result: BlockRef)\n"))
        #expect(InterfaceListing().text().contains("ProcessInit extends Init\n"))
    }
}
