import BitcoinRPC
import Testing

/// Commands that only compute; keys and addresses are those of BIP32's and BIP173's examples.
@Suite(.timeLimit(.minutes(5)))
struct UtilCommandTests {
    private static let key = "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"

    @Test func `getdescriptorinfo adds the checksum`() async throws {
        let node = try await TestNode.loaded()
        let info = try await node.call("getdescriptorinfo", .string("wpkh(\(Self.key))"))
        let text = try #require(info["descriptor"].stringValue)
        let checksum = try #require(info["checksum"].stringValue)
        #expect(checksum.count == 8)
        #expect(text == "wpkh(\(Self.key))#\(checksum)")
        #expect(info["isrange"] == false)
        #expect(info["issolvable"] == true)
        #expect(info["hasprivatekeys"] == false)
    }

    @Test func `deriveaddresses wants a checksum and no range for a single script`() async throws {
        let node = try await TestNode.loaded()
        let info = try await node.call("getdescriptorinfo", .string("wpkh(\(Self.key))"))
        let addresses = try await node.call("deriveaddresses", info["descriptor"])
        #expect(addresses == ["bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"])
        await #expect(throws: RPCError(.invalidAddressOrKey, "Missing checksum")) {
            try await node.call("deriveaddresses", .string("wpkh(\(Self.key))"))
        }
        await #expect(
            throws: RPCError(.invalidParameter, "Range should not be specified for an un-ranged descriptor")
        ) {
            try await node.call("deriveaddresses", info["descriptor"], [0, 2])
        }
    }
}
