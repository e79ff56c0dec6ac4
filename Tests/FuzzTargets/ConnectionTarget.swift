import Capnp
import CapnpRPC
import Synchronization

/// An RPC connection in both roles: the input is a program of what the peer says and what this side does.
///
/// The first byte chooses the peer: one whose messages the program writes, or a second honest connection whose messages
/// the program delivers, loses, repeats and changes; and whether messages are sent in batches. In the end every table must
/// be empty.
enum ConnectionTarget {
    static func run(_ bytes: [UInt8]) {
        var program = Program(bytes)
        let choice = program.byte()
        if choice & 1 == 0 { converse(&program, choice & 2 != 0) } else { meddle(&program, choice & 2 != 0) }
    }

    /// One connection, and a peer that may say anything.
    private static func converse(_ program: inout Program, _ takesBatches: Bool) {
        let line = Line(takesBatches: takesBatches)
        let connection = Connection(transport: line, bootstrap: Client(FuzzedServer()), limits: limits)
        var side = Side(connection)
        while let operation = program.next() {
            switch operation & 3 {
            case 0: side.act(&program)
            case 1: hear(program.take(Int(program.byte()) * 8), connection)
            case 2: hear(PeerMessage.make(&program), connection)
            default: hear(together: (0...(operation >> 2 & 7)).map { _ in PeerMessage.make(&program) }, connection)
            }
            _ = line.take()
        }
        end(connection)
    }

    /// Two honest connections, and a line between them that is not.
    private static func meddle(_ program: inout Program, _ takesBatches: Bool) {
        let lines = (Line(takesBatches: takesBatches), Line(takesBatches: takesBatches))
        let connections = (
            Connection(transport: lines.0, bootstrap: Client(FuzzedServer()), limits: limits),
            Connection(transport: lines.1, bootstrap: Client(FuzzedServer()), limits: limits)
        )
        var sides = (Side(connections.0), Side(connections.1))
        while let operation = program.next() {
            switch operation & 7 {
            case 0, 1: sides.0.act(&program)
            case 2: sides.1.act(&program)
            case 3: for frame in lines.0.take() { hear(frame, connections.1) }
            case 4: hear(together: lines.0.take(), connections.1)
            case 5: for frame in lines.1.take() { hear(frame, connections.0) }
            case 6: hear(together: lines.1.take(), connections.0)
            default:
                let line = operation & 8 == 0 ? lines.0 : lines.1
                line.change { frames in
                    guard !frames.isEmpty else { return }
                    let index = Int(program.byte()) % frames.count
                    switch program.byte() & 3 {
                    case 0: frames.remove(at: index)
                    case 1: frames.append(frames[index])
                    case 2: frames.swapAt(index, 0)
                    default: frames[index][8 + Int(program.byte()) % (frames[index].count - 8)] ^= program.byte()
                    }
                }
            }
        }
        end(connections.0)
        end(connections.1)
    }

    /// Small ones, so that programs reach them.
    private static let limits = ConnectionLimits(
        answers: 24, imports: 24, exports: 24, capabilitiesPerMessage: 6, callWords: 1 << 10)

    private static func hear(_ frame: [UInt8], _ connection: Connection) {
        do {
            connection.receive(try Message(framed: frame))
        } catch {
            connection.abort("malformed")
        }
    }

    /// As what one read has brought.
    private static func hear(together frames: [[UInt8]], _ connection: Connection) {
        let delivery = Delivery(frames)
        connection.receive(from: delivery)
        if delivery.isMalformed { connection.abort("malformed") }
    }

    private static func end(_ connection: Connection) {
        connection.close()
        precondition(connection.tableSizes == ConnectionTableSizes(), "a closed connection remembers something")
    }
}

/// The input, read from front to back; zeros follow its end.
private struct Program {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    mutating func next() -> UInt8? { rest.popFirst() }
    mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

    mutating func take(_ count: Int) -> [UInt8] {
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }
}

/// Messages that come together.
private final class Delivery: MessageSource {
    private let state: Mutex<(frames: ArraySlice<[UInt8]>, isMalformed: Bool)>

    init(_ frames: [[UInt8]]) { state = Mutex((frames[...], false)) }

    var isMalformed: Bool { state.withLock { $0.isMalformed } }

    func next() -> Message? {
        state.withLock { state in
            guard !state.isMalformed, let frame = state.frames.popFirst() else { return nil }
            let message = try? Message(framed: frame)
            state.isMalformed = message == nil
            return message
        }
    }
}

/// What a connection has sent.
private final class Line: MessageTransport {
    let takesBatches: Bool
    private let frames = Mutex<[[UInt8]]>([])

    init(takesBatches: Bool) { self.takesBatches = takesBatches }

    func send(_ bytes: [UInt8]) {
        frames.withLock { frames in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Self.length(of: rest)
                frames.append(Array(rest.prefix(count)))
                rest = rest.dropFirst(count)
            }
        }
    }

    /// Bytes of the frame that the bytes begin with: a table of its segments' lengths in words, and the segments.
    private static func length(of bytes: ArraySlice<UInt8>) -> Int {
        func number(_ index: Int) -> Int {
            (0..<4).reduce(0) { $0 | Int(bytes[bytes.startIndex + index * 4 + $1]) << ($1 * 8) }
        }
        let count = number(0) + 1
        return (count / 2 + 1) * 8 + (1...count).reduce(0) { $0 + number($1) * 8 }
    }
    func close() {}

    func take() -> [[UInt8]] {
        frames.withLock { frames in
            defer { frames = [] }
            return frames
        }
    }

    func change(_ body: (inout [[UInt8]]) -> Void) {
        var taken = take()
        body(&taken)
        let changed = taken
        frames.withLock { $0 = changed + $0 }
    }
}

/// What the application of one end does.
private struct Side {
    private let connection: Connection
    private var clients: [Client]
    private var promises: [CapabilityPromise] = []
    private var calls: [RemotePromise] = []

    init(_ connection: Connection) {
        self.connection = connection
        clients = [connection.bootstrap()]
    }

    mutating func act(_ program: inout Program) {
        let operation = program.byte()
        let client = clients[Int(program.byte()) % clients.count]
        let gift = clients[Int(program.byte()) % clients.count]
        switch operation % 10 {
        case 0 where clients.count > 1: clients.remove(at: 1 + Int(program.byte()) % (clients.count - 1))
        case 1: calls = []
        case 2:
            let promise = CapabilityPromise()
            promises.append(promise)
            clients.append(promise.client)
        case 3: promises.popLast()?.resolve(to: gift)
        case 4: promises.popLast()?.fail(RPCError(kind: .overloaded, reason: "fuzz"))
        case 5: clients.append(Client(FuzzedServer()))
        default:
            let call = client.call(
                interfaceID: 1, methodID: UInt16(program.byte() % 6), paramsSize: FuzzedServer.layout,
                isPipelined: operation & 16 == 0
            ) { params in
                params.pointer(at: 0).setCapability(gift)
            }
            calls.append(call)
            if operation & 32 == 0, clients.count < 24 { clients.append(call.capability(at: 0)) }
        }
    }
}

/// An object that does with its parameter what can be done with it.
private final class FuzzedServer: Server {
    static let layout = StructSize(dataWords: 1, pointers: 1)

    func dispatch(_ call: IncomingCall) async throws {
        let results = call.results(size: Self.layout).pointer(at: 0)
        let parameter = Client(try call.params.pointer(at: 0).capability())
        switch call.methodID {
        case 0: results.setCapability(parameter)
        case 1: results.setCapability(Client(FuzzedServer()))
        case 2: results.setCapability(ask(parameter, 0).capability(at: 0))
        case 3: _ = ask(parameter, 1)
        case 4:
            call.allowCancellation()
            _ = try await ask(parameter, 0).response()
        default: throw call.unimplemented()
        }
    }

    private func ask(_ client: Client, _ method: UInt16) -> RemotePromise {
        client.call(interfaceID: 1, methodID: method, paramsSize: Self.layout) { params in
            params.pointer(at: 0).setCapability(client)
        }
    }
}

/// Well-formed messages of `rpc.capnp` with ids from the program, small enough to hit something.
private enum PeerMessage {
    private static let size = StructSize(dataWords: 1, pointers: 1)

    static func make(_ program: inout Program) -> [UInt8] {
        let builder = MessageBuilder()
        let root = builder.initRoot(size)
        fill(root, &program, depth: 0)
        return builder.framedBytes()
    }

    private static func fill(_ root: StructBuilder, _ program: inout Program, depth: Int) {
        // Calls, returns and resolutions more often than the rest.
        let kinds: [UInt16] = [2, 3, 4, 5, 6, 8, 13, 2, 3, 5, 0, 2, 1, 10, 11, 2]
        let kind = kinds[Int(program.byte() & 15)]
        root.setInteger(kind, at: 0)
        if kind == 0 {
            if depth < 2 { fill(root.pointer(at: 0).initStruct(size), &program, depth: depth + 1) }
            return
        }
        let body = root.pointer(at: 0).initStruct(StructSize(dataWords: 3, pointers: 3))
        body.setInteger(UInt32(program.byte() & 15), at: 0)
        let flags = program.byte()
        switch kind {
        case 2:
            body.setInteger(UInt16(flags & 7), at: 4)
            body.setInteger(UInt16(flags >> 6), at: 6)
            body.setInteger(1 as UInt64, at: 8)
            body.setInteger(flags >> 4, at: 16)
            target(body.pointer(at: 0), &program)
            payload(body.pointer(at: 1), &program)
        case 3:
            body.setInteger(flags >> 6, at: 4)
            body.setInteger(UInt16(flags & 7), at: 6)
            body.setInteger(UInt32(flags >> 3 & 7), at: 8)
            if flags & 7 == 0 { payload(body.pointer(at: 0), &program) }
        case 4: body.setInteger(flags & 3, at: 4)
        case 5:
            body.setInteger(UInt16(flags & 1), at: 4)
            descriptor(body.pointer(at: 0).initStruct(size), &program)
        case 6: body.setInteger(UInt32(flags & 3), at: 4)
        case 13:
            body.setInteger(UInt16(flags & 3), at: 4)
            target(body.pointer(at: 0), &program)
        default: break
        }
    }

    private static func target(_ pointer: PointerBuilder, _ program: inout Program) {
        let target = pointer.initStruct(size)
        let byte = program.byte()
        if byte & 1 == 0 {
            target.setInteger(UInt32(byte >> 1 & 7), at: 0)
        } else {
            target.setInteger(1 as UInt16, at: 4)
            promisedAnswer(target.pointer(at: 0), byte >> 1)
        }
    }

    private static func promisedAnswer(_ pointer: PointerBuilder, _ byte: UInt8) {
        let answer = pointer.initStruct(size)
        answer.setInteger(UInt32(byte & 15), at: 0)
        guard byte & 16 == 0 else { return }
        let operation = answer.pointer(at: 0).initStructList(count: 1, size: StructSize(dataWords: 1, pointers: 0))
        operation.structBuilder(0).setInteger(1 as UInt16, at: 0)
    }

    private static func payload(_ pointer: PointerBuilder, _ program: inout Program) {
        let payload = pointer.initStruct(StructSize(dataWords: 0, pointers: 2))
        let byte = program.byte()
        // A null client is written as a capability pointer with the next index of the table.
        if byte & 4 == 0 {
            payload.pointer(at: 0).initStruct(size).pointer(at: 0).setCapability(Client.null)
        } else {
            payload.pointer(at: 0).setCapability(Client.null)
        }
        let count = Int(byte & 3)
        guard count > 0 else { return }
        let table = payload.pointer(at: 1).initStructList(count: count, size: size)
        for index in 0..<count { descriptor(table.structBuilder(index), &program) }
    }

    private static func descriptor(_ builder: StructBuilder, _ program: inout Program) {
        let byte = program.byte()
        builder.setInteger(UInt16(byte & 7), at: 0)
        builder.setInteger(UInt32(byte >> 3 & 7), at: 4)
        switch byte & 7 {
        case 4: promisedAnswer(builder.pointer(at: 0), program.byte())
        case 5: builder.pointer(at: 0).initStruct(size).setInteger(UInt32(byte >> 3), at: 0)
        default: break
        }
    }
}
