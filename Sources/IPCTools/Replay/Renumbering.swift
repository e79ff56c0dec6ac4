import Capnp

/// What the numbers of the server in a recording are in a new conversation. The client's own stay what they were.
struct Renumbering {
    /// Exports of the server.
    var exports: [UInt32: UInt32] = [:]
    /// Questions of the server.
    var questions: [UInt32: UInt32] = [:]

    /// A recorded message of the client with the server's new numbers in it.
    ///
    /// - Returns: nil for a message that names something the server has not given out again.
    func applied(to message: Message, _ wire: WireMessage) -> [UInt8]? {
        let frame = message.framedBytes
        guard let root = try? message.root.structReader(), let body = try? root.pointer(at: 0).structReader() else {
            return frame
        }
        var patches: [FramePatch] = []
        let isPossible: Bool
        switch wire {
        case .call(let call):
            isPossible =
                patch(call.target, try? body.pointer(at: WireLayout.callTarget).structReader(), &patches)
                && patch(call.params, try? body.pointer(at: WireLayout.callParams).structReader(), &patches)
        case .answer(let answer):
            var isKnown = patch(answer.question, questions, body, WireLayout.id, &patches)
            if case .results(let payload) = answer.outcome {
                isKnown = isKnown && patch(payload, try? body.pointer(at: 0).structReader(), &patches)
            }
            isPossible = isKnown
        case .release(let id, _): isPossible = patch(id, exports, body, WireLayout.id, &patches)
        case .resolve(_, .capability(let capability)):
            isPossible = patch(capability, try? body.pointer(at: 0).structReader(), &patches)
        case .disembargo(let target, _, _):
            isPossible = patch(target, try? body.pointer(at: 0).structReader(), &patches)
        default: isPossible = true
        }
        return isPossible ? patches.applied(to: frame) : nil
    }

    private func patch(_ target: WireTarget, _ reader: StructReader?, _ patches: inout [FramePatch]) -> Bool {
        guard case .export(let id) = target else { return true }
        return patch(id, exports, reader, WireLayout.id, &patches)
    }

    private func patch(_ payload: WirePayload, _ reader: StructReader?, _ patches: inout [FramePatch]) -> Bool {
        guard let table = try? reader?.pointer(at: WireLayout.payloadTable).list(.inlineComposite) else { return true }
        for (index, capability) in payload.capabilities.enumerated() {
            guard patch(capability, table.structReader(index), &patches) else { return false }
        }
        return true
    }

    private func patch(_ capability: WireCapability, _ reader: StructReader?, _ patches: inout [FramePatch]) -> Bool {
        guard case .receiver(let id) = capability else { return true }
        return patch(id, exports, reader, WireLayout.capabilityID, &patches)
    }

    private func patch(
        _ id: UInt32, _ map: [UInt32: UInt32], _ reader: StructReader?, _ offset: Int, _ patches: inout [FramePatch]
    ) -> Bool {
        guard let new = map[id], let reader else { return false }
        if new == id { return true }
        // A field of zeros may have been left out by the sender.
        guard offset + 4 <= reader.frameRange.count else { return false }
        let bytes = (0..<4).map { UInt8(truncatingIfNeeded: new >> ($0 * 8)) }
        patches.append(FramePatch(start: reader.frameRange.lowerBound + offset, bytes: bytes))
        return true
    }
}
