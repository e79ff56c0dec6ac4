package import BitcoinPrimitives
import ByteCoding

extension Script {
    /// The script as text, as `asm` in Core's RPC: data in hexadecimal, short data as a number, opcodes by name,
    /// "[error]" at a broken push.
    ///
    /// - Parameter decodingSignatures: whether data in the form of a signature ends in "[ALL]" and the like instead of
    ///   its last byte. Only for input scripts.
    package func assembly(decodingSignatures: Bool = false) -> String {
        var words: [String] = []
        var reader = ScriptReader(slice)
        do {
            while let instruction = try reader.next() {
                guard instruction.opcode.isDataPush else {
                    words.append(instruction.opcode.name)
                    continue
                }
                let data = instruction.data
                if data.count <= 4 {
                    words.append(String((try? ScriptNumber.decode(data, requireMinimal: false)) ?? 0))
                } else if decodingSignatures, !isUnspendable, let type = SignatureText.hashTypeName(of: data) {
                    words.append(Hex.encode(data.dropLast()) + "[\(type)]")
                } else {
                    words.append(Hex.encode(data))
                }
            }
        } catch {
            words.append("[error]")
        }
        return words.joined(separator: " ")
    }
}

/// Tells signatures from other data by their form alone.
package enum SignatureText {
    /// The name of the hash type at the end of a DER signature; nil for data that is no signature with a defined type.
    package static func hashTypeName(of data: some RandomAccessCollection<UInt8>) -> String? {
        let bytes = Array(data)
        guard isStrictDER(bytes), let last = bytes.last else { return nil }
        return hashTypeName(last)
    }

    /// The name of a hash type of scripts before taproot; nil for undefined ones.
    package static func hashTypeName(_ type: UInt8) -> String? {
        switch type {
        case 0x01: "ALL"
        case 0x02: "NONE"
        case 0x03: "SINGLE"
        case 0x81: "ALL|ANYONECANPAY"
        case 0x82: "NONE|ANYONECANPAY"
        case 0x83: "SINGLE|ANYONECANPAY"
        default: nil
        }
    }

    /// Whether the bytes are a DER signature in the only form that BIP66 allows, with a hash type behind.
    package static func isStrictDER(_ bytes: [UInt8]) -> Bool {
        SignatureEncoding.isStrictDER(bytes[...])
    }
}
