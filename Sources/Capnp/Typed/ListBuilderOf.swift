/// A new list whose element type is known: what generated builders return for `List(T)`.
@frozen
public struct ListBuilderOf<Element: ListElement> {
    /// The untyped list.
    public let list: ListBuilder

    /// Types a list.
    @inlinable
    public init(_ list: ListBuilder) {
        self.list = list
    }

    /// The number of elements.
    @inlinable
    public var count: Int { list.count }

    /// The indices of the elements, from zero.
    @inlinable
    public var indices: Range<Int> { 0..<list.count }
}

extension ListBuilderOf where Element: WritableListElement {
    /// Writes the element at `index`. An index outside the list is ignored.
    @inlinable
    public func set(_ value: Element.ReadValue, at index: Int) {
        guard index >= 0, index < count else { return }
        Element.write(value, to: list, at: index)
    }

    /// Writes elements from the first on; values beyond the list's count are ignored.
    @inlinable
    public func assign(_ values: some Sequence<Element.ReadValue>) {
        var index = 0
        for value in values.prefix(count) {
            Element.write(value, to: list, at: index)
            index &+= 1
        }
    }
}

extension ListBuilderOf where Element: SchemaStruct {
    /// The struct at `index`.
    @inlinable
    public subscript(index: Int) -> Element.Builder {
        Element.Builder(list.structBuilder(index))
    }
}

extension ListBuilderOf {
    /// The list at `index` of a list of lists, newly made.
    @inlinable
    public func initList<Inner>(at index: Int, count: Int) -> ListBuilderOf<Inner> where Element == ListOf<Inner> {
        list.pointer(index).initList(of: Inner.self, count: count)
    }
}

extension ListBuilderOf where Element == AnyPointerElement {
    /// The pointer at `index`.
    @inlinable
    public subscript(index: Int) -> PointerBuilder { list.pointer(index) }
}

extension PointerBuilder {
    /// Makes a list, in place of what was there.
    ///
    /// - Parameter count: The number of elements; all are zero or unset at first.
    @inlinable
    public func initList<Element: ListElement>(of type: Element.Type, count: Int) -> ListBuilderOf<Element> {
        ListBuilderOf(Element.initList(self, count: count))
    }
}
