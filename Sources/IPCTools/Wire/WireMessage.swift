package import Capnp

/// One of the two ends of a connection.
package enum WireSide: String, Sendable {
    /// The end that connected.
    case client
    /// The end that accepted.
    case server

    /// The end across.
    package var other: WireSide { self == .client ? .server : .client }
}

/// A message of `rpc.capnp` as it was sent: ids mean nothing yet, and may be lies.
package enum WireMessage: Sendable {
    case unimplemented
    case abort(WireException)
    case bootstrap(question: UInt32)
    case call(WireCall)
    case answer(WireAnswer)
    case finish(question: UInt32, releasesResults: Bool)
    case resolve(promise: UInt32, WireResolution)
    case release(id: UInt32, count: UInt32)
    /// `isReply` tells the loopback of the receiver, which answers an earlier one.
    case disembargo(WireTarget, id: UInt32, isReply: Bool)
    /// A kind that level 1 does not have, by its number.
    case other(UInt16)
}

/// A `Call`.
package struct WireCall: Sendable {
    /// The caller's number for it.
    package var question: UInt32
    /// Whose method it is.
    package var target: WireTarget
    /// The interface that declares the method.
    package var interfaceID: UInt64
    /// The method's number in it.
    package var methodID: UInt16
    /// The parameters.
    package var params: WirePayload
}

/// A `Return`.
package struct WireAnswer: Sendable {
    /// What came of the call.
    package enum Outcome: Sendable {
        case results(WirePayload)
        case exception(WireException)
        case canceled
        case sentElsewhere
        case takenFrom(question: UInt32)
        case unknown(UInt16)
    }

    /// The question that it answers, a number of the other side's.
    package var question: UInt32
    /// Whether the capabilities in the parameters are released with it.
    package var releasesParams: Bool
    /// What came of the call.
    package var outcome: Outcome
}

/// Content, and what the capabilities in it are.
package struct WirePayload: Sendable {
    /// A struct, or a capability in the answer to a bootstrap.
    package var content: PointerReader
    /// The capabilities, by index.
    package var capabilities: [WireCapability]
}

/// What a call is for.
package enum WireTarget: Sendable, Equatable {
    /// An export of the receiver.
    case export(UInt32)
    /// A capability in the results of a question of the sender, along pointer fields.
    case answer(question: UInt32, path: [UInt16])
}

/// An entry of a capability table.
package enum WireCapability: Sendable, Equatable {
    case none
    /// An object of the sender's.
    case sender(UInt32)
    /// An object of the sender's that is to be resolved.
    case promise(UInt32)
    /// An object of the receiver's.
    case receiver(UInt32)
    /// A capability in the results of a question of the sender's.
    case answer(question: UInt32, path: [UInt16])
    /// An object of a third party, behind an export of the sender's.
    case thirdParty(UInt32)
    case unknown(UInt16)
}

/// What a promise became.
package enum WireResolution: Sendable {
    case capability(WireCapability)
    case exception(WireException)
}

/// An `Exception`.
package struct WireException: Sendable, Equatable {
    /// The number of its kind: 0 failed, 1 overloaded, 2 disconnected, 3 unimplemented.
    package var kind: UInt16
    /// Text for people.
    package var reason: String

    /// The kind in words.
    package var kindName: String {
        let names = ["failed", "overloaded", "disconnected", "unimplemented"]
        return Int(kind) < names.count ? names[Int(kind)] : "kind \(kind)"
    }
}
