import BitcoinRPC
import CapnpSchema

/// How one answer differs from the recorded one.
package struct ReplayDifference: Sendable, Equatable {
    /// The method, and behind it the place in its results: `Mining.getTip.result.height`.
    package var place: String
    /// What the recording has.
    package var recorded: String
    /// What came now.
    package var now: String
}

/// Compares decoded results. Objects are equal if both are there; texts that are JSON are compared as JSON.
struct ReplayComparison {
    private(set) var differences: [ReplayDifference] = []

    /// The most differences of one answer; the rest would not be read.
    private static let maxDifferences = 64

    mutating func compare(_ recorded: DynamicValue, _ now: DynamicValue, at place: String) {
        guard differences.count < Self.maxDifferences else { return }
        switch (recorded, now) {
        case (.structure(let old), .structure(let new)):
            for field in old.fields {
                let inner = "\(place).\(field.name)"
                if let value = new[field.name] {
                    compare(field.value, value, at: inner)
                } else {
                    note(inner, show(field.value), "not set")
                }
            }
            for field in new.fields where old[field.name] == nil {
                note("\(place).\(field.name)", "not set", show(field.value))
            }
        case (.list(let old), .list(let new)):
            if old.count != new.count { note("\(place).count", "\(old.count)", "\(new.count)") }
            for (index, (old, new)) in zip(old, new).enumerated() { compare(old, new, at: "\(place)[\(index)]") }
        case (.capability(let old), .capability(let new)):
            if (old == nil) != (new == nil) { note(place, show(recorded), show(now)) }
        case (.text(let old), .text(let new)) where old != new:
            if Self.isMasked(old.utf8) { return }
            if let old = try? JSONValue(parsing: old), let new = try? JSONValue(parsing: new), case .object = old {
                compare(old, new, at: place)
            } else {
                note(place, show(recorded), show(now))
            }
        case (.data(let old), .data) where Self.isMasked(old): break
        default:
            if recorded != now { note(place, show(recorded), show(now)) }
        }
    }

    private mutating func compare(_ recorded: JSONValue, _ now: JSONValue, at place: String) {
        guard differences.count < Self.maxDifferences else { return }
        switch (recorded, now) {
        case (.object(let old), .object(let new)):
            for member in old.members {
                let inner = "\(place).\(member.key)"
                if let value = new[member.key] {
                    compare(member.value, value, at: inner)
                } else {
                    note(inner, short(member.value.write()), "not there")
                }
            }
            for member in new.members where old[member.key] == nil {
                note("\(place).\(member.key)", "not there", short(member.value.write()))
            }
        case (.array(let old), .array(let new)):
            if old.count != new.count { note("\(place).count", "\(old.count)", "\(new.count)") }
            for (index, (old, new)) in zip(old, new).enumerated() { compare(old, new, at: "\(place)[\(index)]") }
        case (.string(let old), .string) where Self.isMasked(old.utf8): break
        default:
            if recorded != now { note(place, short(recorded.write()), short(now.write())) }
        }
    }

    /// Whether a value was overwritten when it was recorded; nobody knows what it was.
    private static func isMasked(_ bytes: some Collection<UInt8>) -> Bool {
        !bytes.isEmpty && bytes.allSatisfy { $0 == UInt8(ascii: "*") }
    }

    mutating func note(_ place: String, _ recorded: String, _ now: String) {
        differences.append(ReplayDifference(place: place, recorded: recorded, now: now))
    }

    private func show(_ value: DynamicValue) -> String { short(value.json { _ in "an object" }.write()) }

    private func short(_ text: String) -> String {
        text.utf8.count > 200 ? text.prefix(180) + "… (\(text.utf8.count) B)" : text
    }
}
