import CapnpSchema

/// The arguments of a call, as they were typed.
package enum CallArguments: Equatable, Sendable {
    /// None.
    case none
    /// A JSON object by the names of the parameters, or an array in their order.
    case json(String)
    /// Words of the form `name=value`.
    case words([String])

    /// The struct to send, still without its schema applied.
    ///
    /// - Parameters:
    ///   - method: its name, for errors.
    ///   - parameters: those that a caller gives, in order.
    /// - Throws: `malformedArguments`, `unknownParameter`, `tooManyArguments`.
    func value(method: String, parameters: [SchemaField]) throws(CallError) -> DynamicStruct {
        let fields =
            switch self {
            case .none: [DynamicStruct.Field]()
            case .json(let text): try Self.fields(json: text, method, parameters)
            case .words(let words): try words.map { word throws(CallError) in try Self.field(word: word, parameters) }
            }
        let known = parameters.map(\.name)
        if let stranger = fields.first(where: { !known.contains($0.name) }) {
            throw .unknownParameter(stranger.name, method: method, known: known)
        }
        return DynamicStruct(fields: fields)
    }

    private static func fields(
        json text: String, _ method: String, _ parameters: [SchemaField]
    ) throws(CallError) -> [DynamicStruct.Field] {
        let value: DynamicValue
        do throws(DynamicError) { value = try DynamicValue(json: text) } catch { throw .malformedArguments(text) }
        switch value {
        case .structure(let structure): return structure.fields
        case .list(let values):
            guard values.count <= parameters.count else {
                throw .tooManyArguments(method: method, count: parameters.count)
            }
            return zip(parameters, values).map { .init(name: $0.name, value: $1) }
        default: throw .malformedArguments(text)
        }
    }

    private static func field(
        word: String, _ parameters: [SchemaField]
    ) throws(CallError) -> DynamicStruct.Field {
        guard let equals = word.firstIndex(of: "="), equals != word.startIndex else { throw .malformedArguments(word) }
        let name = String(word[..<equals])
        let text = String(word[word.index(after: equals)...])
        let type = parameters.first { $0.name == name }?.type
        // What looks like a number is still text where text is wanted.
        let value = type == .text || type == .data ? nil : try? DynamicValue(json: text)
        return .init(name: name, value: value ?? .text(text))
    }
}
