import Capnp

/// A message of `rpc.capnp` under construction: the union of `Message` with one member set.
struct OutboundMessage {
    /// The message as a whole.
    let builder: MessageBuilder
    /// The member of the union.
    let body: StructBuilder

    /// Begins a message of `kind` whose member has the layout `size`.
    ///
    /// - Parameter room: the words that the message is expected to need; more is no error.
    init(_ kind: RPCLayout.Kind, _ size: StructSize, room: Int = 16) {
        builder = MessageBuilder(firstSegmentWords: room)
        let root = builder.initRoot(RPCLayout.message)
        root.setInteger(kind.rawValue, at: 0)
        body = root.pointer(at: 0).initStruct(size)
    }

    /// The message as it goes over the wire.
    var frame: [UInt8] { builder.framedBytes() }

    /// `Finish`.
    static func finish(question: UInt32, releaseResultCaps: Bool) -> [UInt8] {
        // The flag is on by default, and the wire has the difference.
        oneWord(.finish, UInt64(question) | (releaseResultCaps ? 0 : 1 << RPCLayout.releaseCapsBit))
    }

    /// `Release`.
    static func release(imported: UInt32, count: UInt32) -> [UInt8] {
        oneWord(.release, UInt64(imported) | UInt64(count) << (RPCLayout.releaseCountAt * 8))
    }

    /// A framed message whose member is a struct of one word without pointers: every other message is one.
    private static func oneWord(_ kind: RPCLayout.Kind, _ word: UInt64) -> [UInt8] {
        let words: [5 of UInt64] = [
            // Frame: one segment of four words. Root: struct right behind, one word and one pointer.
            4 << 32, 0x0001_0001_0000_0000,
            // `Message`: tag, and a struct right behind of one word.
            UInt64(kind.rawValue), 0x0000_0001_0000_0000,
            word,
        ]
        var frame: [UInt8] = []
        frame.reserveCapacity(40)
        for index in words.indices {
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                frame.append(UInt8(truncatingIfNeeded: words[index] >> shift))
            }
        }
        return frame
    }

    /// `Bootstrap`.
    static func bootstrap(question: UInt32) -> [UInt8] {
        let message = OutboundMessage(.bootstrap, RPCLayout.bootstrap)
        message.body.setInteger(question, at: RPCLayout.idAt)
        return message.frame
    }

    /// `Abort`.
    static func abort(_ error: RPCError) -> [UInt8] {
        let message = OutboundMessage(.abort, RPCLayout.exception)
        write(error, to: message.body)
        return message.frame
    }

    /// `Unimplemented`, with the message that was not understood.
    static func unimplemented(_ rejected: Message) -> [UInt8] {
        let builder = MessageBuilder()
        let root = builder.initRoot(RPCLayout.message)
        root.setInteger(RPCLayout.Kind.unimplemented.rawValue, at: 0)
        // Capabilities were not imported, so there is nothing to copy but null; an id per word is more than enough.
        rejected.attach(capabilities: Array(repeating: nil, count: min(rejected.sizeInWords, 1 << 12)))
        // What cannot be copied could not be read either; the peer then gets an empty message back.
        if let pointer = try? rejected.root { try? root.pointer(at: 0).copy(from: pointer) }
        return builder.framedBytes()
    }

    /// `Return` with anything but results.
    static func `return`(
        answer: UInt32, _ tag: RPCLayout.ReturnTag, error: RPCError? = nil, noFinishNeeded: Bool = false
    ) -> [UInt8] {
        let message = OutboundMessage(.return, RPCLayout.return)
        beginReturn(message.body, answer: answer, tag, noFinishNeeded: noFinishNeeded)
        if let error { write(error, to: message.body.pointer(at: 0).initStruct(RPCLayout.exception)) }
        return message.frame
    }

    /// The fields of a `Return` besides its union. Parameter capabilities are released one by one, with `Release`.
    static func beginReturn(_ body: StructBuilder, answer: UInt32, _ tag: RPCLayout.ReturnTag, noFinishNeeded: Bool) {
        body.setInteger(answer, at: RPCLayout.idAt)
        body.setBool(false, at: RPCLayout.releaseCapsBit, default: true)
        body.setInteger(tag.rawValue, at: RPCLayout.returnTagAt)
        if noFinishNeeded { body.setBool(true, at: RPCLayout.noFinishNeededBit) }
    }

    /// `Resolve` to an exception.
    static func resolve(promise: UInt32, error: RPCError) -> [UInt8] {
        let message = OutboundMessage(.resolve, RPCLayout.resolve)
        message.body.setInteger(promise, at: RPCLayout.idAt)
        message.body.setInteger(1 as UInt16, at: RPCLayout.tagAt)
        write(error, to: message.body.pointer(at: 0).initStruct(RPCLayout.exception))
        return message.frame
    }

    /// `Disembargo`, with `senderLoopback` or `receiverLoopback` as its context.
    static func disembargo(_ target: RemoteAddress, loopbackOfReceiver: Bool, id: UInt32) -> [UInt8] {
        let message = OutboundMessage(.disembargo, RPCLayout.disembargo)
        message.body.setInteger(id, at: RPCLayout.idAt)
        message.body.setInteger((loopbackOfReceiver ? 1 : 0) as UInt16, at: RPCLayout.tagAt)
        write(target, to: message.body.pointer(at: 0).initStruct(RPCLayout.messageTarget))
        return message.frame
    }

    /// Fills a `MessageTarget`.
    static func write(_ target: RemoteAddress, to builder: StructBuilder) {
        switch target {
        case .imported(let id):
            builder.setInteger(id, at: RPCLayout.idAt)
        case .answer(let question, let path):
            builder.setInteger(1 as UInt16, at: RPCLayout.tagAt)
            write(question: question, path: path, to: builder.pointer(at: 0).initStruct(RPCLayout.promisedAnswer))
        }
    }

    /// Fills a `PromisedAnswer`.
    static func write(question: UInt32, path: [UInt16], to builder: StructBuilder) {
        builder.setInteger(question, at: RPCLayout.idAt)
        guard !path.isEmpty else { return }
        let operations = builder.pointer(at: 0).initStructList(count: path.count, size: RPCLayout.promisedAnswerOp)
        for (index, field) in path.enumerated() {
            let operation = operations.structBuilder(index)
            operation.setInteger(1 as UInt16, at: RPCLayout.operationTagAt)
            operation.setInteger(field, at: RPCLayout.operationFieldAt)
        }
    }

    /// Fills an `Exception`.
    static func write(_ error: RPCError, to builder: StructBuilder) {
        builder.pointer(at: 0).setText(error.reason)
        builder.setInteger(error.kind.rawValue, at: RPCLayout.exceptionTypeAt)
    }
}

/// Where the peer keeps an object, as `MessageTarget` names it.
enum RemoteAddress: Sendable {
    /// An entry of the peer's export table.
    case imported(UInt32)
    /// A capability in the results of a question.
    case answer(question: UInt32, path: [UInt16])
}
