import Foundation
import TerminalUI
import Testing

/// Screens compared with recorded ones, characters and styles. To record them anew set `RECORD_SCREENS=1` and read
/// the difference.
struct GoldenTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Screens")

    private func compare(_ text: String, _ name: String) throws {
        let file = Self.folder.appendingPathComponent(name + ".txt")
        if ProcessInfo.processInfo.environment["RECORD_SCREENS"] != nil {
            try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
            return
        }
        let expected = try String(contentsOf: file, encoding: .utf8)
        #expect(text == expected, "\(name) differs from its record")
    }

    private func record(_ scene: Scene, _ size: Size, _ frames: Capabilities.Frames, withStyles: Bool) throws {
        let stage = scene.stage(size)
        let grid = stage.picture(frames: frames).grid
        var text = grid.lines.joined(separator: "\n") + "\n"
        if withStyles { text += "---- styles\n" + grid.styleLines.joined(separator: "\n") + "\n" }
        try compare(text, "\(scene.rawValue)-\(size.columns)x\(size.rows)-\(frames == .ascii ? "ascii" : "unicode")")
    }

    @Test(arguments: Scene.allCases) func screensAt80By24(_ scene: Scene) throws {
        try record(scene, .minimum, .unicode, withStyles: true)
        try record(scene, .minimum, .ascii, withStyles: false)
    }

    @Test(arguments: Scene.allCases.filter(\.isScreen)) func screensAt200By60(_ scene: Scene) throws {
        try record(scene, Size(columns: 200, rows: 60), .unicode, withStyles: false)
        try record(scene, Size(columns: 200, rows: 60), .ascii, withStyles: false)
    }

    @Test(arguments: [Scene.transactions, .blocks, .wallets]) func screensAt120By40(_ scene: Scene) throws {
        try record(scene, Size(columns: 120, rows: 40), .unicode, withStyles: false)
    }

    @Test func everyKeyIsRecorded() throws {
        let lines = KeyTable.bindings.map { binding in
            let keys = binding.keys.map { "\($0)" }.joined(separator: " ")
            let contexts = Context.allCases.filter { binding.contexts.contains($0) }.map { "\($0)" }
            return "\(keys) | \(binding.command) | \(contexts.joined(separator: " ")) | \(binding.help)"
        }
        try compare(lines.joined(separator: "\n") + "\n", "keys")
    }
}
