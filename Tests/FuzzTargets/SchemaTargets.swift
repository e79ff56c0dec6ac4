import Capnp
import CapnpGenerator
import CapnpSchema

/// Requests of `capnp compile`.
enum GeneratorTarget {
    static func run(_ bytes: [UInt8]) {
        if let schemas = try? SchemaLoader(request: bytes) {
            for node in schemas.nodes.values {
                _ = schemas.withAncestors(interface: node.id).count
                _ = try? schemas.decode(StructReader(), as: node.id, maxValues: 1 << 10)
                _ = try? schemas.encode(
                    .structure(DynamicStruct()), to: MessageBuilder().root.initStruct(size), as: node.id)
            }
        }
        _ = try? Generator(request: bytes).files()
    }

    private static let size = StructSize(dataWords: 1, pointers: 1)
}

/// Messages by a schema: that of schemas, for it uses most of what there is.
enum DynamicTarget {
    static func run(_ bytes: [UInt8]) {
        let message = Message(
            segments: MessageTarget.split(bytes), limits: ReaderLimits(traversalLimitInWords: 1 << 14))
        guard let root = try? message.root.structReader(), let id = schemas.node(named: "Things")?.id,
            let value = try? schemas.decode(root, as: id, maxValues: 1 << 14)
        else { return }
        _ = value.text(isPretty: true)
        let json = value.json()
        guard let loose = try? DynamicValue(json: json) else {
            // JSON is parsed to a depth that messages may exceed.
            return
        }
        _ = try? schemas.message(loose, as: id)
        // Members of unions that the schema does not know are lost once, and nothing after that.
        guard let known = copy(value, id), let again = copy(known, id) else { return }
        precondition(again.text() == known.text(), "a value says something else after encoding")
    }

    private static func copy(_ value: DynamicValue, _ id: UInt64) -> DynamicValue? {
        guard let root = try? schemas.message(value, as: id).asMessage().root.structReader() else { return nil }
        return try? schemas.decode(root, as: id, maxValues: 1 << 16)
    }

    private static let schemas = ThingsSchema.loader
}

/// JSON of dynamic values.
enum JSONTarget {
    static func run(_ bytes: [UInt8]) {
        guard let text = String(validating: bytes, as: UTF8.self), let value = try? DynamicValue(json: text) else {
            return
        }
        let json = value.json()
        precondition((try? DynamicValue(json: json))?.json() == json, "JSON says something else after parsing")
    }
}
