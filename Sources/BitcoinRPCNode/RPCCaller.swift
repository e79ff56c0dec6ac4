import BitcoinInterfaces
import BitcoinRPC

/// Asks a node, or one of its wallets, by JSON-RPC.
struct RPCCaller: Sendable {
    /// A method with its parameters.
    struct Call: Sendable {
        var method: String
        var parameters: JSONValue

        init(_ method: String, _ parameters: [JSONValue] = []) {
            self.method = method
            self.parameters = .array(parameters)
        }

        init(_ method: String, named parameters: JSONObject) {
            self.method = method
            self.parameters = .object(parameters)
        }
    }

    private let rpc: any Rpc
    private let uri: String

    /// - Parameter wallet: The wallet that methods are about; nil for the node.
    init(rpc: any Rpc, wallet: String? = nil) {
        self.rpc = rpc
        uri = wallet.map { "/wallet/" + RPCRequest.encodePercent($0) } ?? "/"
    }

    /// The same node, asked about a wallet.
    func wallet(_ name: String) -> RPCCaller { RPCCaller(rpc: rpc, wallet: name) }

    /// Runs one method.
    ///
    /// - Throws: `RPCError`, `RPCNodeError`, or what the connection throws.
    @discardableResult
    func call(_ method: String, _ parameters: [JSONValue] = []) async throws -> RPCResult {
        try await call(Call(method, parameters))
    }

    /// Runs one method.
    @discardableResult
    func call(_ call: Call) async throws -> RPCResult {
        guard let answer = try await run([call]).first else { throw RPCNodeError.unreadable(method: call.method) }
        return try answer.get()
    }

    /// Runs one method; nil if the node has no such thing.
    ///
    /// - Parameter absent: The errors by which it says so.
    func find(_ method: String, _ parameters: [JSONValue], absent: Set<RPCErrorCode>) async throws -> RPCResult? {
        do {
            return try await call(method, parameters)
        } catch let error as RPCError where absent.contains(error.code) {
            return nil
        }
    }

    /// Runs methods one after the other in one round trip.
    ///
    /// - Returns: As many answers as calls, in their order.
    /// - Throws: `RPCNodeError`, or what the connection throws.
    func run(_ calls: [Call]) async throws -> [Result<RPCResult, RPCError>] {
        guard let first = calls.first else { return [] }
        // A batch even for one call: Core's node never lets an exception of its own out of a batch.
        let requests = calls.enumerated().map { index, call in
            RPCRequest(method: call.method, parameters: call.parameters, id: .int(index), version: .v2).json
        }
        let text = try await rpc.executeRpc(request: JSONValue.array(requests).write(), uri: uri, user: "")
        let unreadable = RPCNodeError.unreadable(method: first.method)
        guard let json = try? JSONValue(parsing: text) else { throw unreadable }
        if json.isNull { throw RPCNodeError.refused }
        if let error = RPCError(json: json["error"]) { throw error }
        guard let answers = json.arrayValue, answers.count == calls.count else { throw unreadable }
        return try zip(calls, answers).enumerated().map { index, pair in
            let (call, answer) = pair
            guard answer["id"].intValue == Int64(index) else { throw unreadable }
            if let error = RPCError(json: answer["error"]) { return .failure(error) }
            return .success(RPCResult(method: call.method, json: answer["result"]))
        }
    }
}
