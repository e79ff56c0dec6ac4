import Capnp
import CapnpRPC
import Testing

@testable import IPCTools

@Suite(.timeLimit(.minutes(5)))
struct SecretTests {
    /// Everything that is shown or recorded of one call.
    private func seen(
        _ interface: String, _ method: String, _ json: String, results: String = "{}", showsSecrets: Bool = false
    ) async throws -> String {
        let watched = Watched(ScriptedServer([method: results]), showsSecrets: showsSecrets)
        _ = try await watched.call(watched.client.bootstrap(), interface, method, json).response()
        var seen = ""
        for (body, message) in try watched.events() {
            let event = TraceEvent(connection: 1, time: .zero, sender: .client, body: body)
            seen += TraceText(isColoured: false, isFull: true).line(event) + TraceJSON().line(event)
            seen += String(decoding: message.framedBytes, as: UTF8.self)
        }
        return seen
    }

    @Test func `a passphrase field is overwritten`() async throws {
        let hex = "68756e74657232"
        let seen = try await seen("Wallet", "unlock", #"{"passphrase": "\#(hex)", "seconds": 60}"#)
        #expect(!seen.contains(hex) && !seen.contains("hunter2"))
        #expect(seen.contains("2a2a2a2a2a2a2a") && seen.contains("seconds: 60") && seen.contains("[secrets masked]"))
    }

    @Test func `it is shown when asked for`() async throws {
        let seen = try await seen("Wallet", "unlock", #"{"passphrase": "68756e74657232"}"#, showsSecrets: true)
        #expect(seen.contains("68756e74657232") && seen.contains("hunter2"))
    }

    @Test(arguments: ["Rpc", "ChainClient"])
    func `parameters of an RPC with secrets are overwritten, its name and numbers stay`(
        _ interface: String
    ) async throws {
        let request = #"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"walletpassphrase\",\"params\":[\"hunter2\",60]}"#
        let seen = try await seen(interface, "executeRpc", #"{"request": "\#(request)", "uri": "/"}"#)
        #expect(!seen.contains("hunter2"))
        #expect(seen.contains(#""method":"walletpassphrase","params":["*******",60]}"#))
    }

    @Test func `keys in the answer are overwritten`() async throws {
        let request = #"{\"id\":1,\"method\":\"listdescriptors\",\"params\":[true]}"#
        let answer = #"{\"result\":{\"descriptors\":[{\"desc\":\"wpkh(tprvKey)\"}]},\"error\":null,\"id\":1}"#
        let seen = try await seen(
            "Rpc", "executeRpc", #"{"request": "\#(request)"}"#, results: #"{"result": "\#(answer)"}"#)
        #expect(!seen.contains("tprvKey") && seen.contains("*****"))
    }

    @Test func `other RPCs are left alone`() async throws {
        let request = #"{\"id\":1,\"method\":\"getblockhash\",\"params\":[7]}"#
        let seen = try await seen(
            "Rpc", "executeRpc", #"{"request": "\#(request)"}"#, results: #"{"result": "{\"result\":\"00ff\"}"}"#)
        #expect(seen.contains("getblockhash") && seen.contains("00ff") && !seen.contains("masked"))
    }

    @Test(arguments: [
        #"[{"method":"getblockcount"},{"method":"encryptwallet","params":["hunter2"]}]"#,
        #"{"method":"createwallet","params":{"wallet_name":"w","passphrase":"hunter2"}}"#,
        #"walletpassphrase hunter2"#, #"{"params":["hunter2"]}"#, #"{"method":5,"params":["hunter2"]}"#,
        "{\"method\":\"encryptwallet\",\"params\":[\"\\u0068unter2\", \"hunter2\"], \"\u{7f}\":1}",
    ])
    func `no form of request gets through`(_ request: String) throws {
        let masked = try #require(RPCTextMask.masked(Array(request.utf8), isResult: false))
        #expect(masked.count == request.utf8.count)
        #expect(!String(decoding: masked, as: UTF8.self).contains("unter2"))
    }
}
