import BitcoinIPC
import BitcoinInterfaces
import BitcoinPrimitives
import Capnp
import IPC
import Testing

/// Bytes of peers become values, or errors; never anything else.
@Suite(.timeLimit(.minutes(5)))
struct DataConversionTests {
    @Test(arguments: [0, 1, 31, 32, 33, 64, 4096])
    func `a hash has 32 bytes`(count: Int) throws {
        let bytes = Sample.bytes(1, count: count)
        if count == 32 {
            #expect(try BlockHash(capnpData: bytes).capnpData == bytes)
            #expect(try TransactionID(capnpData: bytes).capnpData == bytes)
            #expect(try WitnessTransactionID(capnpData: bytes).capnpData == bytes)
        } else {
            let expected: WireValueError = count < 32 ? .endOfData : .malformed("hash of more than 32 bytes")
            #expect(throws: expected) { _ = try BlockHash(capnpData: bytes) }
            #expect(throws: expected) { _ = try TransactionID(capnpData: bytes) }
            #expect(throws: expected) { _ = try WitnessTransactionID(capnpData: bytes) }
        }
    }

    @Test func `a transaction is read from its bytes alone`() throws {
        let bytes = Sample.transaction.capnpData
        let read = try Transaction(capnpData: bytes)
        #expect(read.id == Sample.transaction.id)
        #expect(read.capnpData == bytes)
        for count in 0..<bytes.count {
            #expect(throws: WireValueError.self, "\(count) bytes") {
                _ = try Transaction(capnpData: Array(bytes.prefix(count)))
            }
        }
        #expect(throws: WireValueError.self) { _ = try Transaction(capnpData: bytes + [0]) }
    }

    @Test func `a block is read from its bytes alone`() throws {
        let bytes = Sample.fullBlock.capnpData
        let read = try Block(capnpData: bytes)
        #expect(read.hash == Sample.fullBlock.hash)
        #expect(read.capnpData == bytes)
        for count in 0..<bytes.count {
            #expect(throws: WireValueError.self, "\(count) bytes") {
                _ = try Block(capnpData: Array(bytes.prefix(count)))
            }
        }
        #expect(throws: WireValueError.self) { _ = try Block(capnpData: bytes + [0]) }
    }

    @Test func `counts that promise more than there is are refused, not believed`() throws {
        // Version, then the largest number of inputs; header, then the largest number of transactions.
        let huge: [UInt8] = [0xff] + [UInt8](repeating: 0xff, count: 8)
        #expect(throws: WireValueError.self) { _ = try Transaction(capnpData: [2, 0, 0, 0] + huge) }
        #expect(throws: WireValueError.self) { _ = try Block(capnpData: Sample.bytes(1, count: 80) + huge) }
    }

    @Test func `random changes never do more than fail`() throws {
        var random = SystemRandomNumberGenerator()
        let bytes = Sample.fullBlock.capnpData
        for _ in 0..<5000 {
            var changed = bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                changed[Int.random(in: 0..<changed.count, using: &random)] = .random(in: .min ... .max, using: &random)
            }
            if Bool.random(using: &random) { changed.removeLast(Int.random(in: 0...changed.count, using: &random)) }
            guard let block = try? Block(capnpData: changed) else { continue }
            // What was understood is written as it was read, but for what has several forms.
            #expect(try Block(capnpData: block.capnpData).hash == block.hash)
        }
    }

    // MARK: Through the wire

    /// Calls a method of `Chain` whose first parameter behind the context is Data, with any bytes.
    private func call(_ method: UInt16, _ chain: any Chain, _ bytes: [UInt8]) async throws {
        let remote = try #require(chain as? any ProxyClientObject).remote
        try await remote.invoke(
            interfaceID: Messages.Chain.interfaceID, methodID: method,
            paramsSize: StructSize(dataWords: 1, pointers: 2), contextPointer: 0
        ) { params, _ in
            params.pointer(at: 1).setData(bytes)
        } read: { _, _ in
        }
    }

    @Test func `a call with bytes that are no value fails with the text that Core's exception has`() async throws {
        let root = InitDouble(Stage(.full))
        let link = try await Link(.capnp, root)
        let chain = try await link.root.makeChain()
        try await call(3, chain, Sample.bytes(1))
        #expect(root.stage.calls == ["findBlock [\(Sample.hash(1))]"])
        for count in [0, 31] {
            let error = await #expect(throws: RemoteException.self) {
                try await call(3, chain, Sample.bytes(1, count: count))
            }
            #expect(error?.message == "SpanReader::read(): end of data: iostream error")
        }
        await #expect(throws: RemoteException.self) { try await call(3, chain, Sample.bytes(1, count: 33)) }
        await #expect(throws: RemoteException.self) { try await call(10, chain, [1, 2, 3]) }
        await #expect(throws: RemoteException.self) { try await call(10, chain, []) }
        // The object has seen none of them, and the connection lives.
        #expect(root.stage.calls.count == 1)
        #expect(try await chain.getTip() == Sample.block(3))
        link.close()
    }

    @Test func `an unknown method is unimplemented`() async throws {
        let link = try await Link(.capnp, InitDouble(Stage(.full)))
        let chain = try await link.root.makeChain()
        await #expect(throws: IPCError.self) { try await call(999, chain, []) }
        #expect(try await chain.getTip() == Sample.block(3))
        link.close()
    }
}
