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
    /// - Throws: as the subscript, for the first element that cannot be read; `traversalLimit` for a list of very many
    ///   structs that take no space in the message.
    @inlinable
    public func array() throws(CapnpError) -> [Element.ReadValue] {
        try checkAmplification()
        var values: [Element.ReadValue] = []
        values.reserveCapacity(count)
        for index in indices { values.append(try Element.read(list, at: index)) }
        return values
    }

    /// Each element, transformed.
    ///
    /// - Throws: as `array()`, and what `transform` throws.
    @inlinable
    public func map<T>(_ transform: (Element.ReadValue) throws -> T) throws -> [T] {
        try checkAmplification()
        var values: [T] = []
        values.reserveCapacity(count)
        for index in indices { values.append(try transform(Element.read(list, at: index))) }
        return values
    }

    /// Refuses to spend memory on what cost the sender nearly nothing: structs that take no word of the message each.
    ///
    /// - Throws: `traversalLimit` for more than 65,536 of them.
    @usableFromInline
    func checkAmplification() throws(CapnpError) {
        guard Element.elementSize == .inlineComposite || Element.elementSize == .void, count > 1 << 16 else { return }
        switch list.elementSize {
        case .eightBytes, .pointer: return
        case .inlineComposite where list.structSize.words > 0: return
        default: throw .traversalLimit
        }
    }
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
