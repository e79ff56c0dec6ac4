import Foundation
import FuzzTargets
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

    @Test(.timeLimit(.minutes(5)), arguments: FuzzTarget.allCases)
    func shortInputsAreHarmless(target: FuzzTarget) {
        target.run([])
        for byte in UInt8.min...UInt8.max {
            target.run([byte])
            target.run([UInt8](repeating: byte, count: 65))
        }
    }
}
