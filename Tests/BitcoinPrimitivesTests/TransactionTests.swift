import BitcoinCrypto
import BitcoinPrimitives
import ByteCoding
import TestData
import Testing

struct TransactionTests {
    /// The signed transaction of BIP143's first example: one input with a witness and one without.
    private let segwit =
        "01000000000102fff7f7881a8099afa6940d42d1e7f6362bec38171ea3edf433541db4e4ad969f00000000494830450221008b9d1dc26b"
        + "a6a9cb62127b02742fa9d754cd3bebf337f7a55d114c8e5cdd30be022040529b194ba3f9281a99f2b1c0a19c0489bc22ede944ccf4"
        + "ecbab4cc618ef3ed01eeffffffef51e1b804cc89d182d279655c3aa89e815b1b309fe287d9b2b55d57b90ec68a0100000000ffffff"
        + "ff02202cb206000000001976a9148280b37df378db99f66f85c95a783a76ac7a6d5988ac9093510d000000001976a9143bde42dbee"
        + "7e4dbe6a21b2d50ce2f0167faa815988ac000247304402203609e17b84f6a7d30c80bfa610b5b4542f32a8a0d5447a12fb1366d7f0"
        + "1cc44a0220573a954c4518331561406f90300e8f3358f51928d43c212a8caed02de67eebee0121025476c2e83188368da1ff3e292e"
        + "7acafcdb3566bb0ad253f62fc70f07aeee635711000000"

    @Test func transactionWithWitnessesGoesBothWays() throws {
        let bytes = try Hex.decode(segwit)
        let transaction = try Transaction(decoding: bytes)
        #expect(transaction.version == 1)
        #expect(transaction.inputs.count == 2)
        #expect(transaction.inputs[0].witness.isEmpty)
        #expect(transaction.inputs[1].witness.count == 2)
        #expect(transaction.outputs.map(\.value) == [112_340_000, 223_450_000])
        #expect(transaction.lockTime == 17)
        #expect(transaction.hasWitness)
        #expect(transaction.encoded() == bytes)
        #expect(transaction.totalSize == bytes.count)
        #expect(transaction.strippedSize == transaction.encoded(includingWitness: false).count)
        #expect(transaction.weight == transaction.strippedSize * 3 + bytes.count)
        #expect(transaction.witnessID.rawValue == SHA256d.hash(bytes))
        #expect(transaction.id.rawValue == SHA256d.hash(transaction.encoded(includingWitness: false)))
        let rebuilt = Transaction(
            version: 1, inputs: transaction.inputs, outputs: transaction.outputs, lockTime: transaction.lockTime)
        #expect(rebuilt.id == transaction.id)
        #expect(rebuilt.witnessID == transaction.witnessID)
        #expect(rebuilt.virtualSize == transaction.virtualSize)
        let old = try Transaction(decoding: transaction.encoded(includingWitness: false))
        #expect(old.id == transaction.id)
        #expect(!old.hasWitness)
    }

    @Test func scriptsAreEqualWhereverTheyLie() throws {
        let bytes = try Hex.decode(segwit)
        var reader = ByteReader(([0xff, 0xff] + bytes + [0xff])[2...])
        let read = try Transaction(from: &reader)
        #expect(reader.remaining == 1)
        let scripts = read.inputs.map(\.scriptSig) + read.outputs.map(\.scriptPubKey)
        for script in scripts {
            let alone = Script(script.bytes)
            #expect(alone == script)
            #expect(alone.hashValue == script.hashValue)
            #expect(script.hex == Hex.encode(script.bytes))
            #expect(script.count == script.bytes.count)
            #expect(script.isEmpty == script.bytes.isEmpty)
        }
        #expect(Set(scripts).count == scripts.count)
        var changed = scripts[0]
        changed.bytes.append(0)
        #expect(changed != scripts[0])
        #expect(read.encoded() == bytes, "a script that is changed elsewhere changes no transaction")
    }

    @Test func serializedOutputsAreWhatTheOutputsWrite() throws {
        let read = try Transaction(decoding: try Hex.decode(segwit))
        var writer = ByteWriter()
        for output in read.outputs { output.encode(to: &writer) }
        #expect(read.serializedOutputs.elementsEqual(writer.bytes))
        let made = Transaction(version: 1, inputs: read.inputs, outputs: read.outputs, lockTime: read.lockTime)
        #expect(made.serializedOutputs.elementsEqual(writer.bytes))
        #expect(made.encoded() == read.encoded())
        #expect(made.encoded(includingWitness: false) == read.encoded(includingWitness: false))
    }

    @Test func everyCutThrowsAndNothingTraps() throws {
        let bytes = try Hex.decode(segwit)
        for count in 0..<bytes.count {
            #expect(throws: SerializationError.self) { _ = try Transaction(decoding: Array(bytes.prefix(count))) }
        }
        #expect(throws: SerializationError.malformed(.trailingBytes)) { _ = try Transaction(decoding: bytes + [0]) }
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= 0xff
            _ = try? Transaction(decoding: damaged)
        }
    }

    @Test func superfluousWitnessAndUnknownFlagsAreRefused() throws {
        let input = String(repeating: "00", count: 36) + "00ffffffff"
        let output = "000000000000000000"
        let superfluous = try Hex.decode("01000000" + "0001" + "01" + input + "01" + output + "00" + "00000000")
        #expect(throws: SerializationError.superfluousWitness) { _ = try Transaction(decoding: superfluous) }
        let unknown = try Hex.decode("01000000" + "0002" + "01" + input + "01" + output + "00000000")
        #expect(throws: SerializationError.unknownOptionalData) { _ = try Transaction(decoding: unknown) }
        let counts = try Hex.decode("01000000" + "feffffff01")
        #expect(throws: SerializationError.malformed(.endOfData)) { _ = try Transaction(decoding: counts) }
    }

    @Test(arguments: ["fd0100", "fe01000000", "ff0100000000000000", "fdfc00"])
    func countsAreWrittenInTheirShortestForm(count: String) throws {
        let input = String(repeating: "00", count: 36) + "00ffffffff"
        let output = "0000000000000000" + "00"
        let rest = "00000000"
        _ = try Transaction(decoding: Hex.decode("01000000" + "01" + input + "01" + output + rest))
        let long = [
            "01000000" + count + input + "01" + output + rest, "01000000" + "01" + input + count + output + rest,
            "01000000" + "01" + input + "01" + "0000000000000000" + count + "51" + rest,
            "01000000" + "0001" + "01" + input + "01" + output + count + "0151" + rest,
            "01000000" + "0001" + "01" + input + "01" + output + "01" + count + "51" + rest,
        ]
        for text in long {
            let failure = #expect(throws: SerializationError.self) { _ = try Transaction(decoding: Hex.decode(text)) }
            guard case .malformed = failure else {
                Issue.record("\(String(describing: failure))")
                continue
            }
        }
    }

    @Test func transactionWithoutInputsReadsAsCoreReadsIt() throws {
        let empty = try Transaction(decoding: Hex.decode("0100000000" + "0000000000"))
        #expect(empty.inputs.isEmpty)
        #expect(empty.outputs.isEmpty)
        let old = try Transaction(
            decoding: Hex.decode("0100000000" + "01" + "000000000000000000" + "00000000"), allowingWitness: false)
        #expect(old.outputs.count == 1)
    }
}

struct BlockTests {
    private let genesis =
        "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f617fc81b"
        + "c3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c01010000000100000000000000000000000000000000000000000000"
        + "00000000000000000000ffffffff4d04ffff001d0104455468652054696d65732030332f4a616e2f32303039204368616e63656c6c"
        + "6f72206f6e206272696e6b206f66207365636f6e64206261696c6f757420666f722062616e6b73ffffffff0100f2052a0100000043"
        + "4104678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4f35504e51ec112de5c384d"
        + "f7ba0b8d578a4c702b6bf11d5fac00000000"

    @Test func genesisBlockHasItsHash() throws {
        let bytes = try Hex.decode(genesis)
        let block = try Block(decoding: bytes)
        #expect(block.hash.description == "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f")
        #expect(block.computedMerkleRoot().root == block.header.merkleRoot)
        #expect(!block.computedMerkleRoot().isMutated)
        #expect(block.encoded() == bytes)
        #expect(block.size == 285)
        #expect(block.weight == 1140)
        #expect(block.transactions[0].isCoinbase)
        #expect(block.witnessCommitment == nil)
        #expect(block.header.time == 1_231_006_505)
        #expect(try BlockHeader(decoding: Array(bytes.prefix(80))) == block.header)
        #expect(throws: ByteCodingError.endOfData) { _ = try BlockHeader(decoding: Array(bytes.prefix(79))) }
        for count in stride(from: 0, to: bytes.count, by: 7) {
            #expect(throws: SerializationError.self) { _ = try Block(decoding: Array(bytes.prefix(count))) }
        }
    }

    @Test func mainnetBlockParsesWhole() throws {
        guard let bytes = SharedFiles.unpacked("vectors/block413567.raw.xz") else { return }
        let block = try Block(decoding: bytes)
        #expect(block.hash.description == "0000000000000000025aff8be8a55df8f89c77296db6198f272d6577325d4069")
        #expect(block.transactions.count == 1557)
        #expect(block.computedMerkleRoot().root == block.header.merkleRoot)
        #expect(block.size == bytes.count)
        #expect(block.weight == bytes.count * 4)
        #expect(block.encoded() == bytes)
    }

    @Test func repeatedTransactionsMarkTheTreeAsMutated() throws {
        let leaves = (0..<3).map { SHA256d.hash([UInt8($0)]) }
        let plain = MerkleTree.root(of: leaves)
        let repeated = MerkleTree.root(of: leaves + [leaves[2]])
        #expect(plain.root == repeated.root)
        #expect(!plain.isMutated)
        #expect(repeated.isMutated)
        #expect(MerkleTree.root(of: []).root == .zero)
        #expect(MerkleTree.root(of: [leaves[0]]).root == leaves[0])
        let branch = MerkleTree.branchOfFirst(in: leaves)
        #expect(branch.reduce(leaves[0]) { SHA256d.hash($0, $1) } == plain.root)
    }

    @Test func locatorGoesBothWays() throws {
        let locator = BlockLocator(hashes: [BlockHash(rawValue: SHA256d.hash([1])), .zero])
        var reader = ByteReader(locator.encoded)
        #expect(try BlockLocator(from: &reader) == locator)
        #expect(reader.isAtEnd)
    }
}
