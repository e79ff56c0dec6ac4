public import Capnp

/// A struct that is not there yet, in which capabilities can be used already. For each capability field of the struct
/// there is a generated member: the object that will be there, on which calls are made ahead of the answer.
public protocol PipelinedStruct<Struct>: Sendable {
    /// The generated type of the struct.
    associatedtype Struct: SchemaStruct
    /// The results that it is part of.
    var promise: RemotePromise { get }
    /// The pointer fields that lead to it from there.
    var path: [UInt16] { get }
}

extension PipelinedStruct {
    /// The capability that will be in a pointer field.
    public func capability(at field: UInt16) -> Client {
        promise.capability(at: path + [field])
    }
}

/// The results of a call that may still be under way.
///
/// Dropping it, and every object taken from it, tells the callee that nobody waits any more.
public struct TypedPromise<Results: SchemaStruct>: PipelinedStruct {
    /// The struct that the call returns.
    public typealias Struct = Results

    /// The promise without its type.
    public let promise: RemotePromise

    /// The results themselves.
    public var path: [UInt16] { [] }

    /// Takes a promise to be of these results.
    public init(_ promise: RemotePromise) {
        self.promise = promise
    }

    /// Waits for the results.
    ///
    /// - Throws: `RPCError` when the call failed; `CancellationError` when the task was cancelled, which also gives up
    ///   the call if nobody else awaits it.
    @discardableResult
    public func response() async throws -> Results.Reader {
        Results.Reader(try await promise.response().results)
    }
}

/// A struct in results that are not there yet.
public struct PipelinedField<Struct: SchemaStruct>: PipelinedStruct {
    /// The results that it is part of.
    public let promise: RemotePromise
    /// The pointer fields that lead to it.
    public let path: [UInt16]

    /// The struct in a pointer field of another.
    public init(of outer: some PipelinedStruct, at field: UInt16) {
        promise = outer.promise
        path = outer.path + [field]
    }
}
