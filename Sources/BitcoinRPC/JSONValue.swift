// BitcoinRPC: JSON and JSON-RPC as Bitcoin Core speaks them.
//
// - `JSONValue` keeps the order of members and the text of numbers, so that what is written looks like Core's
//   (univalue) output byte for byte and amounts never pass through a floating point number.
// - `JSONParser` is strict and bounded (depth, UTF-8); nothing in it traps on its input.
// - `RPCCommandTable` holds the commands of a program: each has the description from which its help text and the
//   checks of its arguments are made, with Core's texts and codes.
//
// No I/O and no clock here; node, wallet and command line share it.

/// A JSON value. Numbers are kept as text, members of objects keep their order.
package enum JSONValue: Hashable, Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number by its text, which is valid JSON.
    case number(String)
    /// A string.
    case string(String)
    /// An array.
    case array([JSONValue])
    /// An object.
    case object(JSONObject)

    /// An integer as a number.
    package static func int(_ value: some BinaryInteger) -> JSONValue { .number(String(value)) }

    /// A text, or null for none.
    package static func optional(_ value: String?) -> JSONValue { value.map(JSONValue.string) ?? .null }

    /// Whether it is null.
    package var isNull: Bool { self == .null }

    /// The name of the type in Core's error texts.
    package var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "bool"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    /// The member of that name; null when there is none or this is no object.
    package subscript(_ key: String) -> JSONValue {
        guard case .object(let object) = self else { return .null }
        return object[key] ?? .null
    }

    /// The element at `index`; null when there is none or this is no array.
    package subscript(_ index: Int) -> JSONValue {
        guard case .array(let array) = self, array.indices.contains(index) else { return .null }
        return array[index]
    }

    /// The string, if it is one.
    package var stringValue: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    /// The truth value, if it is one.
    package var boolValue: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    /// The integer, if it is a number without fraction and exponent that fits 64 bits.
    package var intValue: Int64? {
        guard case .number(let text) = self else { return nil }
        return Int64(text)
    }

    /// The number as a floating point value, if it is one.
    package var doubleValue: Double? {
        guard case .number(let text) = self else { return nil }
        return Double(text)
    }

    /// The elements, if it is an array.
    package var arrayValue: [JSONValue]? {
        guard case .array(let value) = self else { return nil }
        return value
    }

    /// The object, if it is one.
    package var objectValue: JSONObject? {
        guard case .object(let value) = self else { return nil }
        return value
    }

    /// The same value whatever the order of members (arrays keep theirs).
    package func isEquivalent(to other: JSONValue) -> Bool {
        switch (self, other) {
        case (.array(let left), .array(let right)):
            return left.count == right.count && zip(left, right).allSatisfy { $0.isEquivalent(to: $1) }
        case (.object(let left), .object(let right)):
            guard left.count == right.count else { return false }
            return left.members.allSatisfy { member in
                right[member.key]?.isEquivalent(to: member.value) ?? false
            }
        default:
            return self == other
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    /// A string.
    package init(stringLiteral value: String) { self = .string(value) }
    /// A truth value.
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    /// An integer.
    package init(integerLiteral value: Int64) { self = .int(value) }
    /// An array.
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    /// An object; a name given twice is kept twice.
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(JSONObject(members: elements.map { JSONObject.Member(key: $0.0, value: $0.1) }))
    }
    /// Null.
    package init(nilLiteral: ()) { self = .null }
}
