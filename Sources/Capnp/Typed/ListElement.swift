/// A type that lists can have as elements.
public protocol ListElement {
    /// What an element reads as.
    associatedtype ReadValue
    /// The size of an element on the wire.
    static var elementSize: ElementSize { get }
    /// The element at `index`; the type's default if there is none.
    static func read(_ list: ListReader, at index: Int) throws(CapnpError) -> ReadValue
    /// Makes a list in place of what a pointer held.
    static func initList(_ pointer: PointerBuilder, count: Int) -> ListBuilder
}

/// A type whose list elements are written as whole values.
public protocol WritableListElement: ListElement {
    /// Writes the element at `index`; ignored if there is none.
    static func write(_ value: ReadValue, to list: ListBuilder, at index: Int)
}

extension ListElement {
    /// Makes a list of elements of this type's size.
    @inlinable
    public static func initList(_ pointer: PointerBuilder, count: Int) -> ListBuilder {
        pointer.initList(elementSize, count: count)
    }
}

// MARK: - Structs and enums

extension SchemaStruct {
    /// Structs lie side by side in a list.
    @inlinable
    public static var elementSize: ElementSize { .inlineComposite }

    /// The struct at `index`.
    @inlinable
    public static func read(_ list: ListReader, at index: Int) throws(CapnpError) -> Reader {
        Reader(list.structReader(index))
    }

    /// Makes a list of structs of this type's size.
    @inlinable
    public static func initList(_ pointer: PointerBuilder, count: Int) -> ListBuilder {
        pointer.initStructList(count: count, size: size)
    }
}

extension SchemaEnum {
    /// Enums are 16 bits.
    @inlinable
    public static var elementSize: ElementSize { .twoBytes }

    /// The enumerant at `index`.
    @inlinable
    public static func read(_ list: ListReader, at index: Int) throws(CapnpError) -> Self {
        Self(rawValue: list.integer(index))
    }

    /// Sets the enumerant at `index`.
    @inlinable
    public static func write(_ value: Self, to list: ListBuilder, at index: Int) {
        list.setInteger(value.rawValue, at: index)
    }
}

// MARK: - Pointers

/// Elements of a list of lists.
public enum ListOf<Element: ListElement>: ListElement {
    /// Lists are pointers.
    @inlinable
    public static var elementSize: ElementSize { .pointer }

    /// The list at `index`.
    @inlinable
    public static func read(_ list: ListReader, at index: Int) throws(CapnpError) -> ListReaderOf<Element> {
        try list.pointer(index).list(of: Element.self)
    }
}

/// Elements of a `List(AnyPointer)`.
public enum AnyPointerElement: ListElement {
    /// Pointers, of whatever kind.
    @inlinable
    public static var elementSize: ElementSize { .pointer }

    /// The pointer at `index`.
    @inlinable
    public static func read(_ list: ListReader, at index: Int) throws(CapnpError) -> PointerReader {
        list.pointer(index)
    }
}

/// Elements of a list of interfaces.
public enum CapabilityElement: WritableListElement {
    /// Capabilities are pointers.
    @inlinable
    public static var elementSize: ElementSize { .pointer }

    /// The capability at `index`.
    @inlinable
    public static func read(_ list: ListReader, at index: Int) throws(CapnpError) -> (any CapabilityHook)? {
        try list.pointer(index).capability()
    }

    /// Sets the capability at `index`.
    @inlinable
    public static func write(_ value: (any CapabilityHook)?, to list: ListBuilder, at index: Int) {
        list.pointer(index).setCapability(value)
    }
}

extension String: WritableListElement {
    /// Texts are pointers.
    @inlinable
    public static var elementSize: ElementSize { .pointer }

    /// The text at `index`.
    @inlinable
    public static func read(_ list: ListReader, at index: Int) throws(CapnpError) -> String {
        try list.pointer(index).text()
    }

    /// Sets the text at `index`.
    @inlinable
    public static func write(_ value: String, to list: ListBuilder, at index: Int) {
        list.pointer(index).setText(value)
    }
}

extension [UInt8]: ListElement, WritableListElement {
    /// Data are pointers.
    @inlinable
    public static var elementSize: ElementSize { .pointer }

    /// The data at `index`.
    @inlinable
    public static func read(_ list: ListReader, at index: Int) throws(CapnpError) -> [UInt8] {
        try list.pointer(index).data()
    }

    /// Sets the data at `index`.
    @inlinable
    public static func write(_ value: [UInt8], to list: ListBuilder, at index: Int) {
        list.pointer(index).setData(value)
    }
}

// MARK: - Scalars

/// Elements of a `List(Void)`, of which only the count matters.
public enum VoidElement: ListElement {
    /// No size at all.
    @inlinable
    public static var elementSize: ElementSize { .void }

    /// Nothing.
    @inlinable
    public static func read(_ list: ListReader, at index: Int) throws(CapnpError) {}
}

extension Bool: WritableListElement {
    /// Bools are bits.
    @inlinable
    public static var elementSize: ElementSize { .bit }

    /// The bit at `index`.
    @inlinable
    public static func read(_ list: ListReader, at index: Int) throws(CapnpError) -> Bool {
        list.bool(index)
    }

    /// Sets the bit at `index`.
    @inlinable
    public static func write(_ value: Bool, to list: ListBuilder, at index: Int) {
        list.setBool(value, at: index)
    }
}

extension WritableListElement where Self: FixedWidthInteger, ReadValue == Self {
    /// Integers have their own size.
    @inlinable
    public static var elementSize: ElementSize {
        switch bitWidth {
        case 8: .byte
        case 16: .twoBytes
        case 32: .fourBytes
        default: .eightBytes
        }
    }

    /// The integer at `index`.
    @inlinable
    public static func read(_ list: ListReader, at index: Int) throws(CapnpError) -> Self {
        list.integer(index)
    }

    /// Sets the integer at `index`.
    @inlinable
    public static func write(_ value: Self, to list: ListBuilder, at index: Int) {
        list.setInteger(value, at: index)
    }
}

extension Int8: WritableListElement {
    /// The integer itself.
    public typealias ReadValue = Int8
}
extension Int16: WritableListElement {
    /// The integer itself.
    public typealias ReadValue = Int16
}
extension Int32: WritableListElement {
    /// The integer itself.
    public typealias ReadValue = Int32
}
extension Int64: WritableListElement {
    /// The integer itself.
    public typealias ReadValue = Int64
}
extension UInt8: WritableListElement {
    /// The integer itself.
    public typealias ReadValue = UInt8
}
extension UInt16: WritableListElement {
    /// The integer itself.
    public typealias ReadValue = UInt16
}
extension UInt32: WritableListElement {
    /// The integer itself.
    public typealias ReadValue = UInt32
}
extension UInt64: WritableListElement {
    /// The integer itself.
    public typealias ReadValue = UInt64
}

extension Float: WritableListElement {
    /// Floats are 32 bits.
    @inlinable
    public static var elementSize: ElementSize { .fourBytes }

    /// The float at `index`.
    @inlinable
    public static func read(_ list: ListReader, at index: Int) throws(CapnpError) -> Float {
        list.float32(index)
    }

    /// Sets the float at `index`.
    @inlinable
    public static func write(_ value: Float, to list: ListBuilder, at index: Int) {
        list.setFloat32(value, at: index)
    }
}

extension Double: WritableListElement {
    /// Doubles are 64 bits.
    @inlinable
    public static var elementSize: ElementSize { .eightBytes }

    /// The double at `index`.
    @inlinable
    public static func read(_ list: ListReader, at index: Int) throws(CapnpError) -> Double {
        list.float64(index)
    }

    /// Sets the double at `index`.
    @inlinable
    public static func write(_ value: Double, to list: ListBuilder, at index: Int) {
        list.setFloat64(value, at: index)
    }
}
