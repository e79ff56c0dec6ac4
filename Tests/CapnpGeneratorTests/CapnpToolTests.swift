import Capnp
import Foundation
import Testing

/// Messages of generated code against the reference implementation: the `capnp` tool, where it is installed.
@Suite(.enabled(if: CapnpTool.isInstalled, "capnp is not installed"))
struct CapnpToolTests {
    @Test func theToolReadsOurScalars() throws {
        let message = MessageBuilder()
        let scalars = Golden.Scalars.initRoot(of: message)
        scalars.int16 = -2
        scalars.uint64 = .max
        scalars.colorSet = .green
        scalars.boolSet = false
        scalars.float64 = 0.5
        let text = try CapnpTool.decode(message.framedBytes(), as: "Scalars")
        for part in [
            "int16 = -2", "uint64 = 18446744073709551615", "colorSet = green", "boolSet = false", "float64 = 0.5",
        ] {
            #expect(text.contains(part))
        }
        #expect(text.contains("int8Set = -5") && text.contains("uint16Set = 65000") && text.contains("infinite = -inf"))
    }

    @Test func theToolReadsOurPointersAndLists() throws {
        let message = MessageBuilder()
        let lists = Golden.Lists.initRoot(of: message)
        lists.initBools(count: 3).assign([true, false, true])
        lists.initTexts(count: 2).assign(["a", "b"])
        lists.initColors(count: 1).assign([.self_])
        lists.initPoints(count: 1)[0].y = -9
        lists.initMatrix(count: 2).initList(at: 1, count: 2).assign([4, 5])
        #expect(
            try CapnpTool.decode(message.framedBytes(), as: "Lists")
                == #"( bools = [true, false, true], texts = ["a", "b"], colors = [self], points = [(x = 0, y = -9)], matrix = [[], [4, 5]] )"#
        )
    }

    @Test func theToolReadsOurUnions() throws {
        let message = MessageBuilder()
        let shape = Golden.Shape.initRoot(of: message)
        shape.setName("s")
        let rectangle = shape.initRectangle()
        rectangle.width = 3
        rectangle.setTitle("t")
        shape.place.initAt().x = 1
        #expect(
            try CapnpTool.decode(message.framedBytes(), as: "Shape")
                == #"( name = "s", rectangle = (width = 3, height = 0, title = "t"), place = (at = (x = 1, y = 0)), style = (thick = false, shade = 7) )"#
        )
    }

    @Test func weReadWhatTheToolWrites() throws {
        let shape = try Golden.Shape.read(
            CapnpTool.encode(#"(name = "n", tint = blue, place = (at = (x = -1)), style = (shade = 9))"#, as: "Shape"))
        #expect(try shape.name() == "n" && shape.which == .tint && shape.tint == .blue)
        #expect(try shape.place.which == .at && shape.place.at().x == -1 && shape.style.shade == 9)

        let lists = try Golden.Lists.read(
            CapnpTool.encode(
                #"(voids = [void, void], bools = [false, true], float32s = [1.5], datas = ["xy"], books = [[["a"], []]])"#,
                as: "Lists"))
        #expect(try lists.voids().count == 2 && lists.bools().array() == [false, true])
        #expect(try lists.float32s().array() == [1.5] && lists.datas().array() == [[0x78, 0x79]])
        #expect(try lists.books()[0][0].array() == ["a"] && lists.books()[0][1].isEmpty)

        let scalars = try Golden.Scalars.read(
            CapnpTool.encode("(int8 = -128, uint32Set = 1, float64Set = 2, notANumber = 3)", as: "Scalars"))
        #expect(scalars.int8 == -128 && scalars.uint32Set == 1 && scalars.float64Set == 2 && scalars.notANumber == 3)
        #expect(scalars.int64Set == -9_000_000_000_000_000_000)
    }

    @Test func ourBytesAreTheToolsBytes() throws {
        let message = MessageBuilder()
        let point = Golden.Point.initRoot(of: message)
        point.x = 258
        point.y = -1
        #expect(try message.framedBytes() == CapnpTool.encodeBytes("(x = 258, y = -1)", as: "Point"))
    }
}

/// Runs `capnp` on `everything.capnp`.
private enum CapnpTool {
    private static let candidates = ["/usr/bin/capnp", "/usr/local/bin/capnp", "/opt/homebrew/bin/capnp"]
    private static let path = candidates.first { FileManager.default.isExecutableFile(atPath: $0) }

    static var isInstalled: Bool { path != nil }

    static func decode(_ bytes: [UInt8], as type: String) throws -> String {
        let text = String(decoding: try run("decode", type, input: bytes), as: UTF8.self)
        return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    static func encode(_ text: String, as type: String) throws -> Message {
        try Message(framed: encodeBytes(text, as: type))
    }

    static func encodeBytes(_ text: String, as type: String) throws -> [UInt8] {
        try run("encode", type, input: Array(text.utf8))
    }

    private static func run(_ command: String, _ type: String, input: [UInt8]) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path ?? "")
        let schemas = TestFiles.package.appendingPathComponent("Sources/CapnpGenerator/Schemas").path
        process.arguments = [command, "-I\(schemas)", TestFiles.path("Schemas/everything.capnp"), type]
        let stdin = Pipe()
        let stdout = Pipe()
        process.standardInput = stdin
        process.standardOutput = stdout
        try process.run()
        // Small enough for the pipe's buffer, so nothing can block.
        stdin.fileHandleForWriting.write(Data(input))
        try stdin.fileHandleForWriting.close()
        let output = try stdout.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return [UInt8](output)
    }
}
