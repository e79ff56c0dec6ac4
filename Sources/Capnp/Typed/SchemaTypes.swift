// What generated code has in common, so that lists, proxies and tools can be written once for all of it. Generated types
// are thin: a reader or builder of a struct with the offsets of its fields. Nothing here knows the wire.

/// A struct of a schema: generated as an enum without cases that holds the struct's `Reader` and `Builder`.
public protocol SchemaStruct: SchemaPointer where ReadValue == Reader {
    /// Reads the struct's fields by name.
    associatedtype Reader: SchemaReader
    /// Writes the struct's fields by name.
    associatedtype Builder: SchemaBuilder
    /// The id in the schema.
    static var typeID: UInt64 { get }
    /// The size with which new structs are made.
    static var size: StructSize { get }
}

/// The generated reader of a struct or group.
public protocol SchemaReader: Sendable {
    /// Reads a struct that is believed to be of this type; fields that it lacks have their defaults.
    init(_ reader: StructReader)
    /// The struct.
    var reader: StructReader { get }
}

/// The generated builder of a struct or group.
public protocol SchemaBuilder {
    /// Writes a struct that was made with the size of this type.
    init(_ builder: StructBuilder)
    /// The struct.
    var builder: StructBuilder { get }
}

/// An enum of a schema. It also holds numbers that the schema does not name, as a newer peer may send them.
public protocol SchemaEnum: ListElement, Hashable, Sendable, WritableListElement where ReadValue == Self {
    /// The enumerant with a number.
    init(rawValue: UInt16)
    /// The number on the wire.
    var rawValue: UInt16 { get }
}

/// An interface of a schema.
public protocol SchemaInterface {
    /// The id in the schema.
    static var interfaceID: UInt64 { get }
}

/// A struct without fields, such as the results of a method that returns nothing.
public enum EmptyStruct: SchemaStruct {
    /// No id: any struct can be read as one without fields.
    public static let typeID: UInt64 = 0
    /// No sections.
    public static let size = StructSize(dataWords: 0, pointers: 0)

    /// Reads nothing.
    @frozen
    public struct Reader: SchemaReader {
        /// The struct.
        public let reader: StructReader

        /// Takes any struct.
        @inlinable
        public init(_ reader: StructReader) {
            self.reader = reader
        }
    }

    /// Writes nothing.
    @frozen
    public struct Builder: SchemaBuilder {
        /// The struct.
        public let builder: StructBuilder

        /// Takes any struct.
        @inlinable
        public init(_ builder: StructBuilder) {
            self.builder = builder
        }
    }
}

extension SchemaStruct {
    /// The root of a message as this struct.
    ///
    /// - Throws: `missingRoot`, and what `PointerReader.structReader()` throws.
    @inlinable
    public static func read(_ message: Message) throws(CapnpError) -> Reader {
        Reader(try message.root.structReader())
    }

    /// A new root for a message.
    @inlinable
    public static func initRoot(of message: MessageBuilder) -> Builder {
        Builder(message.initRoot(size))
    }
}

extension StructReader {
    /// A pointer that belongs to a member of a union: null unless that member is the set one.
    @inlinable
    public func pointer(at index: Int, if isSet: Bool) -> PointerReader {
        isSet ? pointer(at: index) : PointerReader()
    }
}

extension PointerReader {
    /// Text with a default in the schema.
    ///
    /// - Throws: as `text()`.
    @inlinable
    public func text(default value: String) throws(CapnpError) -> String {
        isNull ? value : try text()
    }

    /// Data with a default in the schema.
    ///
    /// - Throws: as `data()`.
    @inlinable
    public func data(default value: [UInt8]) throws(CapnpError) -> [UInt8] {
        isNull ? value : try data()
    }

    /// This pointer, or the default of the schema if it is null.
    @inlinable
    public func or(_ value: EmbeddedValue) -> PointerReader {
        isNull ? value.root : self
    }
}
