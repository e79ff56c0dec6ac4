public import Capnp

/// Calls on an object of an interface, wherever the object is: what is generated for every interface as its `Client`.
public protocol SchemaClient: Sendable {
    /// The interface.
    associatedtype Interface: SchemaInterface
    /// The object, without its type.
    var capability: Client { get }
    /// Takes an object to be of this interface; a call of a method that it does not have fails as unimplemented.
    init(_ capability: Client)
}

extension SchemaClient {
    /// The object behind a capability field of a message; one on which every call fails for a field that is not set.
    public init(_ hook: (any CapabilityHook)?) {
        self.init(Client(hook))
    }

    /// Makes a call; for generated methods. See `Client.call(interfaceID:methodID:paramsSize:build:)`.
    public func call<Params: SchemaStruct, Results: SchemaStruct>(
        interfaceID: UInt64, methodID: UInt16, params type: Params.Type, results: Results.Type,
        build: (Params.Builder) throws -> Void
    ) rethrows -> TypedPromise<Results> {
        TypedPromise(
            try capability.call(interfaceID: interfaceID, methodID: methodID, paramsSize: Params.size) {
                try build(Params.Builder($0))
            })
    }
}
