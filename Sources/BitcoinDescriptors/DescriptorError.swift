/// Why a text is no descriptor.
package enum DescriptorError: Error, Equatable, Sendable {
    /// The checksum is missing, malformed or wrong.
    case checksum(String)
    /// A key expression is not valid.
    case key(String)
    /// The structure around keys is not valid.
    case script(String)
    /// Two caches hold different keys in the same place.
    case cacheConflict

    /// What to show; Core's words. Private keys never appear in it.
    package var message: String {
        switch self {
        case .checksum(let text), .key(let text), .script(let text): text
        case .cacheConflict: "New cached xpub does not match already cached xpub"
        }
    }
}
