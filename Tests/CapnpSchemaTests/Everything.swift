import Capnp
import CapnpSchema
import Foundation

/// The schema `everything.capnp` of the generator's tests, loaded at run time.
enum Everything {
    static let request: [UInt8] = {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let file = tests.appendingPathComponent("CapnpGeneratorTests/Requests/everything.request")
        return (try? Data(contentsOf: file)).map { [UInt8]($0) } ?? []
    }()

    static let schemas: SchemaLoader = (try? SchemaLoader(request: request)) ?? SchemaLoader()

    static func id(_ name: String) -> UInt64 {
        schemas.node(named: name)?.id ?? 0
    }

    /// A message made from JSON.
    static func message(_ json: String, as type: String) throws -> MessageBuilder {
        try schemas.message(DynamicValue(json: json), as: id(type))
    }

    /// What a message holds.
    static func value(_ message: Message, as type: String) throws -> DynamicValue {
        try schemas.decode(message.root.structReader(), as: id(type))
    }

    /// JSON to a message and back to JSON.
    static func echo(_ json: String, as type: String) throws -> String {
        try value(Message(framed: message(json, as: type).framedBytes()), as: type).json()
    }
}
