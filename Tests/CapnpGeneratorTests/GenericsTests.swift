import Capnp
import CapnpRPC
import Testing

/// Generic declarations as generic Swift types, and whatever else `generics.capnp` has.
struct GenericsTests {
    @Test func parametersAreReadAsWhatTheyAreBoundTo() throws {
        let message = MessageBuilder()
        let bindings = Golden.Bindings.initRoot(of: message)
        let texts = bindings.initTexts()
        texts.first.set("one")
        texts.second.set([2, 3])
        texts.initSwapped().second.set("three")
        let lists = bindings.initLists()
        lists.first.initList(count: 2).assign([4, 5])
        lists.second.initList(count: 1).assign(["six"])
        let structs = bindings.initStructs()
        structs.first.initStruct().grams = 7
        structs.second.initStruct().value.initStruct().grams = 8
        bindings.initUnbound().first.pointer.setText("any")
        bindings.initBoxes(count: 1)[0].value.set("boxed")
        bindings.initCorner().thing.set("cornered")
        bindings.initTwice().value.initStruct().value.set([9])

        let reader = try Golden.Bindings.read(Message(framed: message.framedBytes()))
        #expect(try reader.texts().first() == "one" && reader.texts().second() == [2, 3])
        #expect(try reader.texts().swapped().second() == "three" && !reader.texts().swapped().hasFirst)
        #expect(try reader.lists().first().array() == [4, 5] && reader.lists().second().array() == ["six"])
        #expect(try reader.structs().first().grams == 7 && reader.structs().second().value().grams == 8)
        #expect(try reader.unbound().first().text() == "any")
        #expect(try reader.boxes()[0].value() == "boxed" && reader.boxes()[0].label() == "box")
        #expect(try reader.corner().thing() == "cornered" && reader.corner().x == 4)
        #expect(try reader.twice().value().value() == [9])
        #expect(reader.lid == .shut)
    }

    @Test func unionsAndGroupsOfGenericStructsWork() throws {
        let message = MessageBuilder()
        let pair = Golden.Pair<String, [UInt8]>.initRoot(of: message)
        #expect(pair.which == .neither)
        pair.better.set("first")
        #expect(try pair.asReader.which == .better && pair.asReader.better() == "first")
        let both = pair.initBoth()
        #expect(both.sum == -1)
        both.proof.set([1])
        #expect(try pair.asReader.which == .both && pair.asReader.both.proof() == [1] && !pair.asReader.hasBetter)
        #expect(try pair.asReader.numbers().array() == [4, 5])
    }

    @Test func aParameterMayHideAnother() throws {
        let message = MessageBuilder()
        let inner = Golden.Pair<String, ListOf<Int32>>.Inner<[UInt8]>.initRoot(of: message)
        inner.own.set([7])
        inner.outer.initList(count: 1).assign([8])
        #expect(try inner.asReader.own() == [7] && inner.asReader.outer().array() == [8])
    }

    @Test func genericStructsMayContainThemselves() throws {
        let message = MessageBuilder()
        let first = Golden.Recursive2<String>.initRoot(of: message)
        first.value.set("a")
        first.initNext().value.set("b")
        #expect(try first.asReader.next().value() == "b" && !first.asReader.next().hasNext)
    }

    @Test func constantsOfEveryKindAreThere() throws {
        #expect(try Golden.pair.first() == "one" && Golden.pair.second() == [2] && Golden.pair.numbers().isEmpty)
        #expect(try Golden.heavy.grams == 1e6 && Golden.heavy.parts().array() == [3])
        #expect(try Golden.names.array() == ["a", "b"] && Golden.boxed[0].value() == "in")
        #expect(try Golden.grades.array() == [.high, .low])
        #expect(Golden.tiny == 1e-30 && Golden.Box<String>.sides == 6 && Golden.Box<[UInt8]>.standard == .shut)
    }

    @Test func clientsOfGenericInterfacesCallWithBoundTypes() async throws {
        let shelf = Golden.Shelf<String>.Client(CapnpRPC.Client(TextShelf()))
        let response = try await shelf.put { $0.thing.set("new") }.response()
        #expect(try response.previous() == "old, then new")
        let drawer = Golden.Drawer.Client(CapnpRPC.Client(TextShelf()))
        #expect(try await drawer.put { $0.thing.set("x") }.response().previous() == "old, then x")
    }

    /// A shelf of texts that serves calls itself.
    private final class TextShelf: CapnpRPC.Server {
        nonisolated(nonsending) func dispatch(_ call: IncomingCall) async throws {
            guard call.interfaceID == Golden.Shelf<String>.interfaceID, call.methodID == 0 else {
                throw call.unimplemented()
            }
            let typed = TypedCall<Golden.Shelf<String>.PutParams, Golden.Shelf<String>.PutResults>(call)
            try typed.results().previous.set("old, then " + typed.params.thing())
        }
    }
}
