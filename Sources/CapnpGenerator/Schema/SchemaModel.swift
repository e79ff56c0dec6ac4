// The schema of a request as plain Swift values. Names follow `capnp/schema.capnp`.

/// One declaration: a file, struct, enum, interface, constant or annotation.
package struct SchemaNode: Sendable {
    /// The unique id of the declaration.
    package let id: UInt64
    /// File name and path of the declaration, as in `foo.capnp:Outer.Inner`.
    package let displayName: String
    /// Where the declaration's own name begins in `displayName`, in bytes.
    let displayNamePrefixLength: Int
    /// The id of the enclosing declaration; zero for a file, and for the implicit parameter structs of methods.
    let scopeID: UInt64
    /// Whether the declaration, or one around it, has type parameters.
    let isGeneric: Bool
    /// Declarations directly inside, in the order of the file.
    let nested: [(name: String, id: UInt64)]
    let annotations: [SchemaAnnotation]
    let kind: Kind

    enum Kind: Sendable {
        case file
        case structure(SchemaStructure)
        case enumeration([SchemaEnumerant])
        case interface(SchemaInterfaceBody)
        case constant(SchemaType, SchemaValue)
        case annotation
    }

    /// The declaration's own name.
    var name: String {
        String(decoding: displayName.utf8.dropFirst(displayNamePrefixLength), as: UTF8.self)
    }

    var structure: SchemaStructure? {
        if case .structure(let structure) = kind { structure } else { nil }
    }

    var interface: SchemaInterfaceBody? {
        if case .interface(let interface) = kind { interface } else { nil }
    }
}

/// Layout and fields of a struct or group.
struct SchemaStructure: Sendable {
    let dataWords: Int
    let pointers: Int
    let isGroup: Bool
    /// How many fields are members of the unnamed union; zero if there is none.
    let discriminantCount: Int
    /// Place of the union's tag, in units of 16 bits.
    let discriminantOffset: Int
    /// The fields in the order of their numbers.
    let fields: [SchemaField]

    /// The fields in the order of the file.
    var fieldsInCodeOrder: [SchemaField] {
        fields.sorted { $0.codeOrder < $1.codeOrder }
    }
}

/// A field of a struct.
struct SchemaField: Sendable {
    let name: String
    let codeOrder: Int
    let annotations: [SchemaAnnotation]
    /// The tag value that selects the field, if it is a member of the union.
    let discriminant: Int?
    let kind: Kind
    /// Position in the struct's list of fields, which is also the position of its comment.
    let index: Int

    enum Kind: Sendable {
        /// `offset` is in units of the field's own size; for pointers it is the index.
        case slot(offset: Int, type: SchemaType, defaultValue: SchemaValue)
        case group(UInt64)
    }

    /// The field's type, unless it is a group.
    var type: SchemaType? {
        if case .slot(_, let type, _) = kind { type } else { nil }
    }

    /// The index of the field's pointer, if it is one.
    var pointerIndex: Int? {
        if case .slot(let offset, let type, _) = kind, type.isPointer { offset } else { nil }
    }
}

/// A value of an enum. Its number is its position.
struct SchemaEnumerant: Sendable {
    let name: String
    let codeOrder: Int
}

/// Methods and ancestors of an interface.
struct SchemaInterfaceBody: Sendable {
    /// The methods in the order of their numbers.
    let methods: [SchemaMethod]
    let superclasses: [UInt64]
}

/// A method. Its number is its position.
struct SchemaMethod: Sendable {
    let name: String
    let ordinal: Int
    let codeOrder: Int
    let parameters: UInt64
    let results: UInt64
    let isGeneric: Bool
    let annotations: [SchemaAnnotation]
}

/// A type as it is written after a field's colon.
indirect enum SchemaType: Sendable, Equatable {
    case void, bool
    case int8, int16, int32, int64, uint8, uint16, uint32, uint64
    case float32, float64
    case text, data
    case list(SchemaType)
    case enumeration(UInt64)
    /// `isBranded` says that type parameters were bound.
    case structure(UInt64, isBranded: Bool)
    case interface(UInt64)
    case anyPointer
    /// A type parameter of a generic declaration.
    case parameter

    var isPointer: Bool {
        switch self {
        case .text, .data, .list, .structure, .interface, .anyPointer, .parameter: true
        default: false
        }
    }

    /// Size in the data section, in bits; zero for pointers and Void.
    var bits: Int {
        switch self {
        case .bool: 1
        case .int8, .uint8: 8
        case .int16, .uint16, .enumeration: 16
        case .int32, .uint32, .float32: 32
        case .int64, .uint64, .float64: 64
        default: 0
        }
    }
}

/// A constant or default value.
enum SchemaValue: Sendable {
    case void
    case bool(Bool)
    case signed(Int64)
    case unsigned(UInt64)
    case float32(Float)
    case float64(Double)
    case text(String)
    case data([UInt8])
    case enumerant(UInt16)
    /// A struct or list: the words of a message whose root it is. Nil stands for the null pointer.
    case pointer([UInt64]?)
}

/// An annotation put on a declaration.
struct SchemaAnnotation: Sendable {
    let id: UInt64
    let value: SchemaValue

    /// The value, if it is Text.
    var text: String? {
        if case .text(let text) = value { text } else { nil }
    }
}

/// A file given on the command line of `capnp compile`.
struct SchemaFile: Sendable {
    let id: UInt64
    let name: String
}

/// Comments of a declaration.
struct SchemaComments: Sendable {
    let own: String
    /// Comments of fields, enumerants or methods, by position.
    let members: [String]
}
