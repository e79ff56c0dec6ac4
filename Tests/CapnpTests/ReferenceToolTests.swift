import Capnp
import Foundation
import Testing

/// Messages go to the reference implementation's `capnp` tool and come back.
///
/// Skipped, with a note, where the tool is not installed.
@Suite(.serialized)
struct ReferenceToolTests {
    static let tool = ["/usr/bin/capnp", "/usr/local/bin/capnp", "/opt/homebrew/bin/capnp"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    static func isInstalled() -> Bool {
        if tool == nil { print("note: skipped, the capnp tool is not installed") }
        return tool != nil
    }

    @Test(.enabled(if: isInstalled()), .timeLimit(.minutes(5)), arguments: [1, 2, 3, 9, 30, 1024])
    func theToolReadsWhatWeBuild(firstSegmentWords: Int) throws {
        let expected = try convert(Data(SampleMessage.value.utf8), ["encode"]).then { try convert($0, ["decode"]) }
        let frame = SampleMessage.build(firstSegmentWords: firstSegmentWords).framedBytes()
        #expect(try convert(Data(frame), ["decode"]) == expected)
        #expect(try convert(Data(PackedEncoding.pack(frame)), ["decode", "--packed"]) == expected)
    }

    @Test(.enabled(if: isInstalled()), .timeLimit(.minutes(5)), arguments: [1, 2, 5, 20, 60])
    func weReadWhatTheToolBuilds(segmentSize: Int) throws {
        let value = Data(SampleMessage.value.utf8)
        let frame = try convert(value, ["encode", "--segment-size=\(segmentSize)"])
        try SampleMessage.check(Message(framed: Array(frame)).root.structReader())
        let packed = try convert(value, ["encode", "--segment-size=\(segmentSize)", "--packed"])
        #expect(try PackedEncoding.unpack(Array(packed)) == Array(frame))
        #expect(PackedEncoding.pack(Array(frame)) == Array(packed))
    }

    @Test(.enabled(if: isInstalled()), .timeLimit(.minutes(5)))
    func theToolReadsGrownStructs() throws {
        // The same value, its structs grown from smaller ones: moved pointers, double far pointers.
        for words in [1, 3, 12, 40] {
            let message = MessageBuilder(firstSegmentWords: words)
            let small = message.initRoot(StructSize(dataWords: 1, pointers: 3))
            small.pointer(at: 0).setText("text")
            small.pointer(at: 1).setData([1])
            small.pointer(at: 2).initStruct(SampleMessage.innerSize).setInteger(6 as UInt8, at: 8)
            message.root.getOrInitStruct(SampleMessage.size).pointer(at: 13).setText("grown")
            message.root.getOrInitStruct(SampleMessage.size).setInteger(2 as UInt16, at: 22)
            let text = String(decoding: try convert(Data(message.framedBytes()), ["decode", "--short"]), as: UTF8.self)
            #expect(text.contains(#"text = "text", data = "\001", inner = (id = 0, small = 6)"#))
            #expect(text.contains(#"label = "grown""#))
        }
    }

    private func convert(_ input: Data, _ arguments: [String]) throws -> Data {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("capnp-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let schema = folder.appendingPathComponent("sample.capnp")
        let source = folder.appendingPathComponent("input")
        try Data(SampleMessage.schema.utf8).write(to: schema)
        try input.write(to: source)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(Self.tool))
        process.arguments = arguments + [schema.path, "Sample"]
        process.standardInput = try FileHandle(forReadingFrom: source)
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return data
    }
}

extension Data {
    fileprivate func then(_ body: (Data) throws -> Data) rethrows -> Data { try body(self) }
}
