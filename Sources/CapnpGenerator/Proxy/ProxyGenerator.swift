import CapnpSchema

/// Generates the proxies of a file: for each wrapped interface a client and a server class, for each wrapped struct its
/// conversion.
struct ProxyGenerator {
    let scope: Scope

    /// The proxies for everything that a declaration contains, at the file's top level.
    func declarations(in node: SchemaNode) throws(GeneratorError) -> [Declaration] {
        var declarations: [Declaration] = []
        for child in node.nested {
            let child = try scope.request.node(child.id)
            switch child.kind {
            case .structure: declarations += try structure(child)
            case .interface:
                if let interface = try ProxyInterface(child, scope: scope) {
                    if !interface.isClosure { try checkName(interface.name, child) }
                    scope.imports.note("IPC")
                    scope.imports.note("CapnpRPC")
                    _ = scope.runtime("CapabilityHook")
                    if !interface.isClosure { scope.noteWrappedModule(of: child) }
                    declarations += ProxyClientGenerator(interface: interface).declarations
                    declarations += ProxyServerGenerator(interface: interface).declarations
                }
            default: break
            }
            declarations += try self.declarations(in: child)
        }
        return declarations
    }

    /// Without a namespace the plain type would hide the application's.
    private func checkName(_ name: String, _ node: SchemaNode) throws(GeneratorError) {
        if try scope.path(node.id) == name {
            throw .unsupported(
                declaration: node.displayName,
                reason:
                    "is wrapped as \(name), which its plain Swift type is called too; put the file into a $Swift.namespace"
            )
        }
    }

    private func structure(_ node: SchemaNode) throws(GeneratorError) -> [Declaration] {
        let isPair = node.annotations.has(KnownAnnotation.pair)
        guard !node.annotations.has(KnownAnnotation.custom) else { return [] }
        if isPair {
            let record = try ProxyRecordReader(node.id, scope: scope, showsTypes: true).record()
            scope.imports.note("IPC")
            return pair(record)
        }
        guard let name = scope.wrappedName(node) else { return [] }
        try checkName(name, node)
        let record = try ProxyRecordReader(node.id, scope: scope, showsTypes: false).record()
        scope.imports.note("IPC")
        scope.noteWrappedModule(of: node)
        return [value(name, record)]
    }

    /// The conversion of a struct that the application has too.
    private func value(_ name: String, _ record: ProxyRecord) -> Declaration {
        let values = record.fields.map { ProxyConversion.read($0, from: "reader") }
        let arguments = zip(record.fields, values).map { "\(SwiftNames.label($0.name)): \($1.text)" }
        let isThrowing = values.contains(where: \.isThrowing)
        let initialise = CallLayout.call(isThrowing ? "try self.init" : "self.init", arguments)
        let writes = record.fields.flatMap {
            ProxyConversion.write($0, "self.\(SwiftNames.value($0.name))", to: "builder")
        }
        return Declaration(
            "extension \(name)",
            members: [
                Declaration(
                    "\(scope.modifier)init(_ reader: \(record.path).Reader, imports: ImportContext) throws",
                    comment: "The value that came over the wire.", code: initialise),
                Declaration(
                    "\(scope.modifier)func write(to builder: \(record.path).Builder, exports: ExportContext) throws",
                    comment: "Puts the value into a message.", code: writes),
            ])
    }

    /// The conversion of a struct that is a tuple in Swift.
    private func pair(_ record: ProxyRecord) -> [Declaration] {
        let type = "(" + record.fields.map(\.swiftType).joined(separator: ", ") + ")"
        let values = record.fields.map { ProxyConversion.read($0, from: "self") }
        let tuple = "(" + values.map(\.text).joined(separator: ", ") + ")"
        let writes = record.fields.enumerated().flatMap { position, field in
            ProxyConversion.write(field, "value.\(position)", to: "self")
        }
        return [
            Declaration(
                "extension \(record.path).Reader",
                members: [
                    Declaration(
                        "\(scope.modifier)func tuple(imports: ImportContext) throws -> \(type)",
                        comment: "The fields, converted.",
                        code: [.line(values.contains(where: \.isThrowing) ? "try \(tuple)" : tuple)])
                ]),
            Declaration(
                "extension \(record.path).Builder",
                members: [
                    Declaration(
                        "\(scope.modifier)func set(_ value: \(type), exports: ExportContext) throws",
                        comment: "Sets the fields.", code: writes)
                ]),
        ]
    }
}
