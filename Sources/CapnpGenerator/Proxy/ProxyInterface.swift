import CapnpSchema

/// A wrapped interface, as the proxies see it.
struct ProxyInterface {
    let scope: Scope
    let node: SchemaNode
    /// The Swift protocol, or the name of the closure's interface.
    let name: String
    let isClosure: Bool
    /// Methods of the interface and of its ancestors, the interface's own first.
    let methods: [ProxyMethod]

    /// - Returns: Nil if the interface has no annotation that asks for proxies.
    init?(_ node: SchemaNode, scope: Scope) throws(GeneratorError) {
        guard let wrapped = scope.wrappedName(node) else { return nil }
        self.scope = scope
        self.node = node
        isClosure = Self.isClosure(node)
        name = isClosure ? SwiftNames.type(node.name) : wrapped
        var methods: [ProxyMethod] = []
        for ancestor in try Self.lineage(node, scope) {
            for method in ancestor.interface?.methods.sorted(by: { $0.codeOrder < $1.codeOrder }) ?? [] {
                methods.append(try ProxyMethod(method, of: ancestor, scope: scope))
            }
        }
        self.methods = methods
        if isClosure, !methods.contains(where: { $0.role == .call && $0.name == "call" }) {
            throw .misplacedAnnotation(
                declaration: node.displayName, reason: "a ProxyCallback needs a method named call")
        }
    }

    /// Whether an interface stands for a Swift closure.
    static func isClosure(_ node: SchemaNode) -> Bool {
        node.annotations.text(KnownAnnotation.wrap)?.hasPrefix("ProxyCallback<") == true
    }

    /// An interface and its ancestors, each once.
    private static func lineage(_ node: SchemaNode, _ scope: Scope) throws(GeneratorError) -> [SchemaNode] {
        var found = [node]
        var position = 0
        while position < found.count {
            for id in found[position].interface?.superclasses.map(\.id) ?? []
            where !found.contains(where: { $0.id == id }) {
                found.append(try scope.request.node(id))
            }
            position += 1
        }
        return found
    }

    /// The Swift type of the object or closure behind.
    var objectType: String { isClosure ? "\(name)Closure" : "any \(name)" }

    /// The methods that the Swift protocol has.
    var calls: [ProxyMethod] { methods.filter { $0.role == .call } }
}

/// A method of a wrapped interface.
struct ProxyMethod {
    let name: String
    let ordinal: Int
    /// The generated plain type of the interface that declares the method.
    let interface: String
    /// What sets methods of the same name in different ancestors apart.
    let interfaceName: String
    let parameters: ProxyRecord
    let results: ProxyRecord
    let role: Role
    /// Whether a caller that gives up cancels the method.
    let isCancellable: Bool

    enum Role: Equatable {
        /// A method of the Swift protocol.
        case call
        /// Ends the object; not in the protocol.
        case destroy
        /// The exchange of thread maps at the start; done by the runtime.
        case construct
        /// Fails with a text.
        case unsupported(String)
    }

    init(_ method: SchemaMethod, of interface: SchemaNode, scope: Scope) throws(GeneratorError) {
        guard !interface.isGeneric, method.implicitParameters.isEmpty else {
            throw .unsupported(
                declaration: "\(interface.displayName).\(method.name)", reason: "generic methods cannot be wrapped")
        }
        name = method.name
        ordinal = method.ordinal
        isCancellable = method.annotations.has(KnownAnnotation.cancellable)
        self.interface = try scope.path(interface.id)
        interfaceName = SwiftNames.type(interface.name)
        if let text = method.annotations.text(KnownAnnotation.unsupported) {
            role = .unsupported(text)
            // Types that only this method uses need no Swift counterpart.
            parameters = ProxyRecord(path: try scope.path(method.parameters))
            results = ProxyRecord(path: try scope.path(method.results))
            return
        }
        parameters = try ProxyRecordReader(method.parameters, scope: scope, showsTypes: true)
            .record(results: method.results)
        results = try ProxyRecordReader(method.results, scope: scope, showsTypes: true).record()
        if parameters.threadMapPointer != nil {
            role = .construct
        } else {
            role = method.name == "destroy" && parameters.fields.isEmpty && results.fields.isEmpty ? .destroy : .call
        }
    }

    /// The type of the result, nil for Void.
    var resultType: String? {
        switch results.fields.count {
        case 0: nil
        case 1: results.fields[0].swiftType
        default:
            "(" + results.fields.map { "\(SwiftNames.label($0.name)): \($0.swiftType)" }.joined(separator: ", ") + ")"
        }
    }

    /// The number of the context's pointer as an argument.
    var contextArgument: String { parameters.contextPointer.map(String.init) ?? "nil" }

    /// `Interface.method`, as logs name it.
    var logName: String { SwiftNames.literal("\(interfaceName).\(name)") }
}
