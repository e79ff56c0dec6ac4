/// The outcome of a request with what its response needs (Core's `JSONRPCReplyObj`).
package struct RPCResponse: Sendable {
    /// Result or error.
    package var outcome: Result<JSONValue, RPCError>
    /// Id of the request; nil leaves the member out.
    package var id: JSONValue?
    /// The form.
    package var version: RPCRequest.Version

    /// Makes a response from its parts.
    package init(outcome: Result<JSONValue, RPCError>, id: JSONValue?, version: RPCRequest.Version) {
        self.outcome = outcome
        self.id = id
        self.version = version
    }

    /// The response object.
    package var json: JSONValue {
        var object = JSONObject()
        if version == .v2 { object.append("jsonrpc", "2.0") }
        switch outcome {
        case .success(let result):
            object.append("result", result)
            if version == .v1 { object.append("error", .null) }
        case .failure(let error):
            if version == .v1 { object.append("result", .null) }
            object.append("error", error.json)
        }
        if let id { object.append("id", id) }
        return .object(object)
    }

    /// Runs every request of a JSON text: one object, or an array of them (a batch).
    ///
    /// - Parameter execute: Runs one request.
    /// - Returns: The response text without line end; the empty string when all were notifications. A text that is no
    ///   JSON gives a -32700 response.
    package static func respond(
        to text: String, uri: String, user: String,
        execute: (RPCRequest) async throws -> JSONValue
    ) async -> String {
        let json: JSONValue
        do {
            json = try JSONValue(parsing: text)
        } catch {
            let failure = RPCError(.parseError, "Parse error")
            return RPCResponse(outcome: .failure(failure), id: .null, version: .v1).json.write()
        }
        switch json {
        case .array(let requests):
            var responses: [JSONValue] = []
            for request in requests {
                if let response = await respond(to: request, uri: uri, user: user, execute: execute) {
                    responses.append(response.json)
                }
            }
            // A batch of nothing but notifications is answered by nothing; an empty batch by an empty array.
            return responses.isEmpty && !requests.isEmpty ? "" : JSONValue.array(responses).write()
        case .object:
            return await respond(to: json, uri: uri, user: user, execute: execute)?.json.write() ?? ""
        default:
            let failure = RPCError(.parseError, "Top-level object parse error")
            return RPCResponse(outcome: .failure(failure), id: .null, version: .v1).json.write()
        }
    }

    /// Runs one request object; nil for a notification (version 2 without id).
    private static func respond(
        to json: JSONValue, uri: String, user: String,
        execute: (RPCRequest) async throws -> JSONValue
    ) async -> RPCResponse? {
        var envelope = RPCRequest.Envelope()
        let outcome: Result<JSONValue, RPCError>
        do {
            let request = try RPCRequest(json: json, uri: uri, user: user, envelope: &envelope)
            let result = try await execute(request)
            outcome = .success(result)
        } catch {
            outcome = .failure(RPCError(error))
        }
        if envelope.version == .v2, envelope.id == nil { return nil }
        return RPCResponse(outcome: outcome, id: envelope.id, version: envelope.version)
    }
}
