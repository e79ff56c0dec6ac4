/// The 64 bits of a pointer as the encoding specification lays them out.
@frozen
@usableFromInline
struct WirePointer: Equatable {
    enum Kind: UInt8 {
        case structure = 0
        case list = 1
        case far = 2
        case other = 3
    }

    /// The word, in the byte order of the machine.
    @usableFromInline var word: UInt64

    @inlinable
    init(word: UInt64) { self.word = word }

    static let null = WirePointer(word: 0)

    /// A struct of no size: its offset of -1 tells it from the null pointer.
    static let emptyStruct = WirePointer(word: 0xffff_fffc)

    /// A struct pointer, its offset still 0.
    @inlinable
    static func structure(_ size: StructSize) -> WirePointer {
        WirePointer(word: UInt64(size.dataWords) << 32 | UInt64(size.pointers) << 48)
    }

    /// A list pointer, its offset still 0; `count` is in words when the elements are `inlineComposite`.
    @inlinable
    static func list(_ elementSize: ElementSize, count: Int) -> WirePointer {
        WirePointer(word: 1 | UInt64(elementSize.rawValue) << 32 | UInt64(count) << 35)
    }

    /// The tag before the elements of a list of structs.
    @inlinable
    static func tag(count: Int, size: StructSize) -> WirePointer {
        WirePointer(word: UInt64(count) << 2 | structure(size).word)
    }

    static func far(segment: Int, word: Int, isDouble: Bool = false) -> WirePointer {
        WirePointer(word: 2 | (isDouble ? 4 : 0) | UInt64(word) << 3 | UInt64(segment) << 32)
    }

    static func capability(index: Int) -> WirePointer {
        WirePointer(word: 3 | UInt64(index) << 32)
    }

    /// The same pointer with the distance from the word after it to its target, in words.
    func withOffset(_ offset: Int) -> WirePointer {
        let field = UInt32(bitPattern: Int32(truncatingIfNeeded: offset)) << 2
        return WirePointer(word: word & ~0xffff_fffc | UInt64(field))
    }

    /// The same list pointer with another count, in words when the elements are `inlineComposite`.
    func withElementCount(_ count: Int) -> WirePointer {
        WirePointer(word: word & (1 << 35 - 1) | UInt64(count) << 35)
    }

    var isNull: Bool { word == 0 }
    var isStructure: Bool { word & 3 == 0 }
    var isList: Bool { word & 3 == 1 }
    var isFar: Bool { word & 3 == 2 }
    var kind: Kind { Kind(rawValue: UInt8(truncatingIfNeeded: word & 3)) ?? .other }

    /// Struct and list: words from the end of the pointer to the target, -2²⁹ ..< 2²⁹.
    var offset: Int { Int(Int32(truncatingIfNeeded: word) >> 2) }

    /// Struct, and the tag of a list of structs.
    var structSize: StructSize {
        StructSize(
            dataWords: UInt16(truncatingIfNeeded: word >> 32), pointers: UInt16(truncatingIfNeeded: word >> 48))
    }

    /// List.
    var elementSize: ElementSize { ElementSize(rawValue: UInt8(truncatingIfNeeded: word >> 32) & 7) ?? .void }

    /// List: elements, or words after the tag when the elements are structs; below 2²⁹.
    var elementCount: Int { Int(word >> 35) }

    /// Tag of a list of structs: how many there are; below 2³⁰.
    var tagCount: Int { Int(UInt32(truncatingIfNeeded: word) >> 2) }

    /// Far: whether the landing pad is two words, a far pointer and a tag.
    var isDoubleFar: Bool { word & 4 != 0 }

    /// Far: the word of the landing pad in its segment; below 2²⁹.
    var farWord: Int { Int(UInt32(truncatingIfNeeded: word) >> 3) }

    /// Far.
    var farSegment: Int { Int(word >> 32) }

    /// Whether the pointer is a capability; `kind` is `other` for those and for kinds not yet defined.
    var isCapability: Bool { UInt32(truncatingIfNeeded: word) == 3 }

    /// Capability: its index in the table.
    var capabilityIndex: Int { Int(word >> 32) }
}
