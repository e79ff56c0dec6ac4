import CapnpSchema

/// Generates the class that stands for an object in another process.
struct ProxyClientGenerator {
    let interface: ProxyInterface

    private var access: String { interface.scope.modifier }
    private var name: String { interface.name }

    var declarations: [Declaration] {
        let conformance = interface.isClosure ? "ProxyClientObject" : "\(name), ProxyClientObject"
        var members = [
            Declaration("\(access)let remote: RemoteObject"),
            Declaration("\(access)init(_ remote: RemoteObject)", code: [.line("self.remote = remote")]),
        ]
        if let destroy = interface.methods.first(where: { $0.role == .destroy }) {
            members.append(
                Declaration(
                    "deinit",
                    code: CallLayout.call(
                        "remote.destroy",
                        [
                            "name: \(destroy.logName)", "interfaceID: \(destroy.interface).interfaceID",
                            "methodID: \(destroy.ordinal)", "contextPointer: \(destroy.contextArgument)",
                        ])))
        }
        members += conversions
        for method in interface.calls { members.append(call(method)) }
        let client = Declaration(
            "\(access)final class \(name)ProxyClient: \(conformance)",
            comment: interface.isClosure ? "Calls a closure in another process." : "`\(name)` in another process.",
            members: members)
        guard interface.isClosure, let call = interface.calls.first else { return [client] }
        let parameters = call.parameters.fields.map(\.swiftType).joined(separator: ", ")
        return [
            Declaration(
                "\(access)typealias \(name)Closure = @Sendable (\(parameters)) async throws -> \(call.resultType ?? "Void")",
                comment: "What `\(interface.node.name)` is in Swift."),
            client,
        ]
    }

    /// From capabilities to objects.
    private var conversions: [Declaration] {
        let hook = "(any \(interface.scope.runtime("CapabilityHook")))?"
        let optional = interface.isClosure ? "optionalClosure" : "optionalObject"
        let required = interface.isClosure ? "closure" : "object"
        let noun = interface.isClosure ? "closure" : "object"
        let type = interface.objectType
        let convert: [Code]
        if interface.isClosure {
            let arguments = (interface.calls.first?.parameters.fields ?? []).enumerated()
                .map { "\(SwiftNames.label($1.name)): $\($0)" }.joined(separator: ", ")
            convert = [
                .line("guard let client = imports.remote(capability).map(\(name)ProxyClient.init) else { return nil }"),
                .line("return { try await client.call(\(arguments)) }"),
            ]
        } else {
            convert = [.line("imports.object(capability, as: (\(type)).self) { \(name)ProxyClient($0) }")]
        }
        return [
            Declaration(
                "\(access)static func \(optional)(_ capability: \(hook), _ imports: ImportContext) -> (\(type))?",
                comment: "The \(noun) behind a capability; nil if there is none.", code: convert),
            Declaration(
                "\(access)static func \(required)(_ capability: \(hook), _ imports: ImportContext) throws -> \(type)",
                comment: "The \(noun) behind a capability that must be there.",
                code: [.line("try ProxyCoding.required(\(optional)(capability, imports), \(SwiftNames.literal(name)))")]
            ),
        ]
    }

    /// The arguments that every call begins with.
    private static func head(_ method: ProxyMethod) -> [String] {
        [
            "name: \(method.logName)", "interfaceID: \(method.interface).interfaceID",
            "methodID: \(method.ordinal)", "paramsSize: \(method.parameters.path).size",
            "contextPointer: \(method.contextArgument)",
        ]
    }

    private func call(_ method: ProxyMethod) -> Declaration {
        let parameters = method.parameters.fields.map { field in
            let isEscaping = if case .closure = field.type { !field.isOptional } else { false }
            let label = SwiftNames.label(field.name)
            let local = SwiftNames.local(field.name)
            let name = local == label ? label : "\(label) \(local)"
            return "\(name): \(isEscaping ? "@escaping " : "")\(field.swiftType)"
        }
        let result = method.resultType.map { " -> \($0)" } ?? ""
        let head =
            "\(access)func \(SwiftNames.value(method.name))(\(parameters.joined(separator: ", "))) async throws\(result)"
        let build = build(method)
        let read = read(method)
        let (lines, last) = CallLayout.opening("try await remote.invoke", Self.head(method))
        let closures = Code.clauses([
            (opening: "\(last) { \(build.isEmpty ? "_, _" : "builder, exports") in", body: build),
            (opening: "} read: { \(read.isEmpty ? "_, _" : "reader, imports") in", body: read),
        ])
        return Declaration(head, code: lines + [closures])
    }

    /// Statements that fill the parameters.
    private func build(_ method: ProxyMethod) -> [Code] {
        var statements: [Code] = []
        for field in method.parameters.wanted {
            statements.append(.line("params.\(SwiftNames.member(field.name)) = true"))
        }
        for field in method.parameters.fields {
            statements += ProxyConversion.write(field, SwiftNames.local(field.name), to: "params")
        }
        if statements.isEmpty { return [] }
        return [.line("let params = \(method.parameters.path).Builder(builder)")] + statements
    }

    /// Statements that return the results, or throw what they report.
    private func read(_ method: ProxyMethod) -> [Code] {
        var statements: [Code] = []
        for field in method.results.exceptions { statements += rethrow(field) }
        let values = method.results.fields.map { ProxyConversion.read($0, from: "results") }
        let isThrowing = values.contains(where: \.isThrowing)
        if values.count == 1 {
            statements.append(.line("return \(values[0].statement)"))
        } else if !values.isEmpty {
            let elements = zip(method.results.fields, values).map { "\(SwiftNames.label($0.name)): \($1.text)" }
            statements += CallLayout.call(isThrowing ? "return try " : "return ", elements)
        }
        if statements.isEmpty { return [] }
        return [.line("let results = \(method.results.path).Reader(reader)")] + statements
    }

    private func rethrow(_ field: ProxyField) -> [Code] {
        let has = "results.has\(SwiftNames.capitalised(field.field.name))"
        let value = ProxyConversion.read(field, from: "results")
        switch field.type {
        case .plain:
            let local = SwiftNames.local(field.name)
            return [
                .line("let \(local) = \(value.statement)"),
                .block("if !\(local).isEmpty", [.line("throw RemoteException(\(local))")]),
            ]
        default:
            return [.block("if \(has)", [.line("throw \(value.statement)")])]
        }
    }
}
