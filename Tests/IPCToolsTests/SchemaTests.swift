import CapnpSchema
import IPCTools
import Testing

struct SchemaTests {
    @Test func `the embedded schemas hold every interface`() {
        let names = Set(KnownSchemas.all.nodes.values.filter { $0.interface != nil }.map(\.name))
        #expect(names.isSuperset(of: ["Init", "Echo", "Mining", "BlockTemplate", "Rpc", "Thread", "ThreadMap"]))
        #expect(names.isSuperset(of: ["ProcessInit", "Node", "Chain", "Wallet", "WalletLoader", "Handler"]))
        #expect(KnownSchemas.all.nodes[KnownSchemas.processInitial]?.name == "ProcessInit")
        #expect(KnownSchemas.all.nodes[KnownSchemas.initial]?.name == "Init")
    }
}
