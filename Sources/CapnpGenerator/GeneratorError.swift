/// Why no code could be generated.
package enum GeneratorError: Error, Equatable, CustomStringConvertible {
    /// The bytes on standard input are not a `CodeGeneratorRequest`.
    case malformedRequest(String)
    /// The request refers to a declaration that it does not contain.
    case unknownDeclaration(UInt64)
    /// The schema uses something that Swift code is not generated for.
    case unsupported(declaration: String, reason: String)
    /// An annotation stands where it has no meaning.
    case misplacedAnnotation(declaration: String, reason: String)

    /// One line for the user of `capnp compile`.
    package var description: String {
        switch self {
        case .malformedRequest(let reason): "not a Cap'n Proto CodeGeneratorRequest: \(reason)"
        case .unknownDeclaration(let id): "the request lacks the declaration @0x\(String(id, radix: 16))"
        case .unsupported(let declaration, let reason): "\(declaration): \(reason)"
        case .misplacedAnnotation(let declaration, let reason): "\(declaration): \(reason)"
        }
    }
}
