import CapnpSchema
import TestData

/// Random values of the structs of a schema.
struct RandomValues {
    let schemas: SchemaLoader
    var random: SeededGenerator
    /// How many more values the message at hand may have, so that it stays small.
    private var budget = 0

    init(schemas: SchemaLoader, random: SeededGenerator) {
        self.schemas = schemas
        self.random = random
    }

    mutating func message(of id: UInt64) -> DynamicValue {
        budget = Int.random(in: 0..<60, using: &random)
        return .structure(structure(id, .none, depth: 0))
    }

    private mutating func structure(_ id: UInt64, _ brand: SchemaBrand, depth: Int) -> DynamicStruct {
        var value = DynamicStruct()
        guard let structure = schemas.nodes[id]?.structure else { return value }
        let members = structure.fields.filter { $0.discriminant != nil }
        let chosen = members.randomElement(using: &random)
        for field in structure.fields {
            if field.discriminant != nil, field.index != chosen?.index { continue }
            switch field.kind {
            case .group(let group):
                value.fields.append(
                    .init(name: field.name, value: .structure(self.structure(group, brand, depth: depth))))
            case .slot(_, let type, _):
                let type = type.resolved(in: brand)
                // Members of unions are sometimes set to null, other fields sometimes left alone.
                if type.isPointer, budget <= 0 || Int.random(in: 0..<4, using: &random) == 0 {
                    if field.discriminant != nil { value.fields.append(.init(name: field.name, value: .void)) }
                    continue
                }
                if field.discriminant == nil, Int.random(in: 0..<5, using: &random) == 0 { continue }
                value.fields.append(.init(name: field.name, value: self.value(type, depth: depth)))
            }
        }
        return value
    }

    private mutating func value(_ type: SchemaType, depth: Int) -> DynamicValue {
        budget -= 1
        switch type {
        case .bool: return .bool(Bool.random(using: &random))
        case .int8, .int16, .int32, .int64:
            let value = Int64(bitPattern: random.next()) >> Int64(64 - type.bits)
            return .signed([value, value, 0, -1, 1].randomElement(using: &random) ?? 0)
        case .uint8, .uint16, .uint32, .uint64:
            let value = random.next() >> UInt64(64 - type.bits)
            return .unsigned([value, value, 0, 1].randomElement(using: &random) ?? 0)
        case .float32: return .float32(float())
        case .float64: return .float64(double())
        case .enumeration(let id):
            let names = schemas.nodes[id]?.enumerants ?? []
            let number = Int.random(in: 0..<max(names.count, 1), using: &random)
            return .enumerant(UInt16(number), name: names.indices.contains(number) ? names[number].name : nil)
        case .text: return .text(text())
        case .data: return .data((0..<length(12)).map { _ in byte() })
        case .list(let element):
            let count = depth > 5 ? 0 : length(element.bits == 1 ? 70 : 6)
            return .list((0..<count).map { _ in self.value(element, depth: depth + 1) })
        case .structure(let id, let brand):
            if depth > 5 || budget < 0 { return .structure(DynamicStruct()) }
            return .structure(structure(id, brand, depth: depth + 1))
        default: return .void
        }
    }

    /// No bracket and no comment: where a text ends, the tool finds by counting them, and loses count in some quoted strings.
    private mutating func byte() -> UInt8 {
        let byte = UInt8.random(in: 0...255, using: &random)
        return "#()[]".utf8.contains(byte) ? 0 : byte
    }

    private mutating func length(_ most: Int) -> Int {
        Int.random(in: 0...Int.random(in: 0...most, using: &random), using: &random)
    }

    /// No negative zero, which the text form does not give back, and one NaN only.
    private mutating func float() -> Float {
        switch Int.random(in: 0..<8, using: &random) {
        case 0: return 0
        case 1: return Float(Int.random(in: -1000...1000, using: &random)) / 8
        case 2:
            return [.infinity, -.infinity, .nan, .leastNonzeroMagnitude, .greatestFiniteMagnitude]
                .randomElement(using: &random) ?? 0
        default:
            // The text form has eight digits, too few for some numbers.
            let digits = Int.random(in: 1...9_999_999, using: &random)
            return Float("\(digits)e\(Int.random(in: -40...30, using: &random))") ?? 0.1
        }
    }

    private mutating func double() -> Double {
        switch Int.random(in: 0..<8, using: &random) {
        case 0: return 0
        case 1: return Double(Int.random(in: -1000...1000, using: &random)) / 10
        case 2:
            return [.infinity, -.infinity, .nan, .leastNonzeroMagnitude, .greatestFiniteMagnitude]
                .randomElement(using: &random) ?? 0
        default:
            let value = Double(bitPattern: random.next())
            return value.isNaN || value == 0 ? 0.1 : value
        }
    }

    private mutating func text() -> String {
        let scalars: [Unicode.Scalar] = [
            "a", "b", " ", "\"", "\\", "'", "\n", "\t", "\u{1}", "\u{7f}", "é", "€", "😀", "0",
        ]
        var text = ""
        for _ in 0..<length(20) { text.unicodeScalars.append(scalars.randomElement(using: &random) ?? "z") }
        return text
    }
}
