package import BitcoinRPC

/// Compares JSON values where they mean the same, and says where they do not.
///
/// The recorded answers hold decimal numbers as strings; such a string equals a number of the same value.
package struct JSONDifference: CustomStringConvertible {
    package private(set) var lines: [String] = []
    private let ignored: Set<String>

    /// Compares two values.
    ///
    /// - Parameter ignoring: Names of members that are left out of the comparison, at any depth.
    package init(expected: JSONValue, actual: JSONValue, ignoring: Set<String> = []) {
        ignored = ignoring
        compare(expected, actual, at: "$")
    }

    /// Whether there is none.
    package var isEmpty: Bool { lines.isEmpty }

    package var description: String {
        lines.prefix(20).joined(separator: "\n") + (lines.count > 20 ? "\n… \(lines.count - 20) more" : "")
    }

    private mutating func compare(_ expected: JSONValue, _ actual: JSONValue, at path: String) {
        switch (expected, actual) {
        case (.object(let left), .object(let right)):
            for member in left.members where !ignored.contains(member.key) {
                guard let value = right[member.key] else {
                    lines.append("\(path).\(member.key): missing, expected \(Self.short(member.value))")
                    continue
                }
                compare(member.value, value, at: "\(path).\(member.key)")
            }
            for member in right.members where !ignored.contains(member.key) && left[member.key] == nil {
                lines.append("\(path).\(member.key): unexpected \(Self.short(member.value))")
            }
        case (.array(let left), .array(let right)):
            if left.count != right.count {
                lines.append("\(path): \(right.count) elements, expected \(left.count)")
            }
            for (index, pair) in zip(left, right).enumerated() {
                compare(pair.0, pair.1, at: "\(path)[\(index)]")
            }
        case (.string(let left), .number(let right)), (.number(let left), .number(let right)):
            // Amounts have at most 16 digits here, so that equal doubles mean equal amounts.
            guard left != right, Double(left) == nil || Double(left) != Double(right) else { return }
            lines.append("\(path): \(right), expected \(left)")
        default:
            guard expected != actual else { return }
            lines.append("\(path): \(Self.short(actual)), expected \(Self.short(expected))")
        }
    }

    private static func short(_ value: JSONValue) -> String { String(value.write().prefix(200)) }
}

extension JSONValue {
    /// This object without the members of those names, at any depth.
    package func removing(_ names: Set<String>) -> JSONValue {
        switch self {
        case .object(let object):
            var result = JSONObject()
            for member in object.members where !names.contains(member.key) {
                result.append(member.key, member.value.removing(names))
            }
            return .object(result)
        case .array(let elements): return .array(elements.map { $0.removing(names) })
        default: return self
        }
    }
}
