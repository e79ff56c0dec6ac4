/// Why a Cap'n Proto message could not be read.
///
/// Everything here is the sender's doing, or a limit of the reader's; nothing else goes wrong in this module.
@frozen
public enum CapnpError: Error, Equatable, Sendable {
    /// The message ends before its own header says so.
    case truncated
    /// Bytes follow where one message was expected.
    case trailingBytes
    /// The stream header announces more segments than `ReaderLimits.maxSegments`.
    case tooManySegments
    /// The stream header announces more words than `ReaderLimits.traversalLimitInWords`.
    case messageTooLarge
    /// The first segment has no word for the root pointer.
    case missingRoot
    /// A pointer leads out of its segment.
    case outOfBounds
    /// A far pointer names a segment that the message does not have.
    case unknownSegment
    /// A far pointer does not lead to a proper landing pad.
    case malformedFarPointer
    /// A pointer is of another kind than the reader asked for: a list instead of a struct, say.
    case wrongPointerKind
    /// The elements of a list cannot be read as the type asked for.
    case incompatibleList
    /// A list of structs has a malformed tag, or elements that do not fit its size.
    case malformedStructList
    /// A text does not end with a NUL byte.
    case unterminatedText
    /// A capability pointer names an entry that the capability table does not have.
    case unknownCapability
    /// The message holds a capability where there is no connection to give it a meaning.
    case capabilityNotAllowed
    /// Pointers are nested deeper than `ReaderLimits.nestingLimit`, or run in a circle.
    case nestingLimit
    /// More words were visited than `ReaderLimits.traversalLimitInWords`.
    case traversalLimit
    /// A packed stream breaks off inside a word.
    case malformedPacking
}
