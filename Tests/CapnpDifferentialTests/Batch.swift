import Capnp
import CapnpSchema
import TestData

/// Messages of one type in every form, as streams that the reference tool reads or should write.
struct Batch {
    private let schemas: SchemaLoader
    private let id: UInt64
    private let size: StructSize

    /// Our messages, built with segments of various sizes.
    private(set) var frames: [UInt8] = []
    private(set) var packed: [UInt8] = []
    /// Copies in one segment each.
    private(set) var copies: [UInt8] = []
    private(set) var packedCopies: [UInt8] = []
    private(set) var canonical: [UInt8] = []
    /// The canonical forms of what the messages say: as text and JSON do, which write the default of a union's member out.
    private(set) var settled: [UInt8] = []
    /// The same for JSON of the reference implementation, which writes the default of unions out that nobody set.
    private(set) var settledWithMembers: [UInt8] = []
    private(set) var text: [UInt8] = []
    private(set) var prettyText: [UInt8] = []
    private(set) var json: [UInt8] = []
    /// The text of what our JSON means.
    private(set) var jsonText: [UInt8] = []

    init(schemas: SchemaLoader, id: UInt64) throws {
        self.schemas = schemas
        self.id = id
        size = try schemas.size(of: id)
    }

    mutating func add(_ value: DynamicValue, using random: inout SeededGenerator) throws {
        let builder = MessageBuilder(firstSegmentWords: [1, 2, 5, 30, 1024].randomElement(using: &random) ?? 1)
        try schemas.encode(value, to: builder.initRoot(size), as: id)
        let frame = builder.framedBytes()
        frames += frame
        packed += PackedEncoding.pack(frame)
        let message = try Message(framed: frame)
        let root = try message.root
        let copy = MessageBuilder(firstSegmentWords: builder.sizeInWords + 1)
        try copy.root.copy(from: root)
        let framedCopy = copy.framedBytes()
        copies += framedCopy
        packedCopies += PackedEncoding.pack(framedCopy)
        let segment = try message.canonicalSegment()
        precondition(Message(segments: [segment]).isCanonical())
        canonical += segment
        let decoded = try schemas.decode(root.structReader(), as: id)
        settled += try schemas.message(decoded, as: id).canonicalSegment()
        let shown = try schemas.decode(root.structReader(), as: id, showsUnsetMembers: true)
        settledWithMembers += try schemas.message(shown, as: id).canonicalSegment()
        text += Array(decoded.text().utf8) + [0x0a]
        prettyText += Array(decoded.text(isPretty: true).utf8) + [0x0a]
        json += Array(shown.json(style: .portable).utf8) + [0x0a]
        let again = try schemas.message(DynamicValue(json: shown.json(style: .portable)), as: id)
        let fromJSON = try schemas.decode(again.asMessage().root.structReader(), as: id)
        jsonText += Array(fromJSON.text().utf8) + [0x0a]
    }

    /// The canonical forms of what the messages of a stream say.
    func canonical(ofStream stream: [UInt8]) throws -> [UInt8] {
        var decoder = FrameDecoder()
        decoder.push(stream)
        var canonical: [UInt8] = []
        while let message = try decoder.next() {
            let value = try schemas.decode(message.root.structReader(), as: id)
            canonical += try schemas.message(value, as: id).canonicalSegment()
        }
        return canonical
    }

    /// The canonical forms of what messages made from JSON, one on each line, say.
    func canonical(ofJSON lines: [UInt8]) throws -> [UInt8] {
        var canonical: [UInt8] = []
        for line in lines.split(separator: 0x0a) {
            let text = String(decoding: line, as: UTF8.self)
            guard let value = try? DynamicValue(json: text) else {
                throw Comparison.Difference(form: "JSON that we do not parse", ours: "", theirs: text, schema: "")
            }
            let message = try schemas.message(value, as: id).asMessage()
            let settled = try schemas.decode(message.root.structReader(), as: id, showsUnsetMembers: true)
            canonical += try schemas.message(settled, as: id).canonicalSegment()
        }
        return canonical
    }

    /// Packs every message of a stream.
    static func pack(stream: [UInt8]) throws -> [UInt8] {
        var packed: [UInt8] = []
        var start = 0
        while start < stream.count {
            // The header: the number of segments less one, then their sizes in words.
            func field(_ index: Int) -> Int {
                (0..<4).reversed().reduce(0) { $0 << 8 | Int(stream[start + index * 4 + $1]) }
            }
            let segments = field(0) + 1
            let words = (1...segments).reduce(0) { $0 + field($1) }
            let end = start + (4 + segments * 4 + 7) / 8 * 8 + words * 8
            packed += PackedEncoding.pack(Array(stream[start..<end]))
            start = end
        }
        return packed
    }
}
