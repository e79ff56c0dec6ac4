public import Capnp

/// A call that a generated server method is asked to execute.
public struct TypedCall<Params: SchemaStruct, Results: SchemaStruct>: Sendable {
    /// The call without its types: cancellation, connection, ids.
    public let incoming: IncomingCall

    /// Takes a call to be of this method.
    public init(_ incoming: IncomingCall) {
        self.incoming = incoming
    }

    /// The parameters.
    public var params: Params.Reader { Params.Reader(incoming.params) }

    /// Begins the results. A method without results need not; a second call begins anew.
    public func results() -> Results.Builder {
        Results.Builder(incoming.results(size: Results.size))
    }
}
