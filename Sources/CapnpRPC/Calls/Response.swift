public import Capnp

/// The results of a call.
public struct Response: Sendable {
    /// The content of the payload: a struct, or a bare capability in the answer to a `Bootstrap`.
    let content: PointerReader

    /// The result struct. Reading it keeps the message, and the capabilities in it, alive.
    public let results: StructReader

    /// - Throws: `CapnpError` when the content is neither a struct nor a capability.
    init(_ content: PointerReader) throws(CapnpError) {
        self.content = content
        results = content.isCapability ? StructReader() : try content.structReader()
    }

    /// Results of nothing.
    init() {
        content = PointerReader()
        results = StructReader()
    }

    /// The capability at the end of a path of pointer fields; `nil` for a null pointer.
    ///
    /// - Throws: `CapnpError` when the path does not lead there.
    func client(at path: [UInt16]) throws(CapnpError) -> Client? {
        var pointer = content
        for field in path {
            pointer = try pointer.structReader().pointer(at: Int(field))
        }
        return try pointer.capability() as? Client
    }

    /// Where calls on the capability at the end of a path go.
    func target(at path: [UInt16]) -> Target {
        do {
            return try client(at: path)?.target ?? .null
        } catch {
            return .broken(.failed("The results have no capability there: \(error)."))
        }
    }
}
