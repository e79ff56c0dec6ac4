/// A constant or default value of a struct or list type, as generated code holds it: the words of its encoding.
@frozen
public struct EmbeddedValue: Sendable {
    /// The pointer to the value; null if the words are not a message.
    public let root: PointerReader

    /// Takes over words that a schema compiler encoded, the root pointer first.
    public init(words: [UInt64]) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(words.count * 8)
        for word in words {
            for shift in stride(from: 0 as UInt64, to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
        // Trusted, and read again and again for as long as the process lives.
        var limits = ReaderLimits()
        limits.traversalLimitInWords = .max
        root = (try? Message(segments: [bytes], limits: limits).root) ?? PointerReader()
    }

    /// The value as a struct; one of defaults if it is none.
    public var structReader: StructReader {
        (try? root.structReader()) ?? StructReader()
    }

    /// The value as a list; an empty one if it is none.
    public func list<Element: ListElement>(of type: Element.Type) -> ListReaderOf<Element> {
        (try? root.list(of: type)) ?? ListReaderOf(ListReader())
    }
}
