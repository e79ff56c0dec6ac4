import BitcoinCommon
import BitcoinRPC
import Foundation
import IPC
import IPCTools

extension IpcRun {
    /// Says a recorded dialogue again and prints what is different.
    func replay() async throws -> Int32 {
        guard words.count == 2 else { throw OptionError("replay takes an address and a file") }
        guard let data = FileManager.default.contents(atPath: words[1]) else {
            throw OptionError("cannot read \(words[1])")
        }
        let dialogue = try Dialogue(lines: String(decoding: data, as: UTF8.self))
        let replay = DialogueReplay(timeout: try timeout() ?? .seconds(10), ignored: arguments.strings("ignore"))
        var total = DialogueReplay.Outcome()
        for turns in dialogue.connections {
            let outcome = try await replay.run(turns, over: try await connect(words[0]))
            total.compared += outcome.compared
            total.same += outcome.same
            total.skipped += outcome.skipped
            total.differences += outcome.differences
        }
        show(total)
        return total.differences.isEmpty && total.compared > 0
            ? IpcProgram.ExitCode.success : IpcProgram.ExitCode.negative
    }

    private func show(_ outcome: DialogueReplay.Outcome) {
        let isJSON = arguments.boolean("json") ?? false
        for difference in outcome.differences {
            if isJSON {
                let line: JSONValue = .object([
                    "place": .string(difference.place), "recorded": .string(difference.recorded),
                    "now": .string(difference.now),
                ])
                print(line.write())
            } else {
                print("\(difference.place)\n  recorded  \(difference.recorded)\n  now       \(difference.now)")
            }
        }
        if isJSON {
            let line: JSONValue = .object([
                "compared": .int(outcome.compared), "same": .int(outcome.same), "skipped": .int(outcome.skipped),
                "differences": .int(outcome.differences.count),
            ])
            print(line.write())
        } else {
            let skipped = outcome.skipped == 0 ? "" : ", \(outcome.skipped) of unknown methods not compared"
            print("\(outcome.same) of \(outcome.compared) answers are the same\(skipped)")
        }
    }
}
