import Capnp
import CapnpSchema
import Testing

/// Messages read and written by a schema that was loaded at run time.
struct DynamicValueTests {
    @Test func declarationsAreFoundByName() throws {
        let shape = try #require(Everything.schemas.node(named: "Shape"))
        #expect(shape.displayName == "everything.capnp:Shape" && shape.structure?.discriminantCount == 6)
        #expect(Everything.schemas.node(named: "everything.capnp:Outer.Inner.Type") != nil)
        #expect(Everything.schemas.node(named: "Nothing") == nil)
    }

    @Test func methodsAreFoundByNumber() throws {
        let service = Everything.id("Service")
        #expect(Everything.schemas.method(interface: service, ordinal: 2)?.name == "watch")
        #expect(Everything.schemas.method(interface: service, ordinal: 3) == nil)
        #expect(Everything.schemas.withAncestors(interface: service).map(\.name) == ["Service", "Empty"])
    }

    @Test func jsonIsEncodedAndDecoded() throws {
        #expect(
            try Everything.echo(#"{"x": -3, "y": 2147483647}"#, as: "Point") == #"{"x":-3,"y":2147483647}"#)
        let lists =
            #"{"voids":[null,null],"bools":[true,false],"uint64s":[18446744073709551615],"texts":["a","ü\n"],"#
            + #""datas":["00ff"],"colors":["blue","red"],"points":[{"x":1,"y":2}],"matrix":[[1],[]]}"#
        #expect(try Everything.echo(lists, as: "Lists") == lists)
    }

    @Test func defaultsAreThoseOfTheSchema() throws {
        let value = try Everything.value(Everything.message("{}", as: "Scalars").asMessage(), as: "Scalars")
        guard case .structure(let scalars) = value else { return }
        #expect(scalars["int64Set"] == .signed(-9_000_000_000_000_000_000))
        #expect(scalars["colorSet"] == .enumerant(2, name: "blue"))
        #expect(scalars["float64Set"] == .float64(.greatestFiniteMagnitude))
        #expect(scalars["int8"] == .signed(0))
    }

    @Test func unionsShowTheirMember() throws {
        #expect(
            try Everything.echo(#"{"name":"n","tint":1}"#, as: "Shape")
                == #"{"name":"n","tint":"green","place":{"unknown":null},"style":{"thick":false,"shade":7}}"#)
        #expect(
            try Everything.echo(#"{"rectangle":{"width":2.5,"title":"t"}}"#, as: "Shape")
                == #"{"rectangle":{"width":2.5,"height":0.0,"title":"t"},"place":{"unknown":null},"#
                + #""style":{"thick":false,"shade":7}}"#)
        // A member that nobody knows yet is left out.
        let message = try Everything.message(#"{"circle": 1}"#, as: "Shape")
        let size = try Everything.schemas.size(of: Everything.id("Shape"))
        let offset = try #require(Everything.schemas.node(named: "Shape")?.structure?.discriminantOffset) * 2
        message.root.getOrInitStruct(size).setInteger(99 as UInt16, at: offset)
        guard case .structure(let shape) = try Everything.value(message.asMessage(), as: "Shape") else { return }
        #expect(shape.fields.map(\.name) == ["place", "style"])
    }

    @Test func looseValuesAreTakenAsMeant() throws {
        #expect(
            try Everything.echo(#"{"int64": "-5", "float32": 2, "color": 9, "uint8": "7"}"#, as: "Scalars")
                .hasPrefix(#"{"nothing":null,"bool":false,"int8":0,"int16":0,"int32":0,"int64":-5,"uint8":7,"#))
        #expect(try Everything.echo(#"{"data": [1, 2, 255]}"#, as: "Pointers") == #"{"data":"0102ff"}"#)
    }

    @Test(arguments: [
        (#"{"int8": 128}"#, "Scalars"), (#"{"uint64": -1}"#, "Scalars"), (#"{"bool": 1}"#, "Scalars"),
        (#"{"color": "mauve"}"#, "Scalars"), (#"{"nonsense": 1}"#, "Scalars"), (#"{"data": "0g"}"#, "Pointers"),
        (#"{"points": [1]}"#, "Lists"), (#"{"text": 1}"#, "Pointers"), ("[]", "Point"),
    ])
    func valuesOfAnotherTypeAreRefused(json: String, type: String) {
        #expect(throws: DynamicError.self) { try Everything.message(json, as: type) }
    }

    @Test(arguments: [
        "", "{", "[1,", "nul", "{\"a\" 1}", "\"\\x\"", "\"\\ud800\"", "01a", "+1", "[1]]", "\"\n\"",
        String(repeating: "[", count: 300),
    ])
    func textThatIsNoJSONIsRefused(json: String) {
        #expect(throws: DynamicError.self) { try DynamicValue(json: json) }
    }

    @Test func capabilitiesAndUntypedPointersSurvive() throws {
        let json = #"{"any":{"$words":["0000000100000000","00000000000000ff"]},"capability":{"$capability":3}}"#
        let value = try DynamicValue(json: json)
        let message = MessageBuilder()
        let id = Everything.id("Pointers")
        try Everything.schemas.encode(value, to: message.initRoot(Everything.schemas.size(of: id)), as: id) { _ in
            Hook()
        }
        let decoded = try Everything.value(message.asMessage(), as: "Pointers")
        #expect(
            decoded.json()
                == #"{"any":{"$words":["0000000100000000","00000000000000ff"]},"capability":{"$capability":0}}"#)
    }

    @Test func fewBytesCannotBecomeVeryManyValues() throws {
        let message = MessageBuilder()
        let lists = message.initRoot(try Everything.schemas.size(of: Everything.id("Lists")))
        _ = lists.pointer(at: 0).initList(.void, count: 1 << 21)
        #expect(throws: DynamicError.tooManyValues) {
            try Everything.value(message.asMessage(), as: "Lists")
        }
    }

    @Test func textIsThatOfTheReferenceTool() throws {
        let value = try Everything.value(
            Everything.message(
                #"{"name":"n","rectangle":{"width":1e100,"height":0.1},"place":{"at":{"x":1}}}"#, as: "Shape"
            ).asMessage(), as: "Shape")
        #expect(
            value.text()
                == #"(name = "n", rectangle = (width = 1e100, height = 0.1), place = (at = (x = 1, y = 0)), "#
                + "style = (thick = false, shade = 7))")
        #expect(
            value.text(isPretty: true) == """
                ( name = "n",
                  rectangle = (width = 1e100, height = 0.1),
                  place = (at = (x = 1, y = 0)),
                  style = (thick = false, shade = 7) )
                """)
    }

    private final class Hook: CapabilityHook {}
}
