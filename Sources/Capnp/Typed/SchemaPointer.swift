/// A type that a pointer can lead to: what the type parameters of a generic declaration are bound to.
public protocol SchemaPointer: ListElement {
    /// What `pointer` leads to; the type's default if it is null.
    static func read(_ pointer: PointerReader) throws(CapnpError) -> ReadValue
}

extension SchemaStruct {
    /// The struct that a pointer leads to.
    @inlinable
    public static func read(_ pointer: PointerReader) throws(CapnpError) -> Reader {
        Reader(try pointer.structReader())
    }
}

extension String: SchemaPointer {
    /// The text that a pointer leads to.
    @inlinable
    public static func read(_ pointer: PointerReader) throws(CapnpError) -> String {
        try pointer.text()
    }
}

extension [UInt8]: SchemaPointer {
    /// The data that a pointer leads to.
    @inlinable
    public static func read(_ pointer: PointerReader) throws(CapnpError) -> [UInt8] {
        try pointer.data()
    }
}

extension ListOf: SchemaPointer {
    /// The list that a pointer leads to.
    @inlinable
    public static func read(_ pointer: PointerReader) throws(CapnpError) -> ListReaderOf<Element> {
        try pointer.list(of: Element.self)
    }
}

extension CapabilityElement: SchemaPointer {
    /// The capability that a pointer refers to.
    @inlinable
    public static func read(_ pointer: PointerReader) throws(CapnpError) -> (any CapabilityHook)? {
        try pointer.capability()
    }
}

extension AnyPointerElement: SchemaPointer {
    /// The pointer itself.
    @inlinable
    public static func read(_ pointer: PointerReader) throws(CapnpError) -> PointerReader {
        pointer
    }
}

/// Sets a pointer of a type that a type parameter is bound to: what generated builders return for a field of type `T`.
@frozen
public struct PointerBuilderOf<Value: SchemaPointer> {
    /// The untyped pointer.
    public let pointer: PointerBuilder

    /// Types a pointer.
    @inlinable
    public init(_ pointer: PointerBuilder) {
        self.pointer = pointer
    }

    /// Whether nothing is set.
    @inlinable
    public var isNull: Bool { pointer.isNull }

    /// Sets the pointer to null.
    @inlinable
    public func clear() { pointer.clear() }
}

extension PointerBuilderOf where Value: SchemaStruct {
    /// Points to a new struct of defaults.
    @inlinable
    public func initStruct() -> Value.Builder { Value.Builder(pointer.initStruct(Value.size)) }

    /// The struct in place, made if unset.
    @inlinable
    public func getOrInitStruct() -> Value.Builder { Value.Builder(pointer.getOrInitStruct(Value.size)) }

    /// Points to a copy of a struct.
    ///
    /// - Throws: whatever reading the struct throws.
    @inlinable
    public func set(_ value: Value.Reader) throws(CapnpError) { try pointer.copy(from: value.reader) }
}

extension PointerBuilderOf<String> {
    /// Points to a copy of a text.
    @inlinable
    public func set(_ value: String) { pointer.setText(value) }
}

extension PointerBuilderOf<[UInt8]> {
    /// Points to a copy of data.
    @inlinable
    public func set(_ value: [UInt8]) { pointer.setData(value) }
}

extension PointerBuilderOf<CapabilityElement> {
    /// Points to a capability; `nil` sets the pointer to null.
    @inlinable
    public func set(_ value: (any CapabilityHook)?) { pointer.setCapability(value) }
}

extension PointerBuilderOf {
    /// Points to a new list.
    @inlinable
    public func initList<Element>(count: Int) -> ListBuilderOf<Element> where Value == ListOf<Element> {
        pointer.initList(of: Element.self, count: count)
    }
}
