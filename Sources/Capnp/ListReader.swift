/// Reads the elements of a list.
///
/// Getters never fail: an index that the list does not have gives the default value of the element.
@frozen
public struct ListReader: Sendable {
    @usableFromInline let message: Message
    /// The byte of the message where the first element begins.
    @usableFromInline let start: Int
    @usableFromInline let stepBits: Int
    @usableFromInline let elementCount: Int32
    /// The bits of data in an element.
    @usableFromInline let dataBits: Int32
    @usableFromInline let pointerCount: Int32
    @usableFromInline let segment: Int32
    @usableFromInline let nesting: Int32

    /// The size the sender gave the elements.
    public let elementSize: ElementSize

    @usableFromInline
    init(
        message: Message, start: Int, count: Int, elementSize: ElementSize, stepBits: Int, dataBits: Int,
        pointerCount: Int, segment: Int32, nesting: Int32
    ) {
        self.message = message
        self.start = start
        self.stepBits = stepBits
        self.elementCount = Int32(truncatingIfNeeded: count)
        self.dataBits = Int32(truncatingIfNeeded: dataBits)
        self.pointerCount = Int32(truncatingIfNeeded: pointerCount)
        self.segment = segment
        self.nesting = nesting
        self.elementSize = elementSize
    }

    /// An empty list.
    public init() {
        self.init(
            message: .empty, start: 0, count: 0, elementSize: .void, stepBits: 0, dataBits: 0, pointerCount: 0,
            segment: 0, nesting: 0)
    }

    /// The number of elements.
    @inlinable
    public var count: Int { Int(elementCount) }

    /// The indices of the elements: `0 ..< count`.
    @inlinable
    public var indices: Range<Int> { 0..<Int(elementCount) }

    /// The size of an element that is a struct, or is read as one.
    public var structSize: StructSize {
        StructSize(
            dataWords: UInt16(truncatingIfNeeded: (dataBits &+ 63) / 64),
            pointers: UInt16(truncatingIfNeeded: pointerCount))
    }

    /// The element at `index` of a `List(Bool)`.
    @inlinable
    public func bool(_ index: Int) -> Bool {
        guard index >= 0, index < count, dataBits > 0 else { return false }
        let bit = index &* stepBits
        return message.loadByte(start &+ bit >> 3) >> UInt8(truncatingIfNeeded: bit & 7) & 1 != 0
    }

    /// The element at `index` of a list of integers or enums as wide as `T`.
    @inlinable
    public func integer<T: FixedWidthInteger>(_ index: Int, as type: T.Type = T.self) -> T {
        guard index >= 0, index < count, Int(dataBits) >= T.bitWidth else { return 0 }
        return message.load(start &+ index &* (stepBits >> 3), as: T.self)
    }

    /// The element at `index` of a `List(Float32)`.
    @inlinable
    public func float32(_ index: Int) -> Float {
        Float(bitPattern: integer(index))
    }

    /// The element at `index` of a `List(Float64)`.
    @inlinable
    public func float64(_ index: Int) -> Double {
        Double(bitPattern: integer(index))
    }

    /// The element at `index` of a list of structs.
    @inlinable
    public func structReader(_ index: Int) -> StructReader {
        guard index >= 0, index < count, dataBits != 1 else { return StructReader() }
        return StructReader(
            message: message, start: start &+ index &* (stepBits >> 3), dataBytes: dataBits >> 3,
            pointerCount: pointerCount, segment: segment, nesting: max(nesting &- 1, 0))
    }

    /// The element at `index` of a list of pointers: lists, texts, data, interfaces.
    @inlinable
    public func pointer(_ index: Int) -> PointerReader {
        guard index >= 0, index < count, pointerCount > 0 else { return PointerReader() }
        return PointerReader(
            message: message, location: start &+ index &* (stepBits >> 3) &+ Int(dataBits >> 3), segment: segment,
            nesting: nesting)
    }

    /// All elements of a list of integers as wide as `T`.
    @inlinable
    public func integers<T: FixedWidthInteger>(as type: T.Type = T.self) -> [T] {
        var values: [T] = []
        values.reserveCapacity(count)
        for index in indices { values.append(integer(index)) }
        return values
    }

    /// The same list with elements of `expected` size.
    ///
    /// - Throws: `incompatibleList` when an element does not begin with such a value.
    func viewed(as expected: ElementSize) throws(CapnpError) -> ListReader {
        switch (elementSize, expected) {
        case (.bit, .bit),
            (_, .void) where elementSize != .bit:
            return self
        case (.bit, _):
            // Lists of bits cannot be upgraded: their elements have no byte to begin at.
            throw .incompatibleList
        case (.inlineComposite, .bit):
            throw .incompatibleList
        case (_, .inlineComposite):
            return self
        default:
            guard Int(dataBits) >= expected.dataBits, Int(pointerCount) >= expected.pointerCount else {
                throw .incompatibleList
            }
            return self
        }
    }
}
