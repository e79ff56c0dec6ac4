// The `Builder` of a struct.

import CapnpSchema

extension StructGenerator {
    var builder: Declaration {
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
            let type = "\(groupName(field)).Builder"
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
        case .structure(let id, let brand):
            let path = try scope.path(id, brand)
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
        case .anyPointer, .methodParameter:
            return [
                Declaration(
                    "\(access)var \(SwiftNames.member(field.name)): \(scope.runtime("PointerBuilder"))",
                    comment: memberComment(field),
                    code: field.discriminant == nil ? [.line(pointer)] : select(field) + [.line("return \(pointer)")])
            ]
        case .parameter(let owner, let index):
            let type = "\(scope.runtime("PointerBuilderOf"))<\(try scope.parameterName(owner, index))>"
            let value = "\(type)(\(pointer))"
            return [
                Declaration(
                    "\(access)var \(SwiftNames.member(field.name)): \(type)", comment: memberComment(field),
                    code: field.discriminant == nil ? [.line(value)] : select(field) + [.line("return \(value)")])
            ]
        default:
            throw .unsupported(declaration: node.displayName, reason: "\(field.name) has a type that is no pointer")
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
