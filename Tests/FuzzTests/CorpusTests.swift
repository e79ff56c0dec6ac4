import Foundation
import FuzzTargets
import TestData
import Testing

/// Inputs that fuzzing has kept, and some that it needs no fuzzer for.
struct CorpusTests {
    @Test(.timeLimit(.minutes(5)), arguments: FuzzTarget.allCases)
    func keptInputsAreHarmless(target: FuzzTarget) throws {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let folder = tests.appendingPathComponent("FuzzTargets/Corpora/\(target.rawValue)")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        #expect(!files.isEmpty)
        for file in files { target.run([UInt8](try Data(contentsOf: file))) }
    }

    /// A little of what the fuzzer does, without it. `FUZZ_ROUNDS` says how often each input is damaged.
    @Test(
        .timeLimit(.minutes(10)),
        arguments: [FuzzTarget.transaction, .block, .script, .undo, .coin, .record, .index, .database, .file])
    func damagedInputsAreHarmless(target: FuzzTarget) throws {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let folder = tests.appendingPathComponent("FuzzTargets/Corpora/\(target.rawValue)")
        let rounds = ProcessInfo.processInfo.environment["FUZZ_ROUNDS"].flatMap { Int($0) } ?? 5
        let names = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        let files = try names.sorted { $0.path < $1.path }.map { [UInt8](try Data(contentsOf: $0)) }
        var random = SeededGenerator(seed: 1)
        for _ in 0..<rounds {
            for file in files where !file.isEmpty {
                var bytes = file
                for _ in 0...random.number(0..<4) where !bytes.isEmpty {
                    let position = random.number(0..<bytes.count)
                    switch random.number(0..<6) {
                    case 0, 1: bytes[position] ^= 1 << UInt8(random.number(0..<8))
                    case 2: bytes[position] = [0, 1, 0x7f, 0x80, 0xfd, 0xfe, 0xff][random.number(0..<7)]
                    case 3: bytes.remove(at: position)
                    case 4: bytes.insert(random.byte(), at: position)
                    default:
                        let other = files[random.number(0..<files.count)]
                        bytes.replaceSubrange(position..., with: other.suffix(random.number(0..<other.count + 1)))
                    }
                }
                target.run(bytes)
            }
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: FuzzTarget.allCases)
    func shortInputsAreHarmless(target: FuzzTarget) {
        target.run([])
        for byte in UInt8.min...UInt8.max {
            target.run([byte])
            target.run([UInt8](repeating: byte, count: 65))
        }
    }
}
