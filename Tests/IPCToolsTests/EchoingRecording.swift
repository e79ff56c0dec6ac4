import Capnp
import IPC
import Synchronization

@testable import IPCTools

/// Plays the server of a recording, with other numbers for its objects: answers come when the client has said its part.
final class EchoingRecording: IpcChannelReceiver {
    let channel = Mutex<(any IpcChannel)?>(nil)
    /// What the client said otherwise than in the recording, numbers aside.
    let unexpected = Mutex<[String]>([])
    private let state: Mutex<(decoder: FrameDecoder, position: Int)>
    private let turns: [Dialogue.Turn]
    private let shift: UInt32

    init(_ turns: [Dialogue.Turn], shift: UInt32) {
        self.turns = turns
        self.shift = shift
        state = Mutex((FrameDecoder(), 0))
    }

    func receive(_ bytes: RawSpan) {
        state.withLock { state in
            state.decoder.push(bytes)
            while let message = try? state.decoder.next() {
                check(message, turns[state.position].message)
                state.position += 1
                while state.position < turns.count, turns[state.position].sender == .server {
                    let frame = shifted(turns[state.position].message)
                    channel.withLock { $0?.send(frame) }
                    state.position += 1
                }
            }
        }
    }

    func closed(_ reason: IPCError?) {}

    /// The recorded message with the numbers of the server's objects raised.
    private func shifted(_ message: Message) -> [UInt8] {
        guard case .answer(let answer) = try? WireMessage(message), case .results(let payload) = answer.outcome,
            let body = try? message.root.structReader().pointer(at: 0).structReader(),
            let table = try? body.pointer(at: 0).structReader().pointer(at: 1).list(.inlineComposite)
        else { return message.framedBytes }
        var patches: [FramePatch] = []
        for (index, capability) in payload.capabilities.enumerated() {
            guard case .sender(let id) = capability else { continue }
            let start = table.structReader(index).frameRange.lowerBound + WireLayout.capabilityID
            let bytes = (0..<4).map { UInt8(truncatingIfNeeded: (id + shift) >> ($0 * 8)) }
            patches.append(FramePatch(start: start, bytes: bytes))
        }
        return patches.applied(to: message.framedBytes)
    }

    private func check(_ said: Message, _ recorded: Message) {
        guard let said = try? WireMessage(said), let recorded = try? WireMessage(recorded) else { return }
        switch (said, recorded) {
        case (.call(let new), .call(let old)):
            if case .export(let old) = old.target, new.target != .export(old + shift) { note("call on \(new.target)") }
            for (old, new) in zip(old.params.capabilities, new.params.capabilities) {
                if case .receiver(let id) = old, new != .receiver(id + shift) { note("capability \(new)") }
            }
        case (.release(let new, _), .release(let old, _)):
            if new != old + shift { note("release of \(new)") }
        default: break
        }
    }

    private func note(_ text: String) { unexpected.withLock { $0.append(text) } }
}
