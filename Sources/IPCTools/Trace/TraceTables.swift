import CapnpSchema

/// What one side of a connection has given out, as far as a watcher can tell.
///
/// Bounded, whatever the messages say: what does not fit is not remembered, and then shown without its type.
struct TraceTables {
    /// The most entries of each table.
    static let maxEntries = 1 << 16
    /// The most ids that questions keep for their end.
    static let maxHeldIDs = 1 << 18

    /// A question that has not been both answered and finished.
    struct Question {
        /// The method; nil for a bootstrap.
        var call: (interfaceID: UInt64, methodID: UInt16, isSecret: Bool)?
        /// When it passed by, since the trace began.
        var time: Duration
        /// Exports of the asking side in its parameters.
        var paramExports: [UInt32] = []
        /// Exports of the answering side in its results.
        var resultExports: [UInt32] = []
        var isAnswered = false
        var isFinished = false
    }

    /// An object that the side has given out.
    struct Export {
        var interfaceID: UInt64?
        /// How many times it was given out and not released.
        var references: Int
    }

    private(set) var questions: [UInt32: Question] = [:]
    private(set) var exports: [UInt32: Export] = [:]
    private var heldIDs = 0

    /// The side asks.
    mutating func ask(_ id: UInt32, _ question: Question) {
        remove(id)
        guard questions.count < Self.maxEntries else { return }
        var question = question
        if heldIDs + question.paramExports.count > Self.maxHeldIDs { question.paramExports = [] }
        heldIDs += question.paramExports.count
        questions[id] = question
    }

    /// The other side answers: the exports of both that are over with it.
    mutating func answered(_ id: UInt32, resultExports: [UInt32], releasesParams: Bool) {
        guard var question = questions[id], !question.isAnswered else { return }
        question.isAnswered = true
        let released = question.paramExports
        heldIDs -= released.count
        question.paramExports = []
        if !question.isFinished, heldIDs + resultExports.count <= Self.maxHeldIDs {
            question.resultExports = resultExports
            heldIDs += resultExports.count
        }
        questions[id] = question
        if releasesParams { for export in released { release(export, count: 1) } }
        if question.isFinished { remove(id) }
    }

    /// The side needs the answer no more.
    ///
    /// - Returns: the exports of the other side in the results.
    mutating func finish(_ id: UInt32) -> [UInt32] {
        guard let question = questions[id] else { return [] }
        if question.isAnswered { remove(id) } else { questions[id]?.isFinished = true }
        return question.resultExports
    }

    private mutating func remove(_ id: UInt32) {
        guard let old = questions.removeValue(forKey: id) else { return }
        heldIDs -= old.paramExports.count + old.resultExports.count
    }

    /// The side gives an object out.
    mutating func give(_ id: UInt32, _ interfaceID: UInt64?) {
        if var export = exports[id] {
            export.references += 1
            export.interfaceID = export.interfaceID ?? interfaceID
            exports[id] = export
        } else if exports.count < Self.maxEntries {
            exports[id] = Export(interfaceID: interfaceID, references: 1)
        }
    }

    /// The object has turned out to be of this interface too.
    mutating func refine(_ id: UInt32, _ interfaceID: UInt64) {
        exports[id]?.interfaceID = interfaceID
    }

    /// The other side gives references back.
    mutating func release(_ id: UInt32, count: Int) {
        guard let export = exports[id] else { return }
        if export.references <= count {
            exports[id] = nil
        } else {
            exports[id]?.references -= count
        }
    }
}
