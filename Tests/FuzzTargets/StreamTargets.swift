import Capnp

/// The packed encoding.
enum PackedTarget {
    static func run(_ bytes: [UInt8]) {
        guard let unpacked = try? PackedEncoding.unpack(bytes, maxWords: 1 << 13) else { return }
        let packed = PackedEncoding.pack(unpacked)
        precondition((try? PackedEncoding.unpack(packed)) == unpacked, "packing has lost something")
    }
}

/// Streams of messages.
enum FramingTarget {
    static func run(_ bytes: [UInt8]) {
        guard let first = bytes.first else { return }
        let stream = bytes.dropFirst()
        let limits = ReaderLimits(traversalLimitInWords: 1 << 14, maxSegments: 16)
        let whole = sizes(of: stream, pieces: stream.count, limits)
        let pieces = sizes(of: stream, pieces: Int(first) + 1, limits)
        precondition(whole == pieces, "the same stream in other pieces holds other messages")
    }

    /// The sizes of the messages, -1 for an error.
    private static func sizes(of stream: ArraySlice<UInt8>, pieces: Int, _ limits: ReaderLimits) -> [Int] {
        var decoder = FrameDecoder(limits: limits)
        var sizes: [Int] = []
        var rest = stream
        while !rest.isEmpty {
            decoder.push(rest.prefix(pieces))
            rest = rest.dropFirst(pieces)
            do {
                while let message = try decoder.next() {
                    sizes.append(message.sizeInWords)
                    _ = try? message.root.kind()
                }
            } catch {
                return sizes + [-1]
            }
        }
        return sizes
    }
}
