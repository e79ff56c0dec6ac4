/// How far a reader follows a message that somebody else made.
///
/// The defaults are those of the reference implementation. A message made to be expensive (pointers that share targets,
/// lists of elements of no size, circles) costs no more than these numbers say.
@frozen
public struct ReaderLimits: Equatable, Sendable {
    /// The words (of 8 bytes) that may be visited before reading fails; also the largest message accepted.
    ///
    /// Visiting the same object twice counts twice.
    public var traversalLimitInWords: Int

    /// The depth of structs and lists inside one another.
    public var nestingLimit: Int

    /// The segments a stream header may announce.
    public var maxSegments: Int

    /// Limits with the defaults of the reference implementation: 64 MiB, 64 levels, 512 segments.
    public init(traversalLimitInWords: Int = 8 << 20, nestingLimit: Int = 64, maxSegments: Int = 512) {
        self.traversalLimitInWords = traversalLimitInWords
        self.nestingLimit = nestingLimit
        self.maxSegments = maxSegments
    }

    /// For messages that this process built itself.
    public static let trusted = ReaderLimits(
        traversalLimitInWords: .max, nestingLimit: 1 << 10, maxSegments: .max)
}
