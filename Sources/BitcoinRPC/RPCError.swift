/// A failed RPC: what the caller gets as `error`.
package struct RPCError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Core's code.
    package var code: RPCErrorCode
    /// Core's text, or the nearest to it.
    package var message: String

    /// Makes an error of `code` and `message`.
    package init(_ code: RPCErrorCode, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Any error as an RPC error: what is none already gets the code -1, as Core's `std::exception`.
    package init(_ error: any Error) {
        if let error = error as? RPCError {
            self = error
        } else {
            self.init(.miscellaneous, String(describing: error))
        }
    }

    /// The message.
    package var description: String { message }

    /// The object with code and message.
    package var json: JSONValue { ["code": .int(code.rawValue), "message": .string(message)] }

    /// The error in a response's `error` member; nil when it is no error object.
    package init?(json: JSONValue) {
        guard let code = json["code"].intValue, let message = json["message"].stringValue else { return nil }
        self.init(RPCErrorCode(rawValue: Int(code)), message)
    }
}
