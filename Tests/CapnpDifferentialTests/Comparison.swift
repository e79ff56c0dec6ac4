import Capnp
import CapnpSchema
import TestData

/// Messages of one random schema, written by us and by the reference implementation, and compared in every form.
struct Comparison {
    /// Where the two disagree.
    struct Difference: Error, CustomStringConvertible {
        let form: String
        let ours: String
        let theirs: String
        let schema: String

        var description: String { "\(form):\nours:   \(ours.prefix(2000))\ntheirs: \(theirs.prefix(2000))\n\(schema)" }
    }

    /// The forms compared, by name, and how many messages were equal in each.
    private(set) var counts: [String: Int] = [:]
    private var random: SeededGenerator

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    /// Compares `count` messages of a new random schema.
    ///
    /// - Returns: how many were compared: none if the tool does not take the schema.
    mutating func run(count: Int) throws -> Int {
        let schema = RandomSchema(using: &random)
        let tool = try ReferenceTool(schema: schema.text)
        defer { tool.remove() }
        // Some unions in groups meet a check for an old bug of the tool.
        guard let request = try? tool.request() else { return 0 }
        let schemas = try SchemaLoader(request: request)
        let type = schema.structs.randomElement(using: &random) ?? ""
        guard let id = schemas.node(named: type)?.id else { return 0 }
        var values = RandomValues(schemas: schemas, random: SeededGenerator(seed: random.next()))
        var batch = try Batch(schemas: schemas, id: id)
        for _ in 0..<count { try batch.add(values.message(of: id), using: &random) }

        func compare(_ form: String, _ ours: [UInt8], _ theirs: [UInt8]) throws {
            guard ours != theirs else { return }
            throw Difference(
                form: form, ours: Self.excerpt(ours, theirs), theirs: Self.excerpt(theirs, ours), schema: schema.text)
        }
        func check(_ form: String, _ input: [UInt8], _ ours: [UInt8], options: [String] = []) throws {
            try compare(form, ours, tool.convert(form, options, type: type, input))
        }
        let segmentSize = Int.random(in: 1...20, using: &random)
        try check("binary:text", batch.frames, batch.text, options: ["--short"])
        try check("binary:text", batch.frames, batch.prettyText)
        try check("binary:canonical", batch.frames, batch.canonical)
        try check("binary:binary", batch.frames, batch.copies)
        try check("binary:packed", batch.frames, batch.packedCopies)
        try check("packed:binary", batch.packed, batch.copies)
        let encoded = try tool.convert("text:binary", type: type, batch.text)
        try compare("text:binary", batch.settled, batch.canonical(ofStream: encoded))
        let segmented = try tool.convert("text:packed", ["--segment-size=\(segmentSize)"], type: type, batch.text)
        let unpacked = try PackedEncoding.unpack(segmented)
        try compare("text:packed", batch.settled, batch.canonical(ofStream: unpacked))
        try compare("text:packed, packed again", Batch.pack(stream: unpacked), segmented)
        var forms = [
            "binary:text", "binary:text pretty", "binary:canonical", "binary:binary", "binary:packed", "packed:binary",
            "text:binary", "text:packed in segments",
        ]
        // The tool's JSON has no end for a struct that is the first member of a union in itself, and ends the tool.
        if let json = try? tool.convert("binary:json", ["--short"], type: type, batch.frames) {
            try compare("binary:json", batch.settledWithMembers, batch.canonical(ofJSON: json))
            try check("json:text", batch.json, batch.jsonText, options: ["--short"])
            forms += ["binary:json", "json:text"]
        }
        for form in forms {
            counts[form, default: 0] += count
        }
        return count
    }

    /// What follows shortly before the first difference.
    private static func excerpt(_ bytes: [UInt8], _ others: [UInt8]) -> String {
        let first = zip(bytes, others).enumerated().first { $0.element.0 != $0.element.1 }?.offset
        let start = max(0, (first ?? min(bytes.count, others.count)) - 80)
        let part = bytes[min(start, bytes.count)...].prefix(400)
        let isText = part.allSatisfy { $0 >= 9 }
        return "[\(bytes.count) bytes, from \(start)] "
            + (isText ? String(decoding: part, as: UTF8.self) : "\(Array(part))")
    }
}
