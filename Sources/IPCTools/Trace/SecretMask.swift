import Capnp
import CapnpSchema

/// Finds passphrases and keys in messages, and overwrites them.
///
/// By name: Text and Data whose field is called a passphrase, a private key and the like; and inside `executeRpc`, whose
/// parameter is a JSON-RPC request, everything textual of methods that take or give keys. A message keeps its length and
/// layout, so that what is masked can still be decoded, and sent again.
struct SecretMask: Sendable {
    private let schemas: SchemaLoader
    /// Structs that have such a field, themselves or further down.
    private let suspects: Set<UInt64>

    init(schemas: SchemaLoader) {
        self.schemas = schemas
        suspects = Self.suspects(schemas)
    }

    /// Words in names of fields that hold secrets, in lower case.
    private static let words = ["passphrase", "password", "mnemonic", "privatekey", "secret", "seed"]

    private static func isSecret(_ field: SchemaField) -> Bool {
        guard field.type == .text || field.type == .data else { return false }
        let name = field.name.lowercased()
        return words.contains { name.contains($0) }
    }

    /// The patches for a struct that was sent as parameters or results.
    ///
    /// - Parameters:
    ///   - method: the method it belongs to.
    ///   - isResult: whether it is what the method answered.
    ///   - isSecret: for results, whether the parameters held secrets.
    func patches(
        in reader: StructReader, as id: UInt64, method: SchemaMethod, isResult: Bool, isSecret: Bool
    ) -> [FramePatch] {
        var patches: [FramePatch] = []
        if suspects.contains(id) { find(in: reader, id, depth: 0, &patches) }
        guard method.name == "executeRpc", !isResult || isSecret else { return patches }
        let name = isResult ? "result" : "request"
        let field = schemas.nodes[id]?.structure?.fields.first { $0.name == name && $0.type == .text }
        guard let index = field?.pointerIndex, let text = try? reader.pointer(at: index).textBytes(), !text.isEmpty,
            let masked = RPCTextMask.masked(Array(text), isResult: isResult)
        else { return patches }
        patches.append(FramePatch(start: text.startIndex, bytes: masked))
        return patches
    }

    private func find(in reader: StructReader, _ id: UInt64, depth: Int, _ patches: inout [FramePatch]) {
        guard depth < 64, patches.count < 1 << 12, let structure = schemas.nodes[id]?.structure else { return }
        for field in structure.fields {
            switch field.kind {
            case .group(let id):
                if suspects.contains(id) { find(in: reader, id, depth: depth + 1, &patches) }
            case .slot(let index, let type, _):
                let pointer = type.isPointer ? reader.pointer(at: index) : PointerReader()
                if pointer.isNull { continue }
                if Self.isSecret(field) {
                    let bytes = type == .text ? try? pointer.textBytes() : try? pointer.dataSlice()
                    if let bytes, !bytes.isEmpty {
                        let stars = [UInt8](repeating: UInt8(ascii: "*"), count: bytes.count)
                        patches.append(FramePatch(start: bytes.startIndex, bytes: stars))
                    }
                } else if case .structure(let id, _) = type, suspects.contains(id) {
                    if let inner = try? pointer.structReader() { find(in: inner, id, depth: depth + 1, &patches) }
                } else if case .list(.structure(let id, _)) = type, suspects.contains(id) {
                    guard let list = try? pointer.list(.inlineComposite), list.count < 1 << 16 else { continue }
                    for index in list.indices { find(in: list.structReader(index), id, depth: depth + 1, &patches) }
                }
            }
        }
    }

    private static func suspects(_ schemas: SchemaLoader) -> Set<UInt64> {
        var found = Set(
            schemas.nodes.values.filter { $0.structure?.fields.contains(where: isSecret) == true }.map(\.id))
        while true {
            let more = schemas.nodes.values.filter { node in
                !found.contains(node.id)
                    && node.structure?.fields.contains { field in
                        switch field.kind {
                        case .group(let id), .slot(_, .structure(let id, _), _),
                            .slot(_, .list(.structure(let id, _)), _):
                            found.contains(id)
                        default: false
                        }
                    } == true
            }
            if more.isEmpty { return found }
            found.formUnion(more.map(\.id))
        }
    }
}
