/// Reads the elements of a list.
///
/// Getters never fail: an index that the list does not have gives the default value of the element.
@frozen
public struct ListReader: Sendable {
    @usableFromInline let message: Message
    /// Where the first element begins.
    @usableFromInline let start: MessageAddress
    @usableFromInline let elementCount: Int32
    /// The bits from one element to the next.
    @usableFromInline let stepBits: Int32
    /// The bits of data in an element.
    @usableFromInline let dataBits: Int32
    @usableFromInline let pointerCount: Int32
    @usableFromInline let segment: Int32
    @usableFromInline let nesting: Int32

    /// The size the sender gave the elements.
    public let elementSize: ElementSize

    @inlinable
    init(_ target: ListTarget, of message: Message, nesting: Int32) {
        self.message = message
        start = target.start
        elementCount = target.count
        stepBits = target.stepBits
        dataBits = target.dataBits
        pointerCount = target.pointerCount
        segment = target.segment
        self.nesting = nesting
        elementSize = target.elementSize
    }

    /// An empty list.
    @inlinable
    public init() {
        let message = Message.empty
        self.init(ListTarget(start: message.base), of: message, nesting: 0)
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

    /// The bytes before the element at `index`.
    @inlinable
    func offset(_ index: Int) -> Int { index &* Int(stepBits >> 3) }

    /// The element at `index` of a `List(Bool)`.
    @inlinable
    public func bool(_ index: Int) -> Bool {
        guard index >= 0, index < count, dataBits > 0 else { return false }
        let bit = index &* Int(stepBits)
        return withExtendedLifetime(message) {
            start.load(bit >> 3, as: UInt8.self) >> UInt8(truncatingIfNeeded: bit & 7) & 1 != 0
        }
    }

    /// The element at `index` of a list of integers or enums as wide as `T`.
    @inlinable
    public func integer<T: FixedWidthInteger>(_ index: Int, as type: T.Type = T.self) -> T {
        guard index >= 0, index < count, Int(dataBits) >= T.bitWidth else { return 0 }
        return withExtendedLifetime(message) { start.load(offset(index), as: T.self) }
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
            message: message, data: start + offset(index), dataBytes: dataBits >> 3, pointerCount: pointerCount,
            segment: segment, nesting: max(nesting &- 1, 0))
    }

    /// The element at `index` of a list of pointers: lists, texts, data, interfaces.
    @inlinable
    public func pointer(_ index: Int) -> PointerReader {
        let exists = index >= 0 && index < count && pointerCount > 0
        return PointerReader(
            message: message, location: exists ? start + (offset(index) &+ Int(dataBits >> 3)) : nil, segment: segment,
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
}
