import Capnp

/// What waits to be sent: frames, and in the end the wish to close.
///
/// Small frames are laid into one array, one after the other, if the transport takes that: most of what one event
/// causes is small, and is then sent with one call.
struct Outbox: Sendable {
    /// What comes before `batch`.
    private var items: [OutboundItem] = []
    /// Small frames.
    private var batch: [UInt8] = []
    /// Whether frames may be put together.
    let makesBatches: Bool

    /// Frames that are longer go alone: copying them would cost more than sending them does.
    private static let smallFrameBytes = 1 << 14
    /// With as much a peer that waits has enough to begin with.
    private static let shortBytes = 1 << 9
    /// A longer batch is not added to.
    private static let batchBytes = 1 << 16

    init(makesBatches: Bool) {
        self.makesBatches = makesBatches
    }

    /// Whether there is so little that more may be waited for.
    var isShort: Bool { items.isEmpty && batch.count < Self.shortBytes }

    var isEmpty: Bool { items.isEmpty && batch.isEmpty }

    /// Adds a framed message.
    mutating func append(_ frame: [UInt8]) {
        guard makesBatches, frame.count <= Self.smallFrameBytes else {
            endBatch()
            items.append(.frame(frame))
            return
        }
        batch += frame
        if batch.count > Self.batchBytes { endBatch() }
    }

    /// Adds a message.
    mutating func append(_ message: MessageBuilder) {
        guard makesBatches, message.sizeInWords <= Self.smallFrameBytes / 8 else {
            endBatch()
            items.append(.message(FinishedMessage(message)))
            return
        }
        message.appendFrame(to: &batch)
        if batch.count > Self.batchBytes { endBatch() }
    }

    /// Adds the end.
    mutating func appendClose() {
        endBatch()
        items.append(.close)
    }

    /// Takes what is there: the items first, then the batch, which may be empty.
    mutating func take(leaving spare: inout [UInt8]) -> (items: [OutboundItem], batch: [UInt8]) {
        let taken = (items, batch)
        items = []
        batch = []
        swap(&batch, &spare)
        return taken
    }

    /// Keeps memory for the next batch.
    mutating func reuse(_ spare: inout [UInt8]) {
        if batch.capacity == 0 { swap(&batch, &spare) }
    }

    private mutating func endBatch() {
        guard !batch.isEmpty else { return }
        items.append(.frame(batch))
        batch = []
    }
}

/// Bytes to send, or the end of sending.
enum OutboundItem: Sendable {
    case frame([UInt8])
    case message(FinishedMessage)
    case close
}

/// A message that is only read any more, so that a large one need not be copied to be sent.
///
/// `@unchecked Sendable`: whoever has built the message has handed it over, as `Client.call` and `Server.dispatch` ask
/// for, and one thread at a time sends. Both steps pass the connection's lock.
struct FinishedMessage: @unchecked Sendable {
    let builder: MessageBuilder

    init(_ builder: MessageBuilder) {
        self.builder = builder
    }
}
