import BitcoinRPC

/// Overwrites the secrets in the text of a JSON-RPC request or answer.
enum RPCTextMask {
    /// Methods whose parameters or results are passphrases, private keys, or descriptors that may hold them. Core's console
    /// keeps most of them out of its history for the same reason.
    private static let methods: Set<String> = [
        "addhdkey", "createwallet", "createwalletdescriptor", "deriveaddresses", "descriptorprocesspsbt", "dumpprivkey",
        "dumpwallet", "encryptwallet", "getdescriptorinfo", "gethdkeys", "importdescriptors", "importmulti",
        "importprivkey", "listdescriptors", "migratewallet", "scanblocks", "scantxoutset", "sethdseed",
        "signmessagewithprivkey", "signrawtransactionwithkey", "walletpassphrase", "walletpassphrasechange",
    ]

    /// Members that hold what is sent to and comes from a method.
    private static let members: Set<String> = ["params", "result", "error"]

    /// The text with every string in the parameters or results overwritten; nil if there is nothing to hide.
    ///
    /// - Parameters:
    ///   - text: the request, or the answer to one that had something to hide.
    ///   - isResult: whether it is the answer.
    /// - Returns: as many bytes.
    static func masked(_ text: [UInt8], isResult: Bool) -> [UInt8]? {
        guard let json = try? JSONValue(parsing: text) else {
            // Nobody knows what it was meant to be.
            return [UInt8](repeating: UInt8(ascii: "*"), count: text.count)
        }
        guard isResult || isSecret(json) else { return nil }
        let masked: JSONValue =
            if case .array(let batch) = json { .array(batch.map(maskedMembers)) } else { maskedMembers(json) }
        let bytes = Array(masked.write().utf8)
        guard bytes.count <= text.count else { return [UInt8](repeating: UInt8(ascii: "*"), count: text.count) }
        return bytes + [UInt8](repeating: UInt8(ascii: " "), count: text.count - bytes.count)
    }

    private static func isSecret(_ request: JSONValue) -> Bool {
        if case .array(let batch) = request { return batch.contains(where: isSecret) }
        return request["method"].stringValue.map(methods.contains) ?? true
    }

    private static func maskedMembers(_ message: JSONValue) -> JSONValue {
        guard case .object(let object) = message else { return masked(message) }
        return .object(
            JSONObject(
                members: object.members.map {
                    .init(key: $0.key, value: members.contains($0.key) ? masked($0.value) : $0.value)
                }))
    }

    private static func masked(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text): .string(String(repeating: "*", count: text.utf8.count))
        case .array(let values): .array(values.map(masked))
        case .object(let object):
            .object(JSONObject(members: object.members.map { .init(key: $0.key, value: masked($0.value)) }))
        default: value
        }
    }
}
