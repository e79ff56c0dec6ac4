/// A range of a frame, and what to put there.
struct FramePatch: Equatable {
    /// The first byte, counted from the beginning of the frame.
    var start: Int
    /// What to put there.
    var bytes: [UInt8]
}

extension [FramePatch] {
    /// A frame with the patches put in; those that do not fit are left out.
    func applied(to frame: [UInt8]) -> [UInt8] {
        var frame = frame
        for patch in self where patch.start >= 0 && patch.start + patch.bytes.count <= frame.count {
            frame.replaceSubrange(patch.start..<patch.start + patch.bytes.count, with: patch.bytes)
        }
        return frame
    }
}
