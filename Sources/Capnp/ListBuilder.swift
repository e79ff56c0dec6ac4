/// Writes, and reads back, the elements of a list.
@frozen
@safe
public struct ListBuilder {
    /// The message the list is part of.
    public let message: MessageBuilder
    @usableFromInline let segment: Int
    /// The first byte of the first element.
    @usableFromInline let start: UnsafeMutableRawPointer
    @usableFromInline let stepBits: Int
    @usableFromInline let dataBits: Int
    @usableFromInline let pointerCount: Int

    /// The number of elements.
    public let count: Int

    /// The size of the elements.
    public let elementSize: ElementSize

    @inlinable
    init(
        message: MessageBuilder, segment: Int, start: UnsafeMutableRawPointer, count: Int, elementSize: ElementSize,
        stepBits: Int, dataBits: Int, pointerCount: Int
    ) {
        self.message = message
        self.segment = segment
        unsafe self.start = unsafe start
        self.stepBits = stepBits
        self.dataBits = dataBits
        self.pointerCount = pointerCount
        self.count = count
        self.elementSize = elementSize
    }

    /// The indices of the elements: `0 ..< count`.
    @inlinable
    public var indices: Range<Int> { 0..<count }

    /// Sets the element at `index` of a `List(Bool)`.
    ///
    /// - Precondition: the list has that element, and its elements are bits.
    @inlinable
    public func setBool(_ value: Bool, at index: Int) {
        precondition(index >= 0 && index < count && stepBits == 1, "no such element")
        let mask = UInt8(1) << UInt8(truncatingIfNeeded: index & 7)
        withExtendedLifetime(message) {
            let byte = unsafe start.load(fromByteOffset: index >> 3, as: UInt8.self)
            unsafe start.storeBytes(of: value ? byte | mask : byte & ~mask, toByteOffset: index >> 3, as: UInt8.self)
        }
    }

    /// The element at `index` of a `List(Bool)`; `false` when there is none.
    @inlinable
    public func bool(_ index: Int) -> Bool {
        guard index >= 0, index < count, stepBits == 1 else { return false }
        return withExtendedLifetime(message) {
            let byte = unsafe start.load(fromByteOffset: index >> 3, as: UInt8.self)
            return byte >> UInt8(truncatingIfNeeded: index & 7) & 1 != 0
        }
    }

    /// Sets the element at `index` of a list of integers or enums as wide as `T`.
    ///
    /// - Precondition: the list has that element, and its elements are wide enough.
    @inlinable
    public func setInteger<T: FixedWidthInteger>(_ value: T, at index: Int) {
        precondition(index >= 0 && index < count && dataBits >= T.bitWidth, "no such element")
        withExtendedLifetime(message) {
            unsafe start.storeBytes(of: value.littleEndian, toByteOffset: index &* (stepBits >> 3), as: T.self)
        }
    }

    /// The element at `index` of a list of integers or enums as wide as `T`; 0 when there is none.
    @inlinable
    public func integer<T: FixedWidthInteger>(_ index: Int, as type: T.Type = T.self) -> T {
        guard index >= 0, index < count, dataBits >= T.bitWidth else { return 0 }
        return withExtendedLifetime(message) {
            T(littleEndian: unsafe start.loadUnaligned(fromByteOffset: index &* (stepBits >> 3), as: T.self))
        }
    }

    /// Sets the element at `index` of a `List(Float32)`.
    ///
    /// - Precondition: the list has that element, and its elements are wide enough.
    @inlinable
    public func setFloat32(_ value: Float, at index: Int) { setInteger(value.bitPattern, at: index) }

    /// The element at `index` of a `List(Float32)`; 0 when there is none.
    @inlinable
    public func float32(_ index: Int) -> Float { Float(bitPattern: integer(index)) }

    /// Sets the element at `index` of a `List(Float64)`.
    ///
    /// - Precondition: the list has that element, and its elements are wide enough.
    @inlinable
    public func setFloat64(_ value: Double, at index: Int) { setInteger(value.bitPattern, at: index) }

    /// The element at `index` of a `List(Float64)`; 0 when there is none.
    @inlinable
    public func float64(_ index: Int) -> Double { Double(bitPattern: integer(index)) }

    /// The element at `index` of a list of structs.
    ///
    /// - Precondition: the list has that element, and it is not one of bits.
    @inlinable
    public func structBuilder(_ index: Int) -> StructBuilder {
        precondition(index >= 0 && index < count && stepBits != 1, "no such element")
        return unsafe StructBuilder(
            message: message, segment: segment, data: start + index * (stepBits / 8), dataBytes: dataBits / 8,
            pointerCount: pointerCount)
    }

    /// The element at `index` of a list of pointers.
    ///
    /// - Precondition: the list has that element, and its elements have a pointer.
    @inlinable
    public func pointer(_ index: Int) -> PointerBuilder {
        precondition(index >= 0 && index < count && pointerCount > 0, "no such element")
        return unsafe PointerBuilder(
            message: message, segment: segment, address: start + index * (stepBits / 8) + dataBits / 8)
    }
}
