import BitcoinPrimitives
import BitcoinRPC

/// What a method answered, read member by member. Whatever is not as Bitcoin Core has it makes the answer unreadable;
/// nothing traps.
struct RPCResult: Sendable {
    let method: String
    let json: JSONValue

    private var unreadable: RPCNodeError { .unreadable(method: method) }

    /// The member of that name, null if there is none.
    subscript(_ key: String) -> RPCResult { RPCResult(method: method, json: json[key]) }

    /// Whether there is nothing.
    var isNull: Bool { json.isNull }

    /// The string.
    func text() throws(RPCNodeError) -> String {
        guard let value = json.stringValue else { throw unreadable }
        return value
    }

    /// The truth value.
    func flag() throws(RPCNodeError) -> Bool {
        guard let value = json.boolValue else { throw unreadable }
        return value
    }

    /// The integer, which must fit the type asked for.
    func integer<T: FixedWidthInteger>(as type: T.Type = T.self) throws(RPCNodeError) -> T {
        guard let value = json.intValue.flatMap({ T(exactly: $0) }) else { throw unreadable }
        return value
    }

    /// The number.
    func number() throws(RPCNodeError) -> Double {
        guard let value = json.doubleValue, value.isFinite else { throw unreadable }
        return value
    }

    /// Bitcoins as satoshi.
    func amount() throws(RPCNodeError) -> Int64 {
        guard case .number(let text) = json, let value = FixedPoint.parse(text, decimals: 8),
            value.magnitude <= Amount.maxMoney.magnitude
        else { throw unreadable }
        return value
    }

    /// The hash.
    func hash<T: HashIdentifier>(as type: T.Type = T.self) throws(RPCNodeError) -> T {
        guard let value = json.stringValue.flatMap({ T(hex: $0) }) else { throw unreadable }
        return value
    }

    /// The elements of the array.
    func elements() throws(RPCNodeError) -> [RPCResult] {
        guard let values = json.arrayValue else { throw unreadable }
        return values.map { RPCResult(method: method, json: $0) }
    }

    /// The members of the object.
    func members() throws(RPCNodeError) -> [(key: String, value: RPCResult)] {
        guard let object = json.objectValue else { throw unreadable }
        return object.members.map { ($0.key, RPCResult(method: method, json: $0.value)) }
    }
}
