// The declarations of a schema as plain Swift values. Names follow `capnp/schema.capnp`.

/// One declaration: a file, struct, enum, interface, constant or annotation.
package struct SchemaNode: Sendable {
    /// The unique id of the declaration.
    package let id: UInt64
    /// File name and path of the declaration, as in `foo.capnp:Outer.Inner`.
    package let displayName: String
    /// Where the declaration's own name begins in `displayName`, in bytes.
    package let displayNamePrefixLength: Int
    /// The id of the enclosing declaration; zero for a file, and for the implicit parameter structs of methods.
    package let scopeID: UInt64
    /// The names of the declaration's own type parameters.
    package let parameters: [String]
    /// Whether the declaration, or one around it, has type parameters.
    package let isGeneric: Bool
    /// Declarations directly inside, in the order of the file.
    package let nested: [(name: String, id: UInt64)]
    /// The annotations put on the declaration.
    package let annotations: [SchemaAnnotation]
    /// What it declares.
    package let kind: Kind

    /// What a declaration declares.
    package enum Kind: Sendable {
        /// A file: the scope of all that it holds.
        case file
        /// A struct or a group.
        case structure(SchemaStructure)
        /// An enum, by its values.
        case enumeration([SchemaEnumerant])
        /// An interface.
        case interface(SchemaInterfaceBody)
        /// A constant.
        case constant(SchemaType, SchemaValue)
        /// An annotation, by the type of its values.
        case annotation(SchemaType)
    }

    /// The declaration's own name.
    package var name: String {
        String(decoding: displayName.utf8.dropFirst(displayNamePrefixLength), as: UTF8.self)
    }

    /// The layout, if it is a struct or group.
    package var structure: SchemaStructure? {
        if case .structure(let structure) = kind { structure } else { nil }
    }

    /// Methods and ancestors, if it is an interface.
    package var interface: SchemaInterfaceBody? {
        if case .interface(let interface) = kind { interface } else { nil }
    }

    /// The values, if it is an enum.
    package var enumerants: [SchemaEnumerant]? {
        if case .enumeration(let enumerants) = kind { enumerants } else { nil }
    }
}

/// Layout and fields of a struct or group.
package struct SchemaStructure: Sendable {
    /// The length of the data section in words.
    package let dataWords: Int
    /// The length of the pointer section in pointers.
    package let pointers: Int
    /// Whether it is a group: it then lies in the sections of the struct around it.
    package let isGroup: Bool
    /// How many fields are members of the unnamed union; zero if there is none.
    package let discriminantCount: Int
    /// Place of the union's tag, in units of 16 bits.
    package let discriminantOffset: Int
    /// The fields in the order of their numbers.
    package let fields: [SchemaField]

    /// The fields in the order of the file.
    package var fieldsInCodeOrder: [SchemaField] {
        fields.sorted { $0.codeOrder < $1.codeOrder }
    }
}

/// A field of a struct.
package struct SchemaField: Sendable {
    /// The name in the schema.
    package let name: String
    /// The field's place in the file.
    package let codeOrder: Int
    /// The annotations put on the field.
    package let annotations: [SchemaAnnotation]
    /// The tag value that selects the field, if it is a member of the union.
    package let discriminant: Int?
    /// Where its value lies.
    package let kind: Kind
    /// Position in the struct's list of fields, which is also the position of its comment.
    package let index: Int

    /// Where a field's value lies.
    package enum Kind: Sendable {
        /// `offset` is in units of the field's own size; for pointers it is the index.
        case slot(offset: Int, type: SchemaType, defaultValue: SchemaValue)
        /// The fields of a group, by the id of its declaration.
        case group(UInt64)
    }

    /// The field's type, unless it is a group.
    package var type: SchemaType? {
        if case .slot(_, let type, _) = kind { type } else { nil }
    }

    /// The index of the field's pointer, if it is one.
    package var pointerIndex: Int? {
        if case .slot(let offset, let type, _) = kind, type.isPointer { offset } else { nil }
    }
}

/// A value of an enum. Its number is its position.
package struct SchemaEnumerant: Sendable {
    /// The name in the schema.
    package let name: String
    /// The value's place in the file.
    package let codeOrder: Int
    /// The annotations put on the value.
    package let annotations: [SchemaAnnotation]
}

/// Methods and ancestors of an interface.
package struct SchemaInterfaceBody: Sendable {
    /// The methods in the order of their numbers.
    package let methods: [SchemaMethod]
    /// The interfaces it extends.
    package let superclasses: [SchemaSuperclass]
}

/// An interface that another extends.
package struct SchemaSuperclass: Sendable {
    /// The id of its declaration.
    package let id: UInt64
    /// What its type parameters are bound to.
    package let brand: SchemaBrand
}

/// A method. Its number is its position.
package struct SchemaMethod: Sendable {
    /// The name in the schema.
    package let name: String
    /// The number on the wire.
    package let ordinal: Int
    /// The method's place in the file.
    package let codeOrder: Int
    /// The struct of its parameters.
    package let parameters: UInt64
    /// The struct of its results.
    package let results: UInt64
    /// What the type parameters of the parameters' struct are bound to.
    package let parameterBrand: SchemaBrand
    /// What the type parameters of the results' struct are bound to.
    package let resultBrand: SchemaBrand
    /// The names of the method's own type parameters.
    package let implicitParameters: [String]
    /// The annotations put on the method.
    package let annotations: [SchemaAnnotation]
}

/// An annotation put on a declaration.
package struct SchemaAnnotation: Sendable {
    /// The id of the annotation's declaration.
    package let id: UInt64
    /// The value given.
    package let value: SchemaValue

    /// The value, if it is Text.
    package var text: String? {
        if case .text(let text) = value { text } else { nil }
    }
}
