import Capnp
import TestData
import Testing

/// Damaged messages in generated readers: every field reads or throws, none traps.
struct HostileMessageTests {
    @Test(arguments: 0..<8)
    func damagedMessagesNeverTrap(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let originals = [Self.lists(), Self.shape(), Self.pointers()]
        for _ in 0..<400 {
            for original in originals {
                var bytes = original
                for _ in 0...random.next() % 6 {
                    bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
                }
                guard let message = try? Message(framed: bytes) else { continue }
                read(message)
            }
        }
    }

    @Test func manyStructsWithoutSizeAreRefused() throws {
        let message = MessageBuilder()
        let lists = Golden.Lists.initRoot(of: message).builder
        let points = 11
        _ = lists.pointer(at: points).initStructList(count: 1 << 20, size: StructSize(dataWords: 0, pointers: 0))
        let reader = try Golden.Lists.read(message.asMessage())
        #expect(throws: CapnpError.traversalLimit) { try reader.points().array() }
        #expect(throws: CapnpError.traversalLimit) { try reader.points().map { $0.x } }
    }

    /// Reads everything, as each of the types.
    private func read(_ message: Message) {
        if let lists = try? Golden.Lists.read(message) {
            _ = try? lists.voids().count
            _ = try? lists.bools().array().count
            _ = try? lists.int8s().array().count
            _ = try? lists.uint64s().array().count
            _ = try? lists.texts().array()
            _ = try? lists.datas().array()
            _ = try? lists.colors().array()
            _ = try? lists.points().map { $0.x &+ $0.y }
            _ = try? lists.matrix().map { try $0.array() }
            _ = try? lists.books().map { try $0.map { try $0.array() } }
            _ = try? lists.capabilities().array()
        }
        if let pointers = try? Golden.Pointers.read(message) {
            _ = try? pointers.text()
            _ = try? pointers.scalars().colorSet
            _ = try? pointers.any.kind()
            _ = try? pointers.capability()
            _ = try? pointers.pointSet().x
            _ = try? pointers.numbersSet().array()
            _ = try? pointers.pointsSet().map { $0.y }
        }
        if let shape = try? Golden.Shape.read(message) {
            _ = (shape.which, shape.circle, shape.tint, shape.style.shade, shape.place.which)
            _ = try? shape.rectangle.title()
            _ = try? shape.corners().array().count
            _ = try? shape.place.at().x
        }
    }

    private static func lists() -> [UInt8] {
        let message = MessageBuilder()
        let lists = Golden.Lists.initRoot(of: message)
        lists.initBools(count: 9).set(true, at: 3)
        lists.initTexts(count: 2).assign(["one", "two"])
        lists.initPoints(count: 3)[1].x = 4
        lists.initMatrix(count: 2).initList(at: 1, count: 4).assign([1, 2, 3, 4])
        lists.initBooks(count: 1).initList(at: 0, count: 1).initList(at: 0, count: 1).assign(["deep"])
        return message.framedBytes()
    }

    private static func shape() -> [UInt8] {
        let message = MessageBuilder()
        let shape = Golden.Shape.initRoot(of: message)
        shape.setName("name")
        shape.initCorners(count: 2)[0].y = 1
        shape.place.initAt().x = 2
        return message.framedBytes()
    }

    private static func pointers() -> [UInt8] {
        let message = MessageBuilder()
        let pointers = Golden.Pointers.initRoot(of: message)
        pointers.setText("text")
        pointers.initScalars().int64 = 3
        pointers.any.initList(of: String.self, count: 1).assign(["x"])
        pointers.initPointsSet(count: 2)[1].x = 9
        return message.framedBytes()
    }
}
