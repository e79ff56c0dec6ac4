/// Cuts a byte stream into messages.
///
/// Push what arrives, then take messages until there is none. A header that announces too much is refused as soon as it
/// is complete, so no more is ever kept than one message within the limits and what the caller pushed after it.
public struct FrameDecoder: Sendable {
    /// The limits of each message; `traversalLimitInWords` also bounds its length.
    public let limits: ReaderLimits

    @usableFromInline var buffer: [UInt8] = []
    /// The first byte of `buffer` that is not part of a message taken.
    @usableFromInline var start = 0

    /// A decoder at the beginning of a stream.
    public init(limits: ReaderLimits = ReaderLimits()) {
        self.limits = limits
    }

    /// The bytes pushed that are not yet part of a message taken. Not 0 at the end of a stream: it was cut off.
    @inlinable
    public var pendingBytes: Int { buffer.count - start }

    /// Adds bytes that have arrived.
    @inlinable
    public mutating func push(_ bytes: some Sequence<UInt8>) {
        prepare()
        buffer.append(contentsOf: bytes)
    }

    /// Adds bytes that have arrived.
    public mutating func push(_ bytes: RawSpan) {
        prepare()
        unsafe bytes.withUnsafeBytes { unsafe buffer.append(contentsOf: $0) }
    }

    @usableFromInline
    mutating func prepare() {
        guard start > 0, start == buffer.count else { return }
        // Room for one large message is not kept for all the small ones after it.
        buffer.removeAll(keepingCapacity: buffer.capacity <= 1 << 16)
        start = 0
    }

    /// Room that is made at once for a message that has only been announced.
    private static let reservationLimit = 1 << 21

    /// Takes the next message; `nil` when more bytes are needed.
    ///
    /// - Throws: `tooManySegments`, `messageTooLarge`. The stream cannot be read on after that.
    public mutating func next() throws(CapnpError) -> Message? {
        // Most calls come for a large message of which another piece has arrived, or after the last message.
        guard let header = try FrameHeader.parse(buffer, from: start, limits: limits) else { return nil }
        guard pendingBytes >= header.frameBytes else {
            if start == 0 { buffer.reserveCapacity(min(header.frameBytes, Self.reservationLimit)) }
            return nil
        }
        let frame: [UInt8]
        if start == 0, buffer.count == header.frameBytes {
            // The usual case of one message in one push: the message takes the buffer over as it is.
            frame = buffer
            buffer = []
        } else {
            frame = Array(buffer[start..<(start + header.frameBytes)])
            start += header.frameBytes
            if start > 1 << 16 {
                buffer.removeFirst(start)
                start = 0
            }
        }
        return Message(bytes: frame, header: header, limits: limits)
    }
}

extension Message {
    /// The one message that `bytes` hold in stream framing.
    ///
    /// - Throws: `truncated`, `trailingBytes`, `tooManySegments`, `messageTooLarge`.
    public convenience init(framed bytes: [UInt8], limits: ReaderLimits = ReaderLimits()) throws(CapnpError) {
        guard let header = try FrameHeader.parse(bytes, from: 0, limits: limits), bytes.count >= header.frameBytes
        else { throw .truncated }
        guard bytes.count == header.frameBytes else { throw .trailingBytes }
        self.init(bytes: bytes, header: header, limits: limits)
    }
}
