/// The size of a struct's two sections, as a schema compiler lays them out.
@frozen
public struct StructSize: Equatable, Hashable, Sendable {
    /// The length of the data section in words of 8 bytes.
    public var dataWords: UInt16

    /// The number of pointers in the pointer section.
    public var pointers: UInt16

    /// A size of `dataWords` words of data and `pointers` pointers.
    @inlinable
    public init(dataWords: UInt16, pointers: UInt16) {
        self.dataWords = dataWords
        self.pointers = pointers
    }

    /// The length of both sections in words.
    @inlinable
    public var words: Int { Int(dataWords) &+ Int(pointers) }
}
