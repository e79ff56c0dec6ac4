import Foundation
import Testing

extension ProgramTests {
    /// `bitcoin-bench`, as far as it does not depend on the machine.
    struct BenchTests {
        @Test(arguments: [
            ("apart", "each end on a processor of its own"), ("together", "both ends on one processor"),
            ("any", "placed by the kernel"),
        ])
        func `every line is printed with its figures, its target and a mark`(
            placement: String, text: String
        ) async throws {
            let arguments = ["-quick", "-rounds=1", "-placement=\(placement)", "ipc"]
            let output = try await Program.bench.run(arguments, seconds: 120)
            // A machine may have one processor only.
            if placement == "apart", output.errors.contains("only one processor") { return }
            #expect(output.text.contains(text + "."))
            #expect(output.status == 0)
            #expect(output.errors == "")
            for name in [
                "echo, connection's own executor", "echo, any other task", "echo, 8 callers, per call",
                "echo, 8 other tasks, per call", "echo, pipelined, per call", "1 MB echo", "set-up to first answer",
                "wallet window of 100 transactions", "block to the last of 16 clients",
            ] {
                let line = output.text.split(separator: "\n").first { $0.hasPrefix(name) }
                let figures = line?.dropFirst(name.count).split(separator: " ") ?? []
                // Ours, raw, ratio, its spread, the target in two words, the mark.
                #expect(figures.count == 7, "\(name): \(line ?? "no line")")
                #expect(figures.prefix(3).allSatisfy { Double($0).map { $0 > 0 } ?? false }, "\(name)")
                #expect(["pass", "FAIL"].contains(figures.last), "\(name)")
            }
            #expect(output.text.contains("\nNoise: the small ping-pong took "))
        }

        @Test func `script checks are printed beside bare signatures`() async throws {
            let output = try await Program.bench.run(["-quick", "-rounds=1", "script"], seconds: 120)
            #expect(output.status == 0)
            #expect(output.errors == "")
            for name in ["ECDSA, P2WPKH, 2 inputs", "ECDSA, P2PKH, 1 input", "Schnorr, P2TR key path, 50 inputs"] {
                let line = output.text.split(separator: "\n").first { $0.hasPrefix(name + " ") }
                let figures = line?.dropFirst(name.count).split(separator: " ") ?? []
                // Checks, raw, share, its spread, the target in two words, the mark.
                #expect(figures.count == 7, "\(name): \(line ?? "no line")")
                #expect(figures.prefix(3).allSatisfy { Double($0).map { $0 > 0 } ?? false }, "\(name)")
            }
        }

        @Test func `a chain is made and connected, with or without Core beside it`() async throws {
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("bench-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: folder) }
            let output = try await Program.bench.run(
                ["-quick", "-rounds=1", "-cache=" + folder.path, "-dbcache=50", "-par=2", "chain"], seconds: 240)
            #expect(output.status == 0)
            #expect(output.errors == "")
            for name in ["reindex-chainstate, 161 inputs, s", "  peak memory, MiB", "start, 200 blocks, ms"] {
                let line = output.text.split(separator: "\n").first { $0.hasPrefix(name) }
                let figures = line?.dropFirst(name.count).split(separator: " ") ?? []
                // Ours, nothing of Core's, no ratio.
                #expect(figures.first.flatMap { Double($0) }.map { $0 > 0 } ?? false, "\(name): \(line ?? "no line")")
                #expect(figures.dropFirst().first == "-", "\(name)")
            }
            let again = try await Program.bench.run(["-quick", "parse"])
            #expect(again.status == 1)
            #expect(again.errors == "Error: -block=<file> with a serialised block is needed\n")
        }

        @Test func `wrong arguments are named`() async throws {
            #expect(try await Program.bench.run([]).status == 1)
            let command = try await Program.bench.run(["nonsense"])
            #expect(command.status == 1)
            #expect(command.errors == "Error: Unknown command: nonsense\n")
            let option = try await Program.bench.run(["-rounds=0", "ipc"])
            #expect(option.status == 1)
            #expect(option.errors == "Error: -rounds takes a number from 1 to 100000\n")
            let placement = try await Program.bench.run(["-placement=nowhere", "ipc"])
            #expect(placement.status == 1)
            #expect(placement.errors == "Error: -placement takes apart, together, any\n")
            #expect(
                try await Program.bench.run(["--help"]).text.hasPrefix("Usage: bitcoin-bench [options] <command>\n"))
        }
    }
}
