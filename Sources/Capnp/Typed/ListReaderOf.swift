/// A list whose element type is known: what generated readers return for `List(T)`.
///
/// Elements that are pointers are followed on access, which is why access throws; it never traps, and an index outside the
/// list reads as the type's default.
@frozen
public struct ListReaderOf<Element: ListElement>: Sendable {
    /// The untyped list.
    public let list: ListReader

    /// Types a list.
    @inlinable
    public init(_ list: ListReader) {
        self.list = list
    }

    /// The number of elements.
    @inlinable
    public var count: Int { list.count }

    /// Whether there are no elements.
    @inlinable
    public var isEmpty: Bool { list.count == 0 }

    /// The indices of the elements, from zero.
    @inlinable
    public var indices: Range<Int> { list.indices }

    /// The element at `index`.
    ///
    /// - Throws: What following the element's pointer throws; nothing for scalars, enums and structs.
    @inlinable
    public subscript(index: Int) -> Element.ReadValue {
        get throws(CapnpError) { try Element.read(list, at: index) }
    }

    /// All elements.
    ///
    /// - Throws: as the subscript, for the first element that cannot be read.
    @inlinable
    public func array() throws(CapnpError) -> [Element.ReadValue] {
        var values: [Element.ReadValue] = []
        values.reserveCapacity(min(count, Self.reserveLimit))
        for index in indices { values.append(try Element.read(list, at: index)) }
        return values
    }

    /// Each element, transformed.
    ///
    /// - Throws: as the subscript, and what `transform` throws.
    @inlinable
    public func map<T>(_ transform: (Element.ReadValue) throws -> T) throws -> [T] {
        var values: [T] = []
        values.reserveCapacity(min(count, Self.reserveLimit))
        for index in indices { values.append(try transform(Element.read(list, at: index))) }
        return values
    }

    /// A list of elements without size can claim any count; memory is only spent on those that come.
    @usableFromInline static var reserveLimit: Int { 1 << 16 }
}

extension PointerReader {
    /// The list it points to; empty when the pointer is null.
    ///
    /// - Throws: as `list(_:)`.
    @inlinable
    public func list<Element: ListElement>(of type: Element.Type) throws(CapnpError) -> ListReaderOf<Element> {
        ListReaderOf(try list(Element.elementSize))
    }
}
