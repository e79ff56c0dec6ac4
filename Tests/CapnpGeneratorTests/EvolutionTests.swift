import Capnp
import Testing

/// Messages between programs with different generations of a schema.
struct EvolutionTests {
    @Test func newProgramsReadOldMessages() throws {
        let message = MessageBuilder()
        let old = Golden.Old.initRoot(of: message)
        old.setName("n")
        old.initValues(count: 2).assign([5, -6])
        let new = try Golden.New.read(message.asMessage())
        #expect(try new.name() == "n" && new.size == 9 && new.remark() == "none")
        #expect(try new.values().map { $0.number } == [5, -6])
        #expect(try new.values()[0].unit() == "")
    }

    @Test func oldProgramsReadNewMessages() throws {
        let message = MessageBuilder()
        let new = Golden.New.initRoot(of: message)
        new.setName("n")
        new.size = 4
        let values = new.initValues(count: 2)
        values[1].number = 7
        values[1].setUnit("kg")
        let old = try Golden.Old.read(message.asMessage())
        #expect(try old.name() == "n" && old.values().array() == [0, 7])
    }
}
