/// Why a record of a wallet file cannot be used.
package enum WalletRecordError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The bytes end too early, or a length inside is wrong.
    case truncated
    /// The bytes can be read but say something impossible.
    case invalid(String)
    /// A descriptor of a kind that this program does not understand, with the parser's text.
    case unknownDescriptor(String)

    /// A text for the log; it holds nothing of the record.
    package var description: String {
        switch self {
        case .truncated: "the record is cut short"
        case .invalid(let text): text
        case .unknownDescriptor(let text): "Invalid descriptor: \(text)"
        }
    }
}
