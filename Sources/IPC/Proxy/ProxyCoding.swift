package import Capnp
package import CapnpRPC

/// A number, enum or text on the wire that is a type of its own in Swift.
///
/// Types that are `RawRepresentable` with a number or String need no conformance.
package protocol CapnpScalarConvertible {
    /// What the schema has: a number, a generated enum, or `String`.
    associatedtype CapnpScalar

    /// Reads the wire form.
    ///
    /// - Throws: an error of the type's own if the wire form is not a value.
    init(capnpScalar: CapnpScalar) throws

    /// The wire form.
    var capnpScalar: CapnpScalar { get throws }
}

/// Conversions of single values that generated proxies call.
package enum ProxyCoding {
    /// A number as another integer type.
    ///
    /// - Throws: ``RemoteException`` with Core's text if it does not fit.
    package static func integer<Wire: BinaryInteger, Value: BinaryInteger>(
        _ wire: Wire, as type: Value.Type = Value.self
    ) throws -> Value {
        guard let value = Value(exactly: wire) else { throw RemoteException("out of bound int received") }
        return value
    }

    /// A type with raw values of any integer type.
    ///
    /// - Throws: ``RemoteException`` if no value has this number.
    package static func value<Wire: BinaryInteger, Value: RawRepresentable>(
        _ wire: Wire, as type: Value.Type
    ) throws -> Value where Value.RawValue: BinaryInteger {
        guard let value = Value(rawValue: try integer(wire)) else {
            throw RemoteException("unknown \(type) \(wire) received")
        }
        return value
    }

    /// A type with textual raw values.
    ///
    /// - Throws: ``RemoteException`` if no value has this text.
    package static func value<Value: RawRepresentable>(
        _ wire: String, as type: Value.Type
    ) throws -> Value where Value.RawValue == String {
        guard let value = Value(rawValue: wire) else { throw RemoteException("unknown \(type) received") }
        return value
    }

    /// A type with its own conversion.
    ///
    /// - Throws: what the conversion throws.
    package static func value<Value: CapnpScalarConvertible>(
        _ wire: Value.CapnpScalar, as type: Value.Type
    ) throws -> Value {
        try Value(capnpScalar: wire)
    }

    /// The number of a value.
    ///
    /// - Throws: ``RemoteException`` if the schema's type is too small for it.
    package static func wire<Wire: BinaryInteger, Value: RawRepresentable>(
        _ value: Value
    ) throws -> Wire where Value.RawValue: BinaryInteger {
        try integer(value.rawValue)
    }

    /// The text of a value.
    package static func wire<Value: RawRepresentable>(
        _ value: Value
    ) throws -> String where Value.RawValue == String {
        value.rawValue
    }

    /// The wire form of a value.
    ///
    /// - Throws: what the conversion throws.
    package static func wire<Value: CapnpScalarConvertible>(_ value: Value) throws -> Value.CapnpScalar {
        try value.capnpScalar
    }

    /// A value that is `Data` on the wire.
    ///
    /// - Throws: what the conversion throws.
    package static func data<Value: CapnpDataConvertible>(_ wire: [UInt8], as type: Value.Type) throws -> Value {
        try Value(capnpData: wire)
    }

    /// A value that is `Data` on the wire, where empty `Data` stand for none.
    ///
    /// - Throws: what the conversion throws.
    package static func optionalData<Value: CapnpDataConvertible>(
        _ wire: [UInt8], as type: Value.Type
    ) throws -> Value? {
        wire.isEmpty ? nil : try Value(capnpData: wire)
    }

    /// An object or closure that must be there.
    ///
    /// - Throws: ``RemoteException`` if the peer sent a null capability.
    package static func required<Object>(_ object: Object?, _ name: String) throws -> Object {
        guard let object else { throw RemoteException("null capability received instead of \(name)") }
        return object
    }

    /// The text of an error for a result that carries one.
    package static func text(of error: any Error) -> String {
        let text = (error as? RemoteException)?.message ?? String(describing: error)
        // Empty text would mean success.
        return text.isEmpty ? "error" : text
    }

    /// The answer to methods that are no longer supported.
    package static func unsupported(_ text: String) -> RPCError {
        ErrorMapping.toWire(RemoteException(text))
    }
}

extension ImportContext {
    /// The object for a capability: the original if it is one of this side's own coming back, else a proxy. Nil for none.
    ///
    /// - Parameters:
    ///   - hook: from a generated reader.
    ///   - type: the Swift protocol, as `(any P).self`.
    ///   - proxy: makes the proxy of an object of the far side.
    package func object<Object>(
        _ hook: (any CapabilityHook)?, as type: Object.Type, proxy: (RemoteObject) -> Object
    ) -> Object? {
        guard let remote = remote(hook) else { return nil }
        if let server = remote.capability.localServer as? any ProxyServerObject,
            let object = server.anyObject as? Object
        {
            return object
        }
        return proxy(remote)
    }

    /// The target of calls to a capability; nil for none.
    package func remote(_ hook: (any CapabilityHook)?) -> RemoteObject? {
        (hook as? Client).map { RemoteObject(capability: $0, connection: connection) }
    }
}

extension ProxyServerObject {
    /// The served object, whatever its protocol; nil after `destroy`.
    fileprivate var anyObject: (any Sendable)? { runtime.object }
}
