package import BitcoinRPC
import Capnp
package import CapnpSchema
package import IPC
package import Logging

/// Makes calls that were typed, on the objects of another process.
package struct DynamicCaller: Sendable {
    private let schemas: SchemaLoader
    private let planner: CallPlanner
    private let root: RemoteObject

    /// The protocol with the remote root object as it is, without a Swift protocol in front.
    ///
    /// - Parameters:
    ///   - name: what peers see as the name of our threads.
    ///   - logger: for messages of the category `ipc`.
    package static func ipc(name: String, logger: Logger) -> CapnpProtocol<RemoteObject> {
        CapnpProtocol(
            name: name,
            bootstrap: .init(
                constructInterfaceID: KnownSchemas.initial, makeServer: { _, _ in NoServer() }, makeClient: { $0 }),
            logger: logger)
    }

    /// Calls go to a root object and to what it leads to.
    package init(root: RemoteObject, schemas: SchemaLoader = KnownSchemas.all) {
        self.schemas = schemas
        planner = CallPlanner(schemas: schemas)
        self.root = root
    }

    /// Makes the calls of a path, each on the object that the one before returned.
    ///
    /// Which thread of the far side runs them is taken care of.
    ///
    /// - Parameter arguments: of the last call.
    /// - Returns: the results of the last call; an object in them is shown by its interface.
    /// - Throws: `CallError`; `RemoteException` for what the far side threw; `IPCError`.
    package func call(_ path: CallPath, _ arguments: CallArguments) async throws -> JSONValue {
        let calls = try planner.calls(path)
        var object = root
        for (position, call) in calls.enumerated() {
            let isLast = position == calls.count - 1
            let given = call.arguments.map(CallArguments.json) ?? (isLast ? arguments : .none)
            switch try await invoke(call, given, on: object, isLast: isLast) {
            case .results(let json): return json
            case .object(let next): object = next
            }
        }
        // The path only names what the root object is.
        return .object([:])
    }

    private enum Outcome {
        case results(JSONValue)
        case object(RemoteObject)
    }

    private func invoke(
        _ call: PlannedCall, _ arguments: CallArguments, on object: RemoteObject, isLast: Bool
    ) async throws -> Outcome {
        let name = schemas.name(interface: call.interfaceID, ordinal: call.methodID).text
        guard let method = schemas.method(interface: call.interfaceID, ordinal: call.methodID) else {
            throw CallError.malformedPath(name)
        }
        let value = DynamicValue.structure(
            try arguments.value(method: name, parameters: planner.parameters(of: call)))
        let context = schemas.nodes[method.parameters]?.structure?.fields.first(where: \.isContext)?.pointerIndex
        return try await object.invoke(
            interfaceID: call.interfaceID, methodID: call.methodID, paramsSize: try schemas.size(of: method.parameters),
            contextPointer: context,
            build: { builder, _ in
                do throws(DynamicError) {
                    try schemas.encode(value, to: builder, as: method.parameters, brand: method.parameterBrand)
                } catch {
                    throw CallError(error, method: name)
                }
            },
            read: { reader, imports in
                if isLast { return .results(try results(reader, method, name)) }
                guard let index = planner.resultField(of: call)?.pointerIndex else {
                    throw CallError.noObject(method: name)
                }
                guard let next = imports.remote(try reader.pointer(at: index).capability()) else {
                    throw CallError.nullObject(method: name)
                }
                return .object(next)
            })
    }

    private func results(_ reader: StructReader, _ method: SchemaMethod, _ name: String) throws(CallError) -> JSONValue
    {
        let value: DynamicValue
        do throws(DynamicError) {
            value = try schemas.decode(reader, as: method.results, brand: method.resultBrand)
        } catch {
            throw .undecodable(method: name, "\(error)")
        }
        var interfaces: [Int: String] = [:]
        schemas.forEachCapability(in: value, as: method.results, brand: method.resultBrand) { index, interface in
            interfaces[index] = interface.map(schemas.interfaceName)
        }
        return value.json { .object(["object": .string(interfaces[$0] ?? "unknown")]) }
    }
}

extension CallError {
    fileprivate init(_ error: DynamicError, method: String) {
        switch error {
        case .unknownField(let name, let owner): self = .unknownParameter(name, method: owner, known: [])
        case .wrongType(let field, let expected):
            self = .wrongType(parameter: "\(method): \(field)", expected: expected)
        default: self = .malformedArguments("\(error)")
        }
    }
}
