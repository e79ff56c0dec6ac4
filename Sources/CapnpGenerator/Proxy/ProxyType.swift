import CapnpSchema

/// What a field of a wrapped struct, or a parameter or result of a wrapped interface, is in Swift, and so how it is
/// converted.
indirect enum ProxyType {
    /// The plain type: numbers, enums, Text, Data.
    case plain(String)
    /// A number of another integer type than the schema's.
    case integer(String)
    /// A number, enum or Text that is a RawRepresentable or `CapnpScalarConvertible` type.
    case scalar(String)
    /// Data of a `CapnpDataConvertible` type. If optional, empty Data is nil.
    case data(String, isOptional: Bool)
    /// A struct that has a Swift counterpart.
    case structure(String)
    /// A struct that stands for a tuple.
    case tuple([ProxyField])
    case list(ProxyType)
    case set(ProxyType)
    /// A list of tuples of two.
    case dictionary(ProxyField, ProxyField)
    /// An object behind a Swift protocol.
    case object(String)
    /// An interface that stands for a closure, by its name.
    case closure(String)

    /// The type as it is written in a declaration.
    var name: String {
        switch self {
        case .plain(let name), .integer(let name), .scalar(let name), .structure(let name): name
        case .data(let name, let isOptional): isOptional ? name + "?" : name
        case .tuple(let fields): "(" + fields.map(\.swiftType).joined(separator: ", ") + ")"
        case .list(let element): "[\(element.name)]"
        case .set(let element): "Set<\(element.name)>"
        case .dictionary(let key, let value): "[\(key.swiftType): \(value.swiftType)]"
        case .object(let name): "any \(name)"
        case .closure(let name): "\(name)Closure"
        }
    }

    /// Whether a value is written to its field or list element in one assignment.
    var isWritable: Bool {
        switch self {
        case .plain, .integer, .scalar, .data, .object, .closure: true
        default: false
        }
    }
}

/// A field of a wrapped struct, or a parameter or result of a method.
struct ProxyField {
    let name: String
    let field: SchemaField
    let type: ProxyType
    let presence: Presence

    /// When the field's value counts.
    enum Presence {
        case always
        /// If the Bool field `hasX` says so.
        case flag(SchemaField)
        /// If the pointer is set.
        case pointer
    }

    var isOptional: Bool {
        if case .always = presence { false } else { true }
    }

    /// The type with the question mark of an optional.
    var swiftType: String {
        switch type {
        case .object, .closure: isOptional ? "(\(type.name))?" : type.name
        default: isOptional ? type.name + "?" : type.name
        }
    }
}
