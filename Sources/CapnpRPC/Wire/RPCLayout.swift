import Capnp

/// The layout of the structs of `rpc.capnp` (file id 0xb312981b2552a250), as `capnp compile -ocapnp` prints it.
///
/// Written by hand with constant offsets, so that the RPC layer needs no generated code. Sizes are sections in words
/// and pointers; `…At` are byte offsets into the data section unless a name says bit.
enum RPCLayout {
    static let message = StructSize(dataWords: 1, pointers: 1)
    static let bootstrap = StructSize(dataWords: 1, pointers: 1)
    static let call = StructSize(dataWords: 3, pointers: 3)
    static let `return` = StructSize(dataWords: 2, pointers: 1)
    static let finish = StructSize(dataWords: 1, pointers: 0)
    static let resolve = StructSize(dataWords: 1, pointers: 1)
    static let release = StructSize(dataWords: 1, pointers: 0)
    static let disembargo = StructSize(dataWords: 1, pointers: 1)
    static let messageTarget = StructSize(dataWords: 1, pointers: 1)
    static let payload = StructSize(dataWords: 0, pointers: 2)
    static let capDescriptor = StructSize(dataWords: 1, pointers: 1)
    static let promisedAnswer = StructSize(dataWords: 1, pointers: 1)
    static let promisedAnswerOp = StructSize(dataWords: 1, pointers: 0)
    static let exception = StructSize(dataWords: 1, pointers: 2)

    /// The first field of every struct that has an id: question, answer, import, export or embargo.
    static let idAt = 0

    static let callMethodAt = 4
    static let callSendResultsToAt = 6
    static let callInterfaceAt = 8
    /// Hints of Cap'n Proto 1.0; older peers neither set nor heed them.
    static let callNoPromisePipeliningBit = 129
    static let callOnlyPromisePipelineBit = 130

    /// Bit 32 of `Return` and of `Finish`; both flags default to true.
    static let releaseCapsBit = 32
    /// Of `Return`, since Cap'n Proto 1.0.
    static let noFinishNeededBit = 33
    /// Of `Finish`, since Cap'n Proto 1.0; defaults to true.
    static let earlyCancellationWorkaroundBit = 33
    static let returnTagAt = 6
    static let returnTakeFromAt = 8

    /// The union tag of `Resolve`, `Disembargo` and `MessageTarget`.
    static let tagAt = 4
    static let releaseCountAt = 4
    static let exceptionTypeAt = 4

    static let capDescriptorTagAt = 0
    static let capDescriptorAttachedFDAt = 2
    static let capDescriptorIDAt = 4

    static let operationTagAt = 0
    static let operationFieldAt = 2

    /// The union tags of `Message`.
    enum Kind: UInt16 {
        case unimplemented = 0
        case abort = 1
        case call = 2
        case `return` = 3
        case finish = 4
        case resolve = 5
        case release = 6
        case bootstrap = 8
        case disembargo = 13
    }

    /// The union tags of `Return`.
    enum ReturnTag: UInt16 {
        case results = 0
        case exception = 1
        case canceled = 2
        case resultsSentElsewhere = 3
        case takeFromOtherQuestion = 4
        case acceptFromThirdParty = 5
    }

    /// The union tags of `CapDescriptor`.
    enum DescriptorTag: UInt16 {
        case none = 0
        case senderHosted = 1
        case senderPromise = 2
        case receiverHosted = 3
        case receiverAnswer = 4
        case thirdPartyHosted = 5
    }
}
