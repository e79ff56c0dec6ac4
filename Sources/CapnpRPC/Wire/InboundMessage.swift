import Capnp

/// A message of `rpc.capnp`, decoded but not yet judged: ids may be anything.
enum InboundMessage: Sendable {
    case unimplemented(Rejected)
    case abort(RPCError)
    case bootstrap(questionID: UInt32)
    case call(InboundCall)
    case `return`(InboundReturn)
    case finish(InboundFinish)
    case resolve(promiseID: UInt32, Resolution)
    case release(id: UInt32, count: UInt32)
    case disembargo(InboundTarget, DisembargoContext)
    /// A message of a kind or form that this implementation does not know; it goes back as `unimplemented`.
    case unsupported

    /// One of our own messages, which the peer sent back because it does not implement it.
    enum Rejected: Sendable {
        case question(id: UInt32)
        case resolve(export: UInt32?)
        case embargo(id: UInt32)
        case other
    }

    /// What a promise became.
    enum Resolution: Sendable {
        case capability(InboundDescriptor)
        case exception(RPCError)
    }

    /// The direction a disembargo travels in.
    enum DisembargoContext: Sendable {
        case senderLoopback(UInt32)
        case receiverLoopback(UInt32)
    }
}

/// A `Call`.
struct InboundCall: Sendable {
    var questionID: UInt32
    var target: InboundTarget
    var interfaceID: UInt64
    var methodID: UInt16
    var params: InboundPayload
    var hints: Hints

    /// What the caller wants with the results.
    struct Hints: Sendable {
        /// Whether they are to be kept for a later `Return.takeFromOtherQuestion` instead of being sent.
        var keepsResults = false
        /// Whether the caller has promised not to address them before they are there.
        var noPromisePipelining = false
        /// Whether the caller wants nothing but to address them, so that they need not be sent.
        var onlyPromisePipeline = false
    }
}

/// A `Finish`.
struct InboundFinish: Sendable {
    var questionID: UInt32
    var releaseResultCaps: Bool
    /// Whether a call that still waits for its object must be delivered all the same. Cap'n Proto before 1.0 did that,
    /// and may rely on it.
    var deliversWaitingCall: Bool
}

/// A `Return`.
struct InboundReturn: Sendable {
    /// What came back.
    enum Body: Sendable {
        case results(InboundPayload)
        case exception(RPCError)
        case canceled
        case resultsSentElsewhere
        case takeFromOtherQuestion(UInt32)
        case unsupported
    }

    var answerID: UInt32
    var releaseParamCaps: Bool
    /// Whether the callee has forgotten the call already.
    var noFinishNeeded: Bool
    var body: Body
}

/// A `Payload`: content, and descriptors of the capabilities in it.
struct InboundPayload: Sendable {
    var content: PointerReader
    var descriptors: [InboundDescriptor]
}

/// A `MessageTarget`.
enum InboundTarget: Sendable {
    case importedCap(UInt32)
    case promisedAnswer(InboundPromisedAnswer)
}

/// A `PromisedAnswer`: the pointer fields that lead from an answer's content to a capability.
struct InboundPromisedAnswer: Sendable {
    var questionID: UInt32
    var path: [UInt16]
}

/// A `CapDescriptor`.
enum InboundDescriptor: Sendable {
    case none
    case senderHosted(UInt32)
    case senderPromise(UInt32)
    case receiverHosted(UInt32)
    case receiverAnswer(InboundPromisedAnswer)
    case unknown
}

/// A message that no honest peer sends. The connection is aborted with this text.
struct ProtocolViolation: Error {
    /// Text for people on the far side.
    var reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}
