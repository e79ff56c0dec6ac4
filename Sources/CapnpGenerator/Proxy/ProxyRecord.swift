import CapnpSchema

/// The fields of a wrapped struct, or of a method's parameters or results, as the application sees them: without the
/// framework's own, and with `hasX` folded into optionals.
struct ProxyRecord {
    /// The generated plain type.
    let path: String
    var fields: [ProxyField] = []
    /// Results that carry an error.
    var exceptions: [ProxyField] = []
    /// Index of the pointer to the call's `Context`.
    var contextPointer: Int?
    /// Index of the pointer to a `ThreadMap`.
    var threadMapPointer: Int?
    /// Bool parameters `wantX` of optional results X, which Swift callers always want.
    var wanted: [SchemaField] = []
}

/// Finds out what the fields of a struct are in Swift.
struct ProxyRecordReader {
    let scope: Scope
    let node: SchemaNode
    /// Whether the types of the fields show in declarations, and not only in function bodies.
    let showsTypes: Bool

    init(_ id: UInt64, scope: Scope, showsTypes: Bool) throws(GeneratorError) {
        self.scope = scope
        self.showsTypes = showsTypes
        node = try scope.request.node(id)
    }

    /// - Parameter results: For a method's parameters, the struct of its results.
    func record(results: UInt64? = nil) throws(GeneratorError) -> ProxyRecord {
        guard let structure = node.structure else {
            throw .malformedRequest("\(node.displayName) is not a struct")
        }
        if structure.discriminantCount > 0 {
            throw misfit("a union cannot be converted by generated code; annotate it with $Swift.custom")
        }
        var record = ProxyRecord(path: try scope.path(node.id))
        let fields = structure.fieldsInCodeOrder
        let flags = flags(fields)
        var resultNames: Set<String> = []
        if let results { resultNames = Set(try scope.request.node(results).structure?.fields.map(\.name) ?? []) }
        for field in fields {
            guard let type = field.type else {
                throw misfit("the group \(field.name) cannot be converted; annotate the struct with $Swift.custom")
            }
            let isSkipped = try isSkipped(field, type)
            if type == .structure(KnownDeclaration.context, brand: .none) {
                record.contextPointer = field.pointerIndex
            } else if type == .interface(KnownDeclaration.threadMap, brand: .none) {
                record.threadMapPointer = field.pointerIndex
            } else if isSkipped || flags.values.contains(where: { $0.name == field.name }) {
                continue
            } else if let name = Self.stem(of: field.name, after: "want"), type == .bool, resultNames.contains(name) {
                record.wanted.append(field)
            } else {
                let converted = ProxyField(
                    name: field.name, field: field, type: try convert(type, field),
                    presence: flags[field.name].map { .flag($0) }
                        ?? (field.annotations.has(KnownAnnotation.optional) ? .pointer : .always))
                if case .pointer = converted.presence, !type.isPointer {
                    throw .misplacedAnnotation(
                        declaration: node.displayName,
                        reason: "\(field.name) is not a pointer: an optional number needs a Bool field has…")
                }
                if field.annotations.has(KnownAnnotation.exception) {
                    record.exceptions.append(converted)
                } else {
                    record.fields.append(converted)
                }
            }
        }
        return record
    }

    private func misfit(_ reason: String) -> GeneratorError {
        .unsupported(declaration: node.displayName, reason: reason)
    }

    /// The `hasX` fields by X.
    private func flags(_ fields: [SchemaField]) -> [String: SchemaField] {
        let names = Set(fields.map(\.name))
        var flags: [String: SchemaField] = [:]
        for field in fields where field.type == .bool {
            if let name = Self.stem(of: field.name, after: "has"), names.contains(name) { flags[name] = field }
        }
        return flags
    }

    /// `result` of `hasResult`.
    private static func stem(of name: String, after prefix: String) -> String? {
        guard name.hasPrefix(prefix), name.count > prefix.count else { return nil }
        let stem = name.dropFirst(prefix.count)
        guard stem.first?.isUppercase == true else { return nil }
        return stem.prefix(1).lowercased() + stem.dropFirst()
    }

    /// Whether the application knows nothing of the field.
    private func isSkipped(_ field: SchemaField, _ type: SchemaType) throws(GeneratorError) -> Bool {
        if type == .void || field.annotations.has(KnownAnnotation.skip) { return true }
        let isZero = { (annotations: [SchemaAnnotation]) in
            annotations.contains { annotation in
                if case .signed(0) = annotation.value { annotation.id == KnownAnnotation.count } else { false }
            }
        }
        if isZero(field.annotations) { return true }
        switch type {
        case .structure(let id, _), .interface(let id, _): return isZero(try scope.request.node(id).annotations)
        default: return false
        }
    }
}

// MARK: - Types

extension ProxyRecordReader {
    private func convert(_ type: SchemaType, _ field: SchemaField) throws(GeneratorError) -> ProxyType {
        let annotation = field.annotations.text(KnownAnnotation.type)
        switch type {
        case .list(let element):
            let element = try self.element(element, annotation)
            if field.annotations.has(KnownAnnotation.set) { return .set(element) }
            if field.annotations.has(KnownAnnotation.dictionary) {
                guard case .tuple(let fields) = element, fields.count == 2 else {
                    throw .misplacedAnnotation(
                        declaration: node.displayName, reason: "\(field.name) is not a list of pairs")
                }
                return .dictionary(fields[0], fields[1])
            }
            return .list(element)
        default:
            return try element(type, annotation)
        }
    }

    private func element(_ type: SchemaType, _ annotation: String?) throws(GeneratorError) -> ProxyType {
        switch type {
        case .list(let element):
            return .list(try self.element(element, annotation))
        case .structure(let id, let brand):
            try scope.checkGeneric(id, brand, in: node)
            return try structure(id)
        case .interface(let id, _):
            let interface = try scope.request.node(id)
            if ProxyInterface.isClosure(interface) { return .closure(SwiftNames.type(interface.name)) }
            guard let name = scope.wrappedName(interface) else {
                throw misfit("uses the interface \(interface.name), which has no $Proxy.wrap")
            }
            scope.noteWrappedModule(of: interface, inInterface: showsTypes)
            return .object(name)
        case .data:
            guard let annotation else { return .plain("[\(scope.standard("UInt8"))]") }
            let isOptional = annotation.hasSuffix("?")
            let name = scope.applicationType(
                isOptional ? String(annotation.dropLast()) : annotation, inInterface: showsTypes)
            return .data(name, isOptional: isOptional)
        case .anyPointer, .parameter, .methodParameter, .void:
            throw misfit("uses a type that has no Swift counterpart")
        case .text:
            guard let annotation else { return .plain(scope.standard("String")) }
            return .scalar(scope.applicationType(annotation, inInterface: showsTypes))
        default:
            let plain = try scope.scalarType(type) ?? ""
            guard let annotation else { return .plain(plain) }
            if Self.integers.contains(annotation) { return .integer(scope.standard(annotation)) }
            return .scalar(scope.applicationType(annotation, inInterface: showsTypes))
        }
    }

    private static let integers: Set<String> = [
        "Int", "Int8", "Int16", "Int32", "Int64", "UInt", "UInt8", "UInt16", "UInt32", "UInt64",
    ]

    private func structure(_ id: UInt64) throws(GeneratorError) -> ProxyType {
        let structure = try scope.request.node(id)
        if structure.annotations.has(KnownAnnotation.pair) {
            return .tuple(try ProxyRecordReader(id, scope: scope, showsTypes: showsTypes).record().fields)
        }
        guard let name = scope.wrappedName(structure) else {
            throw misfit("uses the struct \(structure.name), which has neither $Proxy.wrap nor $Swift.pair")
        }
        scope.noteWrappedModule(of: structure, inInterface: showsTypes)
        return .structure(name)
    }
}

// MARK: - Names of the application

extension Scope {
    /// The Swift protocol or struct that a declaration is wrapped as.
    func wrappedName(_ node: SchemaNode) -> String? {
        guard let wrap = node.annotations.text(KnownAnnotation.wrap) else { return nil }
        return Self.lastComponent(wrap)
    }

    /// The part behind the last `::`.
    static func lastComponent(_ name: String) -> String {
        String(name.reversed().prefix { $0 != ":" }.reversed())
    }

    /// Imports the module that holds the Swift counterpart of a declaration.
    func noteWrappedModule(of node: SchemaNode, inInterface: Bool = true) {
        guard let file = try? request.file(of: node), let module = module(of: file) else { return }
        imports.note(module, inInterface: inInterface)
    }

    /// The type that an annotation names, its module imported.
    func applicationType(_ annotation: String, inInterface: Bool) -> String {
        if let colons = annotation.firstRange(of: "::") {
            imports.note(String(annotation[..<colons.lowerBound]), inInterface: inInterface)
            return String(annotation[colons.upperBound...])
        }
        if let module = module(of: file) { imports.note(module, inInterface: inInterface) }
        return annotation
    }

    /// The Swift module that a file's annotation names.
    private func module(of file: SchemaNode) -> String? {
        file.annotations.text(KnownAnnotation.module)
    }
}
