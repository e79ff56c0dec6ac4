import CapnpSchema

/// Generates the class that serves an object to other processes.
struct ProxyServerGenerator {
    let interface: ProxyInterface

    private var access: String { interface.scope.modifier }
    private var name: String { interface.name }

    var declarations: [Declaration] {
        let type = interface.objectType
        let argument = interface.isClosure ? "@escaping \(type)" : type
        var members = [
            Declaration("\(access)let runtime: ProxyServerRuntime<\(type)>"),
            Declaration(
                "\(access)init(_ object: \(argument), connection: ProxyConnection)",
                code: [.line("runtime = ProxyServerRuntime(object: object, connection: connection)")]),
            Declaration(
                "\(access)static func capability(_ object: \(argument), _ exports: ExportContext) -> Client?",
                comment: "The capability by which a peer calls \(interface.isClosure ? "a closure" : "an object").",
                code: [
                    .block(
                        "exports.capability(for: object)", [.line("\(name)ProxyServer($0, connection: $1)")])
                ]),
            dispatch,
        ]
        for method in interface.calls { members.append(answer(method)) }
        return [
            Declaration(
                "\(access)final class \(name)ProxyServer: ProxyServerObject",
                comment: interface.isClosure
                    ? "Serves a closure to other processes." : "Serves `\(name)` to other processes.",
                members: members)
        ]
    }

    private var dispatch: Declaration {
        var cases = interface.methods.map { method in
            (pattern: "case (\(method.interface).interfaceID, \(method.ordinal))", body: action(method))
        }
        cases.append((pattern: "default", body: [.line("throw call.unimplemented()")]))
        return Declaration(
            "\(access)nonisolated(nonsending) func dispatch(_ call: IncomingCall) async throws",
            code: [.branches("switch (call.interfaceID, call.methodID)", cases)])
    }

    private func action(_ method: ProxyMethod) -> [Code] {
        switch method.role {
        case .call:
            return [.line("try await \(answerName(method))(call)")]
        case .destroy:
            return CallLayout.call(
                "try await runtime.destroy",
                ["call", "name: \(method.logName)", "contextPointer: \(method.contextArgument)"])
        case .construct:
            return [.line("try runtime.construct(call)")]
        case .unsupported(let text):
            return [.line("throw ProxyCoding.unsupported(\(SwiftNames.literal(text)))")]
        }
    }

    /// The name of the private method that answers a call. Ancestors may have methods of the same name.
    private func answerName(_ method: ProxyMethod) -> String {
        let isAmbiguous = interface.calls.contains { $0.name == method.name && $0.interface != method.interface }
        return "answer\(isAmbiguous ? method.interfaceName : "")\(SwiftNames.capitalised(method.name))"
    }

    private func answer(_ method: ProxyMethod) -> Declaration {
        var body: [Code] = []
        let values = method.parameters.fields.map { ProxyConversion.read($0, from: "params") }
        if !values.isEmpty {
            body.append(.line("let params = \(method.parameters.path).Reader(call.params)"))
        }
        let results = "let results = \(method.results.path).Builder(call.results(size: \(method.results.path).size))"
        if method.results.exceptions.isEmpty {
            body += perform(method, values)
            if method.results.fields.isEmpty {
                body.append(.line("_ = call.results(size: \(method.results.path).size)"))
            } else {
                body.append(.line(results))
                body += store(method)
            }
        } else {
            // The object's errors travel in the results: the call itself succeeds.
            body += arguments(method, values)
            body.append(.line(results))
            body.append(.clauses([(opening: "do {", body: invoke(method) + store(method))] + catches(method)))
        }
        var contexts: [Code] = []
        if values.contains(where: { $0.text.contains("imports") }) {
            contexts.append(.line("let imports = runtime.imports"))
        }
        if Self.mentions(store(method), "exports") || Self.mentions(catches(method).flatMap(\.body), "exports") {
            contexts.append(.line("let exports = runtime.exports"))
        }
        var settings = ["call", "name: \(method.logName)", "contextPointer: \(method.contextArgument)"]
        if method.isCancellable { settings.append("allowsCancellation: true") }
        let head = "try await runtime.run(\(settings.joined(separator: ", "))) { object in"
        return Declaration(
            "private nonisolated(nonsending) func \(answerName(method))(_ call: IncomingCall) async throws",
            code: [.clauses([(opening: head, body: contexts + body)])])
    }

    private static func mentions(_ code: [Code], _ word: String) -> Bool {
        code.contains { code in
            switch code {
            case .line(let text): text.contains(word)
            case .block(let head, let body): head.contains(word) || mentions(body, word)
            case .clauses(let clauses): clauses.contains { mentions($0.body, word) }
            case .branches(_, let cases): cases.contains { mentions($0.body, word) }
            case .indented(let body): mentions(body, word)
            }
        }
    }

    /// Reads the arguments and calls the object.
    private func perform(_ method: ProxyMethod, _ values: [Expression]) -> [Code] {
        arguments(method, values) + invoke(method)
    }

    private func arguments(_ method: ProxyMethod, _ values: [Expression]) -> [Code] {
        zip(method.parameters.fields, values).map { field, value in
            .line("let \(SwiftNames.local(field.name)) = \(value.statement)")
        }
    }

    private func invoke(_ method: ProxyMethod) -> [Code] {
        let arguments = method.parameters.fields.map { field in
            let local = SwiftNames.local(field.name)
            return interface.isClosure ? local : "\(SwiftNames.label(field.name)): \(local)"
        }
        let function = interface.isClosure ? "object" : "object.\(SwiftNames.value(method.name))"
        let binding = method.results.fields.isEmpty ? "" : "let output = "
        return CallLayout.call("\(binding)try await \(function)", arguments)
    }

    private func store(_ method: ProxyMethod) -> [Code] {
        let fields = method.results.fields
        if fields.count == 1 { return ProxyConversion.write(fields[0], "output", to: "results") }
        return fields.flatMap { ProxyConversion.write($0, "output.\(SwiftNames.label($0.name))", to: "results") }
    }

    /// The catch clauses that turn errors into results: structs by their own type, Text for everything else.
    private func catches(_ method: ProxyMethod) -> [(opening: String, body: [Code])] {
        method.results.exceptions.map { field in
            let capitalised = SwiftNames.capitalised(field.field.name)
            if case .plain = field.type {
                return (
                    opening: "} catch {", body: [.line("results.set\(capitalised)(ProxyCoding.text(of: error))")]
                )
            }
            return (
                opening: "} catch let error as \(field.type.name) {",
                body: ProxyConversion.write(field, "error", to: "results")
            )
        }
    }
}
