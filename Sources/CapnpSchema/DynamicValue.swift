package import Capnp

/// A value of any schema type, or a loose one that a schema is yet to be applied to.
package indirect enum DynamicValue: Sendable, Equatable {
    /// Void; in loose values also a pointer that is not set.
    case void
    /// A Bool.
    case bool(Bool)
    /// A signed integer of any width.
    case signed(Int64)
    /// An unsigned integer of any width.
    case unsigned(UInt64)
    /// A 32-bit float.
    case float32(Float)
    /// A 64-bit float.
    case float64(Double)
    /// A Text.
    case text(String)
    /// A Data.
    case data([UInt8])
    /// A value of an enum: its number, and its name if the schema has one.
    case enumerant(UInt16, name: String?)
    /// A list.
    case list([DynamicValue])
    /// A struct or a group.
    case structure(DynamicStruct)
    /// A capability: its index in the message's table; nil for none.
    case capability(Int?)
    /// An `AnyPointer`, whose type no schema tells: a copy of what it points to, as the words of a message, capabilities
    /// left out; empty for null.
    case anyPointer([UInt64])
}

/// A struct or group: its fields by name.
package struct DynamicStruct: Sendable, Equatable {
    /// A field that is set.
    package struct Field: Sendable, Equatable {
        /// The name in the schema.
        package var name: String
        /// Its value.
        package var value: DynamicValue

        /// A field of a name and a value.
        package init(name: String, value: DynamicValue) {
            self.name = name
            self.value = value
        }
    }

    /// The fields in the order of their numbers. Pointers that are not set are left out, and of the members of a union all
    /// but the set one.
    package var fields: [Field]

    /// A struct of fields.
    package init(fields: [Field] = []) {
        self.fields = fields
    }

    /// The value of a field; nil if it is not there.
    package subscript(name: String) -> DynamicValue? {
        fields.first { $0.name == name }?.value
    }
}

/// Why a message cannot be read or written by a schema.
package enum DynamicError: Error, Equatable, Sendable {
    /// The message is damaged.
    case message(CapnpError)
    /// The schema refers to a declaration that is not loaded.
    case unknownDeclaration(UInt64)
    /// The declaration, by its name, is none of a struct.
    case noStruct(String)
    /// More values than the decoder's limit.
    case tooManyValues
    /// The struct, by its name, has no such field.
    case unknownField(String, in: String)
    /// The value of a field is not of its type. For an element of a list, the name is that of the field that holds it.
    case wrongType(field: String, expected: String)
    /// The text is no JSON, from this byte on.
    case malformedJSON(Int)
}
