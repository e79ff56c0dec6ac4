// The `Reader` of a struct.

import CapnpSchema

extension StructGenerator {
    var reader: Declaration {
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
            let type = "\(groupName(field)).Reader"
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
        case .structure(let id, let brand):
            result = "\(try scope.path(id, brand)).Reader"
            expression = "\(result)(try \(withDefault).structReader())"
        case .interface:
            result = "(any \(scope.runtime("CapabilityHook")))?"
            expression = "try \(pointer).capability()"
        case .anyPointer, .methodParameter:
            return [
                Declaration(
                    "\(access)var \(name): \(scope.runtime("PointerReader"))", comment: memberComment(field),
                    code: [.line(withDefault)])
            ]
        case .parameter(let owner, let index):
            let parameter = try scope.parameterName(owner, index)
            result = "\(parameter).ReadValue"
            expression = "try \(parameter).read(\(withDefault))"
        default:
            throw .unsupported(declaration: node.displayName, reason: "\(field.name) has a type that is no pointer")
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
