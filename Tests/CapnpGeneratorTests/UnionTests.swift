import Capnp
import Testing

/// Unions and groups in generated code.
struct UnionTests {
    private let message = MessageBuilder()
    private var shape: Golden.Shape.Builder { Golden.Shape.Builder(message.root.getOrInitStruct(Golden.Shape.size)) }

    private func read() throws -> Golden.Shape.Reader {
        try Golden.Shape.read(message.asMessage())
    }

    @Test func settingAMemberSelectsIt() throws {
        shape.setName("s")
        shape.circle = 2.5
        #expect(try read().which == .circle && read().circle == 2.5 && read().name() == "s")
        shape.setLabel("l")
        #expect(try read().which == .label && read().label() == "l" && read().hasLabel)
        shape.setNothing()
        #expect(try read().which == .nothing)
        shape.initCorners(count: 1)[0].x = 3
        #expect(try read().which == .corners && read().corners()[0].x == 3)
        shape.tint = .blue
        #expect(try read().which == .tint && read().tint == .blue)
    }

    @Test func unselectedMembersReadAsDefaults() throws {
        shape.circle = 2.5
        shape.initCorners(count: 1)[0].x = 3
        let reader = try read()
        #expect(reader.circle == 0)
        #expect(try reader.label() == "" && !reader.hasLabel)
        #expect(reader.tint == .green)
        #expect(try reader.rectangle.width == 0 && reader.rectangle.title() == "")
    }

    @Test func selectingAGroupClearsWhatOtherMembersLeft() throws {
        shape.circle = 2.5
        shape.setLabel("l")
        let rectangle = shape.initRectangle()
        #expect(rectangle.width == 0 && shape.which == .rectangle)
        rectangle.height = 4
        rectangle.setTitle("t")
        let reader = try read()
        #expect(reader.which == .rectangle && reader.rectangle.height == 4)
        #expect(try reader.rectangle.title() == "t")
    }

    @Test func namedUnionsAndGroupsAreIndependent() throws {
        #expect(shape.asReader.place.which == .unknown && shape.asReader.style.shade == 7)
        shape.place.at().y = 6
        shape.place.at().x = 5
        shape.style.thick = true
        shape.style.shade = 0
        let reader = try read()
        #expect(try reader.place.which == .at && reader.place.at().x == 5 && reader.place.at().y == 6)
        #expect(reader.style.thick && reader.style.shade == 0 && reader.which == .circle)
    }

    @Test func unknownMembersOfNewerSchemasAreNil() throws {
        shape.builder.setInteger(99 as UInt16, at: 8)
        #expect(try read().which == nil && shape.which == nil)
    }
}
