import Capnp
import Testing

/// Generated readers and builders, round trip.
struct ReaderBuilderTests {
    @Test func unsetScalarsReadAsTheDefaultsOfTheSchema() throws {
        let message = MessageBuilder()
        _ = Golden.Scalars.initRoot(of: message)
        for reader in [try Golden.Scalars.read(message.asMessage()), Golden.Scalars.Reader(StructReader())] {
            #expect(!reader.bool && reader.int64 == 0 && reader.float64 == 0 && reader.color == .red)
            #expect(reader.boolSet)
            #expect(reader.int8Set == -5 && reader.int16Set == -1600)
            #expect(reader.int32Set == -2_000_000_000 && reader.int64Set == -9_000_000_000_000_000_000)
            #expect(reader.uint8Set == 200 && reader.uint16Set == 65000)
            #expect(reader.uint32Set == 4_000_000_000 && reader.uint64Set == 18_000_000_000_000_000_000)
            #expect(reader.float32Set == 1.5 && reader.float64Set == .greatestFiniteMagnitude)
            #expect(reader.infinite == -.infinity && reader.notANumber.isNaN)
            #expect(reader.colorSet == .blue)
        }
    }

    @Test func scalarsKeepTheirValues() throws {
        let message = MessageBuilder()
        let scalars = Golden.Scalars.initRoot(of: message)
        scalars.bool = true
        scalars.int8 = .min
        scalars.int16 = .min
        scalars.int32 = .min
        scalars.int64 = .min
        scalars.uint8 = .max
        scalars.uint16 = .max
        scalars.uint32 = .max
        scalars.uint64 = .max
        scalars.float32 = 0.5
        scalars.float64 = -0.25
        scalars.color = .`default`
        scalars.boolSet = false
        scalars.int32Set = 0
        scalars.float64Set = 0
        scalars.colorSet = .unknown(77)
        let reader = try Golden.Scalars.read(message.asMessage())
        #expect(
            reader.bool && reader.int8 == .min && reader.int16 == .min && reader.int32 == .min && reader.int64 == .min)
        #expect(reader.uint8 == .max && reader.uint16 == .max && reader.uint32 == .max && reader.uint64 == .max)
        #expect(reader.float32 == 0.5 && reader.float64 == -0.25 && reader.color == .`default`)
        #expect(!reader.boolSet && reader.int32Set == 0 && reader.float64Set == 0)
        #expect(reader.colorSet == .unknown(77))
        #expect(scalars.asReader.int8 == .min && scalars.colorSet.rawValue == 77)
    }

    @Test func pointersKeepTheirValues() throws {
        let message = MessageBuilder()
        let pointers = Golden.Pointers.initRoot(of: message)
        pointers.setText("naïve")
        pointers.setData([0, 255])
        pointers.initScalars().int32 = 5
        pointers.scalars().bool = true
        pointers.any.setText("any")
        let reader = try Golden.Pointers.read(message.asMessage())
        #expect(try reader.hasText && reader.text() == "naïve")
        #expect(try reader.data() == [0, 255])
        #expect(try reader.scalars().int32 == 5 && reader.scalars().bool)
        #expect(try reader.any.text() == "any")
        #expect(try !reader.hasCapability && reader.capability() == nil)
    }

    @Test func unsetPointersReadAsTheDefaultsOfTheSchema() throws {
        let message = MessageBuilder()
        _ = Golden.Pointers.initRoot(of: message)
        let reader = try Golden.Pointers.read(message.asMessage())
        #expect(try !reader.hasText && reader.text() == "" && reader.data() == [])
        #expect(try reader.textSet() == "quote \" backslash \\ é")
        #expect(try reader.dataSet() == [0, 255, 16])
        #expect(try reader.pointSet().x == 3 && reader.pointSet().y == -4)
        #expect(try reader.numbersSet().array() == [1, 2, -3])
        #expect(try reader.pointsSet().map { [$0.x, $0.y] } == [[1, 0], [0, 2]])
    }

    @Test func structsAreCopiedWhole() throws {
        let source = MessageBuilder()
        let scalars = Golden.Scalars.initRoot(of: source)
        scalars.uint64 = 9
        let message = MessageBuilder()
        try Golden.Pointers.initRoot(of: message).setScalars(Golden.Scalars.read(source.asMessage()))
        #expect(try Golden.Pointers.read(message.asMessage()).scalars().uint64 == 9)
    }

    @Test func listsOfEveryTypeKeepTheirElements() throws {
        let message = MessageBuilder()
        let lists = Golden.Lists.initRoot(of: message)
        _ = lists.initVoids(count: 3)
        lists.initBools(count: 10).assign((0..<10).map { $0 % 3 == 0 })
        lists.initInt8s(count: 2).assign([-1, 2])
        lists.initUint16s(count: 2).assign([1, 65535])
        lists.initInt32s(count: 2).assign([.min, .max])
        lists.initUint64s(count: 1).set(.max, at: 0)
        lists.initFloat32s(count: 1).assign([1.25])
        lists.initFloat64s(count: 2).assign([-1, .infinity])
        lists.initTexts(count: 3).assign(["a", "", "ü"])
        lists.initDatas(count: 2).assign([[], [1, 2, 3]])
        lists.initColors(count: 3).assign([.blue, .red, .unknown(9)])
        let points = lists.initPoints(count: 2)
        points[0].x = 1
        points[1].y = 2
        let matrix = lists.initMatrix(count: 2)
        matrix.initList(at: 0, count: 2).assign([1, 2])
        let books = lists.initBooks(count: 1)
        let chapters = books.initList(at: 0, count: 2)
        chapters.initList(at: 1, count: 1).assign(["word"])

        let reader = try Golden.Lists.read(message.asMessage())
        #expect(try reader.voids().count == 3)
        #expect(try reader.bools().array() == (0..<10).map { $0 % 3 == 0 })
        #expect(try reader.int8s().array() == [-1, 2])
        #expect(try reader.uint16s().array() == [1, 65535])
        #expect(try reader.int32s().array() == [.min, .max])
        #expect(try reader.uint64s()[0] == .max)
        #expect(try reader.float32s().array() == [1.25])
        #expect(try reader.float64s().array() == [-1, .infinity])
        #expect(try reader.texts().array() == ["a", "", "ü"])
        #expect(try reader.datas().array() == [[], [1, 2, 3]])
        #expect(try reader.colors().array() == [.blue, .red, .unknown(9)])
        #expect(try reader.points().map { [$0.x, $0.y] } == [[1, 0], [0, 2]])
        #expect(try reader.matrix().map { try $0.array() } == [[1, 2], []])
        #expect(try reader.books()[0][1].array() == ["word"])
        #expect(reader.hasCapabilities == false)
    }

    @Test func elementsOutsideAListReadAsDefaults() throws {
        let message = MessageBuilder()
        let lists = Golden.Lists.initRoot(of: message)
        lists.initInt32s(count: 1).assign([4, 5, 6])
        lists.initTexts(count: 1).set("ignored", at: 7)
        let reader = try Golden.Lists.read(message.asMessage())
        #expect(try reader.int32s()[0] == 4)
        #expect(try reader.int32s()[1] == 0)
        #expect(try reader.texts()[-1] == "")
        #expect(try reader.points()[3].x == 0)
    }

    @Test func recursiveStructsNest() throws {
        let message = MessageBuilder()
        let root = Golden.Recursive.initRoot(of: message)
        root.value = 1
        root.initNext().initNext().value = 3
        root.initChildren(count: 2)[1].initChildren(count: 1)[0].value = 7
        let reader = try Golden.Recursive.read(message.asMessage())
        #expect(try reader.next().next().value == 3)
        #expect(try reader.children()[1].children()[0].value == 7)
    }

    @Test func namesThatSwiftUsesAreSetApart() throws {
        let message = MessageBuilder()
        let outer = Golden.Outer.initRoot(of: message)
        outer.setSelf("s")
        outer.setClass("c")
        outer.init_ = 1
        outer.reader_ = 2
        outer.which_ = true
        outer.initInner().initType().value = 4
        outer.inner().kind = .some
        let reader = try Golden.Outer.read(message.asMessage())
        #expect(try reader.self_() == "s" && reader.`class`() == "c")
        #expect(reader.init_ == 1 && reader.reader_ == 2 && reader.which_)
        #expect(try reader.inner().type().value == 4 && reader.inner().kind == .some)
        #expect(Golden.Outer.depth == 2)
    }

    @Test func constantsHaveTheirValues() throws {
        #expect(Golden.answer == 42 && Golden.negative == -9_000_000_000_000_000_000 && Golden.ratio == 0.25)
        #expect(Golden.yes && Golden.greeting == "hello\n" && Golden.bytes == [1, 2] && Golden.favourite == .blue)
        #expect(Golden.origin.x == 7 && Golden.origin.y == 8)
        #expect(try Golden.primes.array() == [2, 3, 5])
    }

    @Test func interfacesHaveIDsAndParameterStructs() throws {
        #expect(Golden.Service.Method.watch.rawValue == 2)
        #expect(Golden.Service.interfaceID != Golden.Empty.interfaceID)
        let message = MessageBuilder()
        let params = Golden.Service.SumParams.initRoot(of: message)
        #expect(params.right == 4)
        params.left = -1
        #expect(try Golden.Service.SumParams.read(message.asMessage()).left == -1)
    }
}
