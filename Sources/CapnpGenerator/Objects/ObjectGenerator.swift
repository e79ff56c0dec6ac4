import CapnpSchema

/// Generates what makes and serves calls of a plain interface: a `Client` with a method for each of the schema's, and a
/// protocol `Server` for classes that implement them.
///
/// Swift has no protocols inside generic types: a generic interface, and one that extends a generic one, has a `Client` only,
/// and objects with it implement `CapnpRPC.Server` themselves. Type parameters of methods are any pointers.
///
/// Interfaces with `Proxy.wrap` have proxies instead, which hide the messages; here the caller builds parameters and reads
/// results in place.
struct ObjectGenerator {
    let scope: Scope
    let node: SchemaNode
    let interface: SchemaInterfaceBody
    /// The full Swift name of the interface.
    let path: String

    private var access: String { scope.modifier }

    /// - Returns: Nil for an interface that has proxies.
    init?(_ node: SchemaNode, _ interface: SchemaInterfaceBody, scope: Scope) throws(GeneratorError) {
        guard scope.wrappedName(node) == nil, !Self.isOfFramework(node, scope) else { return nil }
        self.scope = scope
        self.node = node
        self.interface = interface
        path = try scope.path(node.id, scope.ownBrand(of: node))
    }

    /// The conventions of the multiprocess framework are served by hand.
    private static func isOfFramework(_ node: SchemaNode, _ scope: Scope) -> Bool {
        (try? scope.request.file(of: node).id) == KnownDeclaration.proxyFile
    }

    /// Members of the interface's type.
    var members: [Declaration] {
        get throws(GeneratorError) {
            scope.imports.note("CapnpRPC")
            return try hasServer ? [client, server, dispatch] : [client]
        }
    }

    private var clientName: String { Self.clientName(of: node) }
    private var serverName: String { Self.free("Server", in: node) }

    /// The name of the type that calls the methods of an interface.
    static func clientName(of node: SchemaNode) -> String { free("Client", in: node) }

    /// A name that no declaration inside the interface has.
    private static func free(_ name: String, in node: SchemaNode) -> String {
        node.nested.contains { SwiftNames.type($0.name) == name } ? name + "_" : name
    }

    /// The interface and those it extends, each once, with what their type parameters are.
    private var lineage: [(node: SchemaNode, brand: SchemaBrand)] {
        get throws(GeneratorError) {
            var found = [(node: node, brand: scope.ownBrand(of: node))]
            var position = 0
            while position < found.count {
                for superclass in found[position].node.interface?.superclasses ?? []
                where !found.contains(where: { $0.node.id == superclass.id }) {
                    found.append(
                        (try scope.request.node(superclass.id), superclass.brand.resolved(in: found[position].brand)))
                }
                position += 1
            }
            return found
        }
    }

    /// Whether there can be a protocol for implementations.
    var hasServer: Bool {
        get throws(GeneratorError) { try lineage.allSatisfy { !$0.node.isGeneric } }
    }

    private var client: Declaration {
        get throws(GeneratorError) {
            let capability = "CapnpRPC.Client"
            var members = [
                Declaration("\(access)typealias Interface = \(path)"),
                Declaration("\(access)let capability: \(capability)"),
                Declaration(
                    "\(access)init(_ capability: \(capability))", code: [.line("self.capability = capability")]),
            ]
            if try hasServer {
                members.append(
                    Declaration(
                        "\(access)init(server: some \(path).\(serverName))", comment: "An object of this process.",
                        code: [.line("capability = \(capability)(server)")]))
            }
            for (ancestor, brand) in try lineage {
                for method in ancestor.interface?.methods.sorted(by: { $0.codeOrder < $1.codeOrder }) ?? [] {
                    members += try clientMethods(method, of: ancestor, brand)
                }
            }
            return Declaration(
                "\(access)struct \(clientName): CapnpRPC.SchemaClient",
                comment: "Calls on a `\(node.name)`, wherever it is.", members: members)
        }
    }

    /// A method that takes its parameters from a closure, and one that leaves them as they are by default.
    private func clientMethods(
        _ method: SchemaMethod, of owner: SchemaNode, _ brand: SchemaBrand
    ) throws(GeneratorError) -> [Declaration] {
        let ownerPath = try scope.path(owner.id, brand)
        let (params, results) = try types(method, brand)
        let comment = scope.comment(owner.id, member: method.ordinal)
        let name = SwiftNames.value(method.name)
        func call(_ build: String, _ attempt: String) -> [Code] {
            [
                .line("\(attempt)call("),
                .indented([
                    .line("interfaceID: \(ownerPath).interfaceID, methodID: \(method.ordinal),"),
                    .line("params: \(params).self, results: \(results).self, build: \(build))"),
                ]),
            ]
        }
        let promise = "CapnpRPC.TypedPromise<\(results)>"
        let plain = Declaration(
            "\(access)func \(name)() -> \(promise)", comment: comment, code: call("{ _ in }", ""))
        guard try scope.request.node(method.parameters).structure?.fields.isEmpty == false else { return [plain] }
        let head = "\(access)func \(name)(_ build: (\(params).Builder) throws -> Void) rethrows -> \(promise)"
        return [Declaration(head, comment: comment, code: call("build", "try ")), plain]
    }

    private var server: Declaration {
        get throws(GeneratorError) {
            var parents: [String] = []
            for superclass in interface.superclasses {
                let parent = try scope.request.node(superclass.id)
                parents.append(try "\(scope.path(superclass.id)).\(Self.free("Server", in: parent))")
            }
            var members: [Declaration] = []
            for method in interface.methods.sorted(by: { $0.codeOrder < $1.codeOrder }) {
                let (params, results) = try types(method, scope.ownBrand(of: node))
                members.append(
                    Declaration(
                        "nonisolated(nonsending) func \(SwiftNames.value(method.name))("
                            + "_ call: CapnpRPC.TypedCall<\(params), \(results)>) async throws",
                        comment: scope.comment(node.id, member: method.ordinal)))
            }
            let conformance = parents.isEmpty ? "CapnpRPC.Server" : parents.joined(separator: ", ")
            return Declaration(
                "\(access)protocol \(serverName): \(conformance)",
                comment: """
                    A `\(node.name)` of this process. Methods begin in the order of their calls; one that does something long
                    should hop elsewhere first.
                    """, members: members)
        }
    }

    /// Finds the method for a call.
    private var dispatch: Declaration {
        get throws(GeneratorError) {
            var methods: [(pattern: String, body: [Code])] = []
            for method in interface.methods {
                methods.append(
                    (
                        "case \(method.ordinal)",
                        [.line("try await server.\(SwiftNames.value(method.name))(CapnpRPC.TypedCall(call))")]
                    ))
            }
            methods.append(("default", [.line("throw call.unimplemented()")]))
            var interfaces: [(pattern: String, body: [Code])] = [
                (
                    "case \(path).interfaceID",
                    [
                        methods.count == 1
                            ? .line("throw call.unimplemented()") : .branches("switch call.methodID", methods)
                    ]
                )
            ]
            for (ancestor, _) in try lineage.dropFirst() {
                let ancestorPath = try scope.path(ancestor.id)
                interfaces.append(
                    (
                        "case \(ancestorPath).interfaceID",
                        [.line("try await \(ancestorPath).dispatch(call, to: server)")]
                    ))
            }
            interfaces.append(("default", [.line("throw call.unimplemented()")]))
            return Declaration(
                "\(access)nonisolated(nonsending) static func dispatch("
                    + "_ call: CapnpRPC.IncomingCall, to server: some \(path).\(serverName)) async throws",
                comment: "Executes a call of any method of the interface and of those it extends.",
                code: [.branches("switch call.interfaceID", interfaces)])
        }
    }

    /// What makes an implementation an object that answers calls; for the top level of the file.
    var conformance: Declaration {
        Declaration(
            "extension \(path).\(serverName)",
            members: [
                Declaration(
                    "\(access)nonisolated(nonsending) func dispatch(_ call: CapnpRPC.IncomingCall) async throws",
                    comment: "Executes a call.", code: [.line("try await \(path).dispatch(call, to: self)")])
            ])
    }

    private func types(
        _ method: SchemaMethod, _ brand: SchemaBrand
    ) throws(GeneratorError) -> (params: String, results: String) {
        (
            try scope.path(method.parameters, method.parameterBrand.resolved(in: brand)),
            try scope.path(method.results, method.resultBrand.resolved(in: brand))
        )
    }
}
