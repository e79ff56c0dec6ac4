package import IPC

// The application's side of `workshop.capnp`, written by hand: what the generated proxies conform to and convert.

package protocol Workshop: Sendable {
    func add(a: Int32, b: Int32) async throws -> Int32
    func divide(dividend: Int64, divisor: Int64) async throws -> (quotient: Int64, remainder: Int64)
    func count(value: Int) async throws -> Int
    func mood(mood: Mood, name: Nickname) async throws -> Mood
    func span(milliseconds: Duration) async throws -> Duration
    func color(color: Golden.Color) async throws -> Golden.Color
    func half(value: Int32?) async throws -> Int32?
    func find(name: String?) async throws -> (result: Tool?, details: String?)
    func reverse(tools: [Tool]) async throws -> [Tool]
    func merge(prices: [String: Int64], names: Set<String>) async throws -> [(String, Int64)]
    func matrix(rows: [[Int32]]) async throws -> [[Int32]]
    func stamps(stamps: [Stamp?]) async throws -> [Stamp?]
    func nested(tools: [[Tool]]) async throws -> [[Stamp]]
    func repair(tool: Tool) async throws -> Tool
    func fail(text: String) async throws
    func makeBell() async throws -> any Bell
    func passBell(bell: any Bell) async throws -> any Bell
    func spareBell(bell: (any Bell)?) async throws -> (any Bell)?
    func apply(
        callback: @escaping @Sendable (Int32, String) async throws -> Int32, value: Int32
    ) async throws -> Int32
    func transform(factor: Int32) async throws -> @Sendable (Int32, String) async throws -> Int32
    func maybeApply(callback: (@Sendable (Int32, String) async throws -> Int32)?) async throws -> Bool
    func params(
        params: Int32, results: Int32, call: Int32, self_: Int32, in: Int32
    ) async throws -> (output: Int32, object: Int32)
    func log(entry: String) async throws
    func wait() async throws
}

package protocol Bell: Sendable {
    func ring(times: Int32) async throws -> String
}

package protocol AlarmClock: Bell {
    func set(hour: UInt8) async throws
    func pair(clock: any AlarmClock) async throws -> any Bell
}

package protocol Meter: Sendable {
    func read(last: Reading) async throws -> Reading
}

package struct Tool: Sendable, Equatable {
    var name: String
    var weight: Double
    var size: Int32?
    var parts: [Tool]
    var stamp: Stamp?
    var prices: [String: Int64]
    var tags: Set<String>
    var raw: [UInt8]
    var best: (String, Int64)?

    package static func == (left: Tool, right: Tool) -> Bool {
        left.name == right.name && left.weight == right.weight && left.size == right.size && left.parts == right.parts
            && left.stamp == right.stamp && left.prices == right.prices && left.tags == right.tags
            && left.raw == right.raw && left.best?.0 == right.best?.0 && left.best?.1 == right.best?.1
    }
}

package struct Breakage: Error, Equatable {
    var part: String
}

package enum Mood: Int, Sendable {
    case calm = 0
    case cross = -3
}

package struct Nickname: RawRepresentable, Sendable {
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }
}

package struct Stamp: Sendable, Hashable, CapnpDataConvertible {
    let number: UInt8

    init(_ number: UInt8) {
        self.number = number
    }

    package init(capnpData: [UInt8]) throws {
        guard capnpData.count == 1 else { throw RemoteException("a stamp is one byte") }
        number = capnpData[0]
    }

    package var capnpData: [UInt8] { [number] }
}

extension Duration: CapnpScalarConvertible {
    package init(capnpScalar: Double) {
        self = .milliseconds(capnpScalar)
    }

    package var capnpScalar: Double { self / .milliseconds(1) }
}

package enum Reading: Sendable, Equatable {
    case number(Int64)
    case text(String)
}

extension Reading {
    package init(_ reader: Golden.Reading.Reader, imports: ImportContext) throws {
        switch reader.which {
        case .number: self = .number(reader.number)
        case .text: self = .text(try reader.text())
        case nil: throw RemoteException("unknown reading")
        }
    }

    package func write(to builder: Golden.Reading.Builder, exports: ExportContext) throws {
        switch self {
        case .number(let number): builder.number = number
        case .text(let text): builder.setText(text)
        }
    }
}
