/// Typed access with the errors of univalue's getters: a wrong type is -3, a number out of range -1.
extension JSONValue {
    private func wrongType(_ expected: String) -> RPCError {
        RPCError(.typeError, "JSON value of type \(typeName) is not of expected type \(expected)")
    }

    /// The string.
    ///
    /// - Throws: -3 when it is none.
    package func requireString() throws(RPCError) -> String {
        guard let value = stringValue else { throw wrongType("string") }
        return value
    }

    /// The truth value.
    ///
    /// - Throws: -3 when it is none.
    package func requireBool() throws(RPCError) -> Bool {
        guard let value = boolValue else { throw wrongType("bool") }
        return value
    }

    /// The number as an integer of the asked type; Core's `int` is `Int32`.
    ///
    /// - Throws: -3 when it is no number, -1 when it has a fraction or an exponent or does not fit.
    package func requireInteger<T: FixedWidthInteger>(as type: T.Type = T.self) throws(RPCError) -> T {
        guard case .number(let text) = self else { throw wrongType("number") }
        guard let value = T(text) else { throw RPCError(.miscellaneous, "JSON integer out of range") }
        return value
    }

    /// The number as a floating point value.
    ///
    /// - Throws: -3 when it is no number, -1 when it does not fit.
    package func requireDouble() throws(RPCError) -> Double {
        guard case .number = self else { throw wrongType("number") }
        guard let value = doubleValue, value.isFinite else {
            throw RPCError(.miscellaneous, "JSON double out of range")
        }
        return value
    }

    /// The elements of the array.
    ///
    /// - Throws: -3 when it is none.
    package func requireArray() throws(RPCError) -> [JSONValue] {
        guard let value = arrayValue else { throw wrongType("array") }
        return value
    }

    /// The object.
    ///
    /// - Throws: -3 when it is none.
    package func requireObject() throws(RPCError) -> JSONObject {
        guard let value = objectValue else { throw wrongType("object") }
        return value
    }

    /// An amount in satoshi from a number or a string of bitcoins (Core's `AmountFromValue`).
    ///
    /// - Throws: -3 when it is neither, has more than eight decimals, or is not between 0 and 21,000,000.
    package func requireAmount() throws(RPCError) -> Int64 {
        let text: String
        switch self {
        case .number(let value), .string(let value): text = value
        default: throw RPCError(.typeError, "Amount is not a number or string")
        }
        guard let amount = FixedPoint.parse(text, decimals: 8) else { throw RPCError(.typeError, "Invalid amount") }
        guard (0...2_100_000_000_000_000).contains(amount) else {
            throw RPCError(.typeError, "Amount out of range")
        }
        return amount
    }

    /// A 256-bit hash as 64 hexadecimal digits; the text is returned in lower case.
    ///
    /// - Parameter name: What the hash is, for the error text.
    /// - Throws: -3 when it is no string, -8 when it has another length or other characters (Core's `ParseHashV`).
    package func requireHash(_ name: String) throws(RPCError) -> String {
        let text = try requireString()
        let count = text.utf8.count
        guard count == 64 else {
            throw RPCError(.invalidParameter, "\(name) must be of length 64 (not \(count), for '\(text)')")
        }
        guard text.utf8.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else {
            throw RPCError(.invalidParameter, "\(name) must be hexadecimal string (not '\(text)')")
        }
        return text.lowercased()
    }
}
