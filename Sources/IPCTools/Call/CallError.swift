/// Why a call from text was not made, or not answered.
package enum CallError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The path is not of the form that paths have.
    case malformedPath(String)
    /// No such method there; `known` are those that there are.
    case unknownMethod(String, interface: String, known: [String])
    /// The arguments are no JSON object or array, or not `name=value`.
    case malformedArguments(String)
    /// There is no parameter of that name.
    case unknownParameter(String, method: String, known: [String])
    /// An argument is not of its parameter's type.
    case wrongType(parameter: String, expected: String)
    /// More arguments than parameters.
    case tooManyArguments(method: String, count: Int)
    /// A method in the middle of the path returns no object.
    case noObject(method: String)
    /// A method in the middle of the path returned a null object.
    case nullObject(method: String)
    /// What came back cannot be decoded.
    case undecodable(method: String, String)

    /// For the user, with the remedy.
    package var description: String {
        switch self {
        case .malformedPath(let path): "'\(path)' is not a path; write Interface.method, such as Echo.echo"
        case .unknownMethod(let name, let interface, let known):
            "\(interface) has no method '\(name)' and leads to no such interface; it has: "
                + known.joined(separator: ", ")
        case .malformedArguments(let text): "'\(text)' is neither JSON nor name=value"
        case .unknownParameter(let name, let method, let known):
            known.isEmpty
                ? "\(method) has no '\(name)'"
                : "\(method) has no parameter '\(name)'; it has: " + known.joined(separator: ", ")
        case .wrongType(let parameter, let expected): "\(parameter) must be of type \(expected)"
        case .tooManyArguments(let method, let count): "\(method) takes \(count) arguments"
        case .noObject(let method): "\(method) returns no object, so nothing can be called on its result"
        case .nullObject(let method): "\(method) returned no object"
        case .undecodable(let method, let reason): "what \(method) returned cannot be decoded: \(reason)"
        }
    }
}
