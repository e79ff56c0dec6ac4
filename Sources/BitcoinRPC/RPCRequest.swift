/// A JSON-RPC request, after Core's `JSONRPCRequest`.
package struct RPCRequest: Sendable {
    /// Which form responses have.
    package enum Version: Sendable {
        /// JSON-RPC 1: result and error are always both there, one of them null.
        case v1
        /// JSON-RPC 2: only the one that applies.
        case v2
    }

    /// The method.
    package var method: String
    /// The parameters: an array, or an object for named ones.
    package var parameters: JSONValue
    /// The id; nil when the request has none (a notification, in version 2).
    package var id: JSONValue?
    /// The form of the response.
    package var version: Version
    /// `/` or `/wallet/<percent-encoded name>`.
    package var uri: String
    /// The user name that the client claims.
    package var user: String

    /// Makes a request from its parts.
    package init(
        method: String, parameters: JSONValue = .array([]), id: JSONValue? = nil, version: Version = .v1,
        uri: String = "/", user: String = ""
    ) {
        self.method = method
        self.parameters = parameters
        self.id = id
        self.version = version
        self.uri = uri
        self.user = user
    }

    /// What a request that could not be read still tells: enough for the response to its error.
    package struct Envelope: Sendable {
        /// The id, if it was read.
        package var id: JSONValue?
        /// The form of the response.
        package var version = Version.v1

        /// Nothing was read yet.
        package init() {}
    }

    /// Reads a request object.
    ///
    /// - Parameter envelope: Receives id and version as soon as they are known, for the response to an error.
    /// - Throws: -32600 with Core's texts.
    package init(json: JSONValue, uri: String, user: String, envelope: inout Envelope) throws(RPCError) {
        guard case .object(let object) = json else { throw RPCError(.invalidRequest, "Invalid Request object") }
        envelope.id = object["id"]
        switch json["jsonrpc"] {
        case .null, "1.0": break
        case "2.0": envelope.version = .v2
        case .string: throw RPCError(.invalidRequest, "JSON-RPC version not supported")
        default: throw RPCError(.invalidRequest, "jsonrpc field must be a string")
        }
        let method: String
        switch json["method"] {
        case .null: throw RPCError(.invalidRequest, "Missing method")
        case .string(let name): method = name
        default: throw RPCError(.invalidRequest, "Method must be a string")
        }
        let parameters: JSONValue
        switch json["params"] {
        case .null: parameters = .array([])
        case let value where value.arrayValue != nil || value.objectValue != nil: parameters = value
        default: throw RPCError(.invalidRequest, "Params must be an array or object")
        }
        self.init(
            method: method, parameters: parameters, id: envelope.id, version: envelope.version, uri: uri, user: user)
    }

    /// The request object that a client sends (Core's `JSONRPCRequestObj`).
    package var json: JSONValue {
        var object: JSONObject = ["method": .string(method), "params": parameters, "id": id ?? .null]
        if version == .v2 { object["jsonrpc"] = "2.0" }
        return .object(object)
    }

    /// The name in a `/wallet/<name>` address, decoded; nil for other addresses.
    package var walletName: String? {
        let prefix = "/wallet/"
        guard uri.hasPrefix(prefix) else { return nil }
        return Self.decodePercent(uri.dropFirst(prefix.count))
    }

    /// Decodes `%xx` escapes; what is no escape stays as it is, as libevent's `evhttp_uridecode` does.
    package static func decodePercent(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2).compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
            if byte == UInt8(ascii: "%"), digits.count == 2 {
                bytes.append(UInt8(digits[0] << 4 | digits[1]))
                rest.removeFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Encodes a wallet name for an address: all but letters, digits and `-._~` become `%XX`.
    package static func encodePercent(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            let character = Character(Unicode.Scalar(byte))
            if byte < 0x80, character.isLetter || character.isNumber || "-._~".contains(character) {
                result.append(character)
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                result += "%" + (digits.count < 2 ? "0" : "") + digits
            }
        }
        return result
    }
}
