/// The size of a list's elements, as list pointers encode it.
@frozen
public enum ElementSize: UInt8, Sendable, CaseIterable {
    /// Elements of no size: `List(Void)`.
    case void = 0
    /// One bit: `List(Bool)`.
    case bit = 1
    /// One byte: `Data`, `Text`, `List(UInt8)`, `List(Int8)`.
    case byte = 2
    /// Two bytes: 16-bit integers and enums.
    case twoBytes = 3
    /// Four bytes: 32-bit integers and floats.
    case fourBytes = 4
    /// Eight bytes that are no pointer: 64-bit integers and floats.
    case eightBytes = 5
    /// Eight bytes that are a pointer: lists of lists, texts, data, interfaces.
    case pointer = 6
    /// Structs side by side, their size in a tag before the first one.
    case inlineComposite = 7

    /// The bits of data in an element; 0 for pointers and for structs, whose size is in the list's tag.
    @inlinable
    public var dataBits: Int {
        switch self {
        case .void, .pointer, .inlineComposite: 0
        case .bit: 1
        case .byte: 8
        case .twoBytes: 16
        case .fourBytes: 32
        case .eightBytes: 64
        }
    }

    /// The pointers in an element: 1 for `pointer`; 0 for structs, whose size is in the list's tag.
    @inlinable
    public var pointerCount: Int { self == .pointer ? 1 : 0 }

    /// The bits from one element to the next; 0 for structs.
    @inlinable
    var stepBits: Int { dataBits &+ pointerCount &* 64 }
}
