import Capnp

/// Where the fields of `rpc.capnp` lie: bytes of the data section, indices of the pointer section. They can never change.
enum WireLayout {
    /// The union tags of `Message`, and where the tag lies.
    enum Kind: UInt16 {
        case unimplemented = 0
        case abort = 1
        case call = 2
        case answer = 3
        case finish = 4
        case resolve = 5
        case release = 6
        case bootstrap = 8
        case disembargo = 13
    }

    static let id = 0
    static let callMethod = 4
    static let callInterface = 8
    static let callTarget = 0
    static let callParams = 1
    /// Bit of `Return.releaseParamCaps` and `Finish.releaseResultCaps`, which default to true.
    static let releaseBit = 32
    static let answerTag = 6
    static let answerTakenFrom = 8
    /// The tags of `MessageTarget`, `Resolve` and `Disembargo`.
    static let tag = 4
    static let releaseCount = 4
    static let exceptionKind = 4
    static let payloadContent = 0
    static let payloadTable = 1
    static let capabilityTag = 0
    static let capabilityID = 4
    static let operationTag = 0
    static let operationField = 2
}
