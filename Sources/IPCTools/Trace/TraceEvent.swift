package import CapnpSchema

/// Something that was seen on a connection.
package struct TraceEvent: Sendable {
    /// The connection's number, from 1.
    package var connection: Int
    /// Since the trace began.
    package var time: Duration
    /// Who sent it; nil for the beginning and end of a connection.
    package var sender: WireSide?
    /// The length of the message with its framing, in bytes.
    package var bytes: Int
    /// What it is.
    package var body: Body

    /// What was seen.
    package enum Body: Sendable {
        case opened(peer: String)
        case closed(reason: String?)
        case bootstrap(question: UInt32)
        case call(TraceCall)
        case answer(TraceAnswer)
        case finish(question: UInt32, method: MethodName?)
        case release(TraceObject, count: UInt32)
        case resolve(promise: UInt32, TraceResolution)
        case disembargo(TraceObject, id: UInt32, isReply: Bool)
        case abort(WireException)
        case unimplemented
        /// A message that level 1 does not have, by its number.
        case other(UInt16)
        /// A message that is framed, but is none.
        case malformed(String)
        /// From here on this side's bytes are passed on without being understood.
        case undecodable(String)
    }

    /// Something that was seen, its place and time.
    package init(connection: Int, time: Duration, sender: WireSide? = nil, bytes: Int = 0, body: Body) {
        self.connection = connection
        self.time = time
        self.sender = sender
        self.bytes = bytes
        self.body = body
    }
}

/// A call as it was seen.
package struct TraceCall: Sendable {
    /// The caller's number for it.
    package var question: UInt32
    /// Whose method it is.
    package var target: TraceObject
    /// The method.
    package var method: MethodName
    /// The parameters; nil if no schema has the method.
    package var params: TraceValue?
    /// Whether secrets in it were masked.
    package var isMasked: Bool
}

/// An answer as it was seen.
package struct TraceAnswer: Sendable {
    /// What came of the call.
    package enum Outcome: Sendable {
        case results(TraceValue?)
        /// The answer to a bootstrap.
        case object(TraceObject)
        case exception(WireException)
        case canceled
        case sentElsewhere
        case takenFrom(question: UInt32)
        case unknown(UInt16)
    }

    /// The question that it answers.
    package var question: UInt32
    /// The method that was called; nil for a bootstrap and for a question that nobody asked.
    package var method: MethodName?
    /// Whether it answers a bootstrap.
    package var isBootstrap: Bool
    /// Since the call passed by; nil if it never did.
    package var elapsed: Duration?
    /// What came of it.
    package var outcome: Outcome
    /// Whether secrets in it were masked.
    package var isMasked: Bool
}

/// A decoded struct, and what the capabilities in it are.
package struct TraceValue: Sendable {
    /// The struct.
    package var value: DynamicValue
    /// The message's table, by index.
    package var objects: [TraceObject]
}

/// What a promise became.
package enum TraceResolution: Sendable {
    case object(TraceObject)
    case exception(WireException)
}

/// An object as the messages name it.
package struct TraceObject: Sendable, Equatable {
    /// Where it is kept.
    package enum Place: Sendable, Equatable {
        case null
        /// An export of one side.
        case export(WireSide, UInt32)
        /// A promise that one side exports.
        case promise(WireSide, UInt32)
        /// In the results of a question that one side asked, along pointer fields.
        case answer(WireSide, question: UInt32, path: [UInt16])
        case unknown(UInt16)
    }

    /// Where it is kept.
    package var place: Place
    /// The interface that it is known by, if any.
    package var interface: String?
}
