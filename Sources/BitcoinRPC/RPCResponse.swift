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

    /// The most bytes that a request may have, as in a body of Core's HTTP server.
    package static let requestLimit = 0x0200_0000

    /// The most bytes that the response to a batch may have: a short request can have a long answer.
    package static let batchResponseLimit = 128 << 20

    /// Runs every request of a JSON text: one object, or an array of them (a batch).
    ///
    /// A batch ends early when the task is cancelled: its caller is gone.
    ///
    /// - Parameter execute: Runs one request.
    /// - Returns: The response text without line end; the empty string when all were notifications. A text that is no
    ///   JSON gives a -32700 response, one that is too long or asks for too much a -32600 response.
    package static func respond(
        to text: String, uri: String, user: String,
        execute: (RPCRequest) async throws -> JSONValue
    ) async -> String {
        guard text.utf8.count <= requestLimit else { return refusal("Request of more than \(requestLimit) bytes") }
        let json: JSONValue
        do {
            json = try JSONValue(parsing: text)
        } catch {
            let failure = RPCError(.parseError, "Parse error")
            return RPCResponse(outcome: .failure(failure), id: .null, version: .v1).json.write()
        }
        switch json {
        case .array(let requests):
            // Written one by one: many long responses take less room as text.
            var responses = ""
            for request in requests where !Task.isCancelled {
                guard let response = await respond(to: request, uri: uri, user: user, execute: execute) else {
                    continue
                }
                responses += (responses.isEmpty ? "" : ",") + response.json.write()
                guard responses.utf8.count <= batchResponseLimit else {
                    return refusal("Response to a batch of more than \(batchResponseLimit) bytes")
                }
            }
            // A batch of nothing but notifications is answered by nothing; an empty batch by an empty array.
            return responses.isEmpty && !requests.isEmpty ? "" : "[" + responses + "]"
        case .object:
            return await respond(to: json, uri: uri, user: user, execute: execute)?.json.write() ?? ""
        default:
            let failure = RPCError(.parseError, "Top-level object parse error")
            return RPCResponse(outcome: .failure(failure), id: .null, version: .v1).json.write()
        }
    }

    /// The response to a request that is not looked at further.
    private static func refusal(_ reason: String) -> String {
        RPCResponse(outcome: .failure(RPCError(.invalidRequest, reason)), id: .null, version: .v1).json.write()
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
