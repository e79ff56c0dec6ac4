/// Generates the Swift enum that stands for a struct, group, or list of parameters, with its `Reader` and `Builder`.
struct StructGenerator {
    let scope: Scope
    let node: SchemaNode
    let structure: SchemaStructure

    private var access: String { scope.modifier }

    init(_ node: SchemaNode, _ structure: SchemaStructure, scope: Scope) {
        self.scope = scope
        self.node = node
        self.structure = structure
    }

    /// - Parameters:
    ///   - name: The Swift name, without the scope.
    ///   - comment: Used if the declaration has no comment.
    func declaration(name: String, comment: String) throws(GeneratorError) -> Declaration {
        if node.isGeneric {
            throw .unsupported(declaration: node.displayName, reason: "generic structs are not supported")
        }
        var members: [Declaration] = []
        if !structure.isGroup {
            members.append(
                Declaration("\(access)static let typeID: \(scope.standard("UInt64")) = \(SwiftNames.id(node.id))"))
            members.append(
                Declaration(
                    "\(access)static let size = \(scope.runtime("StructSize"))(dataWords: \(structure.dataWords), "
                        + "pointers: \(structure.pointers))"))
        }
        members += try DeclarationGenerator(scope: scope).nested(in: node)
        for field in structure.fieldsInCodeOrder {
            guard case .group(let id) = field.kind else { continue }
            let group = try scope.request.node(id)
            guard let structure = group.structure else { continue }
            members.append(
                try StructGenerator(group, structure, scope: scope).declaration(
                    name: SwiftNames.type(field.name), comment: "The group `\(field.name)`."))
        }
        if structure.discriminantCount > 0 { members.append(which) }
        members += try defaults
        members.append(try reader)
        members.append(try builder)
        let conformance = structure.isGroup ? "" : ": \(scope.runtime("SchemaStruct"))"
        return Declaration(
            "\(access)enum \(name)\(conformance)", comment: scope.comment(node.id, fallback: comment), members: members)
    }

    /// The enum of union members.
    private var which: Declaration {
        let cases = unionFields.map { field in
            Declaration("case \(SwiftNames.value(field.name)) = \(field.discriminant ?? 0)")
        }
        return Declaration(
            "\(access)enum Which: \(scope.standard("UInt16")), Sendable",
            comment: "The members of the union, by their number on the wire.", members: cases)
    }

    private var unionFields: [SchemaField] {
        structure.fields.filter { $0.discriminant != nil }.sorted { ($0.discriminant ?? 0) < ($1.discriminant ?? 0) }
    }

    /// Offset of the union's tag in bytes.
    private var tagOffset: Int { structure.discriminantOffset * 2 }

    /// Constants that hold the default values of struct and list fields.
    private var defaults: [Declaration] {
        get throws(GeneratorError) {
            var declarations: [Declaration] = []
            for field in structure.fieldsInCodeOrder {
                guard let words = defaultWords(of: field) else { continue }
                declarations.append(
                    Declaration(
                        "fileprivate static let \(defaultName(field)) = \(scope.runtime("EmbeddedValue"))(words: ["
                            + words.map(SwiftNames.id).joined(separator: ", ") + "])"))
            }
            return declarations
        }
    }

    private func defaultWords(of field: SchemaField) -> [UInt64]? {
        guard case .slot(_, _, .pointer(let words)) = field.kind else { return nil }
        return words
    }

    private func defaultName(_ field: SchemaField) -> String { "\(field.name)Default" }

    /// Whether the field is the `Context` of a call: the runtime of proxies fills it in, nothing else has a use for it, and
    /// nearly every method has one.
    private func isContext(_ field: SchemaField) -> Bool {
        field.type == .structure(KnownDeclaration.context, isBranded: false) && scope.implicitStructName(node.id) != nil
    }

    private func memberComment(_ field: SchemaField) -> String {
        scope.comment(node.id, member: field.index)
    }
}

// MARK: - Reader

extension StructGenerator {
    private var reader: Declaration {
        get throws(GeneratorError) {
            let type = scope.runtime("StructReader")
            var members = [
                Declaration("\(access)let reader: \(type)"),
                Declaration("\(access)init(_ reader: \(type))", code: [.line("self.reader = reader")]),
            ]
            if structure.discriminantCount > 0 {
                members.append(
                    Declaration(
                        "\(access)var which: Which?",
                        comment: "The member of the union that is set; nil if this code does not know it.",
                        code: [.line("Which(rawValue: reader.integer(at: \(tagOffset)))")]))
            }
            for field in structure.fieldsInCodeOrder { members += try read(field) }
            return Declaration(
                "\(access)struct Reader: \(scope.runtime("SchemaReader"))", members: members)
        }
    }

    private func read(_ field: SchemaField) throws(GeneratorError) -> [Declaration] {
        if isContext(field) { return [] }
        let name = SwiftNames.member(field.name)
        let condition = field.discriminant.map { _ in "which == .\(SwiftNames.value(field.name))" }
        switch field.kind {
        case .group:
            let type = "\(SwiftNames.type(field.name)).Reader"
            let source = condition.map { "\($0) ? reader : \(scope.runtime("StructReader"))()" } ?? "reader"
            return [
                Declaration(
                    "\(access)var \(name): \(type)", comment: memberComment(field), code: [.line("\(type)(\(source))")])
            ]
        case .slot(_, .void, _): return []
        case .slot(let offset, let type, let value):
            if let swiftType = try scope.scalarType(type) {
                var expression = try scope.scalarRead(type, from: "reader", offset: offset, default: value)
                if let condition {
                    let fallback =
                        if case .enumeration(let id) = type {
                            "\(try scope.path(id))(rawValue: \(scope.defaultLiteral(value) ?? "0"))"
                        } else {
                            scope.defaultLiteral(value) ?? (type == .bool ? "false" : "0")
                        }
                    expression = "\(condition) ? \(expression) : \(fallback)"
                }
                return [
                    Declaration(
                        "\(access)var \(name): \(swiftType)", comment: memberComment(field), code: [.line(expression)])
                ]
            }
            let pointer = "reader.pointer(at: \(offset)\(condition.map { ", if: \($0)" } ?? ""))"
            return try readPointer(field, type, value, from: pointer)
        }
    }

    private func readPointer(
        _ field: SchemaField, _ type: SchemaType, _ value: SchemaValue, from pointer: String
    ) throws(GeneratorError) -> [Declaration] {
        let name = SwiftNames.member(field.name)
        let throwing = "throws(\(scope.runtime("CapnpError")))"
        let has = Declaration(
            "\(access)var has\(SwiftNames.capitalised(field.name)): \(scope.standard("Bool"))",
            code: [.line("!\(pointer).isNull")])
        let withDefault =
            defaultWords(of: field) == nil ? pointer : "\(pointer).or(\(defaultName(field)))"
        let result: String
        let expression: String
        switch type {
        case .text:
            result = scope.standard("String")
            expression = "try \(pointer).text(\(textDefault(value)))"
        case .data:
            result = "[\(scope.standard("UInt8"))]"
            expression = "try \(pointer).data(\(textDefault(value)))"
        case .list(let element):
            let elementType = try scope.elementType(element, in: node)
            result = "\(scope.runtime("ListReaderOf"))<\(elementType)>"
            expression = "try \(withDefault).list(of: \(elementType).self)"
        case .structure(let id, let isBranded):
            try scope.checkGeneric(id, isBranded, in: node)
            result = "\(try scope.path(id)).Reader"
            expression = "\(result)(try \(withDefault).structReader())"
        case .interface:
            result = "(any \(scope.runtime("CapabilityHook")))?"
            expression = "try \(pointer).capability()"
        case .anyPointer:
            return [
                Declaration(
                    "\(access)var \(name): \(scope.runtime("PointerReader"))", comment: memberComment(field),
                    code: [.line(withDefault)])
            ]
        default:
            throw .unsupported(declaration: node.displayName, reason: "\(field.name) has a type parameter for its type")
        }
        let get = Declaration(
            "\(access)func \(name)() \(throwing) -> \(result)", comment: memberComment(field), code: [.line(expression)]
        )
        // A Bool of that name in the schema itself comes first.
        let isTaken = structure.fields.contains { $0.name == "has\(SwiftNames.capitalised(field.name))" }
        return isTaken ? [get] : [has, get]
    }

    private func textDefault(_ value: SchemaValue) -> String {
        switch value {
        case .text(let text) where !text.isEmpty: "default: \(SwiftNames.literal(text))"
        case .data(let data) where !data.isEmpty: "default: \(SwiftNames.literal(data))"
        default: ""
        }
    }
}

// MARK: - Builder

extension StructGenerator {
    private var builder: Declaration {
        get throws(GeneratorError) {
            let type = scope.runtime("StructBuilder")
            var members = [
                Declaration("\(access)let builder: \(type)"),
                Declaration("\(access)init(_ builder: \(type))", code: [.line("self.builder = builder")]),
                Declaration("\(access)var asReader: Reader", code: [.line("Reader(builder.asReader())")]),
            ]
            if structure.discriminantCount > 0 {
                members.append(
                    Declaration(
                        "\(access)var which: Which?",
                        code: [.line("Which(rawValue: builder.integer(at: \(tagOffset)))")]))
            }
            for field in structure.fieldsInCodeOrder { members += try write(field) }
            return Declaration("\(access)struct Builder: \(scope.runtime("SchemaBuilder"))", members: members)
        }
    }

    /// Selects a member of the union, if the field is one.
    private func select(_ field: SchemaField) -> [Code] {
        guard field.discriminant != nil else { return [] }
        return [.line("builder.setInteger(Which.\(SwiftNames.value(field.name)).rawValue, at: \(tagOffset))")]
    }

    private func write(_ field: SchemaField) throws(GeneratorError) -> [Declaration] {
        if isContext(field) { return [] }
        let name = SwiftNames.member(field.name)
        let capitalised = SwiftNames.capitalised(field.name)
        switch field.kind {
        case .group(let id):
            let type = "\(SwiftNames.type(field.name)).Builder"
            let property = Declaration(
                "\(access)var \(name): \(type)", comment: memberComment(field), code: [.line("\(type)(builder)")])
            if field.discriminant == nil { return [property] }
            return [
                property,
                Declaration(
                    "\(access)func init\(capitalised)() -> \(type)",
                    comment: "Makes the group the set member, all zero.",
                    code: select(field) + (try clear(group: id)) + [.line("return \(type)(builder)")]),
            ]
        case .slot(_, .void, _):
            if field.discriminant == nil { return [] }
            return [
                Declaration("\(access)func set\(capitalised)()", comment: memberComment(field), code: select(field))
            ]
        case .slot(let offset, let type, let value):
            if let swiftType = try scope.scalarType(type) {
                let get = try scope.scalarRead(type, from: "builder", offset: offset, default: value)
                let set = scope.scalarWrite(type, "newValue", offset: offset, default: value)
                return [
                    Declaration(
                        "\(access)var \(name): \(swiftType)", comment: memberComment(field),
                        code: [
                            .block("get", [.line(get)]),
                            .block("nonmutating set", select(field) + [.line(set)]),
                        ])
                ]
            }
            return try writePointer(field, type, at: offset)
        }
    }

    private func writePointer(
        _ field: SchemaField, _ type: SchemaType, at index: Int
    ) throws(GeneratorError) -> [Declaration] {
        let capitalised = SwiftNames.capitalised(field.name)
        let pointer = "builder.pointer(at: \(index))"
        let throwing = "throws(\(scope.runtime("CapnpError")))"
        func function(_ head: String, _ line: String, comment: String = "") -> Declaration {
            let selection = select(field)
            let needsReturn = !selection.isEmpty && head.contains("->")
            return Declaration(
                "\(access)func \(head)", comment: comment,
                code: selection + [.line(needsReturn ? "return \(line)" : line)])
        }
        switch type {
        case .text:
            return [
                function(
                    "set\(capitalised)(_ value: \(scope.standard("String")))", "\(pointer).setText(value)",
                    comment: memberComment(field))
            ]
        case .data:
            return [
                function(
                    "set\(capitalised)(_ value: [\(scope.standard("UInt8"))])", "\(pointer).setData(value)",
                    comment: memberComment(field))
            ]
        case .list(let element):
            let elementType = try scope.elementType(element, in: node)
            return [
                function(
                    "init\(capitalised)(count: \(scope.standard("Int"))) -> \(scope.runtime("ListBuilderOf"))<\(elementType)>",
                    "\(pointer).initList(of: \(elementType).self, count: count)", comment: memberComment(field))
            ]
        case .structure(let id, let isBranded):
            try scope.checkGeneric(id, isBranded, in: node)
            let path = try scope.path(id)
            let initialise = function(
                "init\(capitalised)() -> \(path).Builder", "\(path).Builder(\(pointer).initStruct(\(path).size))",
                comment: memberComment(field))
            let keep = "\(path).Builder(\(pointer).getOrInitStruct(\(path).size))"
            let getOrInit = Declaration(
                "\(access)func \(SwiftNames.member(field.name))() -> \(path).Builder",
                comment: "The struct in place, made if unset.",
                code: field.discriminant == nil
                    ? [.line(keep)]
                    : [.line("which == .\(SwiftNames.value(field.name)) ? \(keep) : init\(capitalised)()")])
            let copy = function(
                "set\(capitalised)(_ value: \(path).Reader) \(throwing)", "try \(pointer).copy(from: value.reader)")
            return [initialise, getOrInit, copy]
        case .interface:
            return [
                function(
                    "set\(capitalised)(_ value: (any \(scope.runtime("CapabilityHook")))?)",
                    "\(pointer).setCapability(value)", comment: memberComment(field))
            ]
        case .anyPointer:
            return [
                Declaration(
                    "\(access)var \(SwiftNames.member(field.name)): \(scope.runtime("PointerBuilder"))",
                    comment: memberComment(field),
                    code: field.discriminant == nil ? [.line(pointer)] : select(field) + [.line("return \(pointer)")])
            ]
        default:
            throw .unsupported(declaration: node.displayName, reason: "\(field.name) has a type parameter for its type")
        }
    }

    /// Statements that put the slots of a group back to zero, as another member of the union may have used them.
    private func clear(group id: UInt64) throws(GeneratorError) -> [Code] {
        guard let group = try scope.request.node(id).structure else { return [] }
        var statements: [Code] = []
        if group.discriminantCount > 0 {
            statements.append(
                .line("builder.setInteger(0 as \(scope.standard("UInt16")), at: \(group.discriminantOffset * 2))"))
        }
        for field in group.fields {
            switch field.kind {
            case .group(let inner): statements += try clear(group: inner)
            case .slot(let offset, let type, _) where type.isPointer:
                statements.append(.line("builder.pointer(at: \(offset)).clear()"))
            case .slot(_, .void, _): break
            case .slot(let offset, .bool, _): statements.append(.line("builder.setBool(false, at: \(offset))"))
            case .slot(let offset, let type, _):
                let integer = scope.standard("UInt\(type.bits)")
                statements.append(.line("builder.setInteger(0 as \(integer), at: \(offset * type.bits / 8))"))
            }
        }
        return statements
    }
}
