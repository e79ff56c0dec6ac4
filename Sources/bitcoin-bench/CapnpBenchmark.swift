import Capnp

/// `bitcoin-bench capnp`: how long it takes to encode and to read a list of 10,000 transactions and a block.
///
/// What is encoded lies in memory beforehand; what is read is looked at in place, every field of it. The best of many rounds is
/// the time the work takes on an idle machine. The same program against the C++ implementation is a page of code: the schema is
/// `Schemas/bench.capnp`, the values are those below.
struct CapnpBenchmark {
    /// How often each line is measured.
    let rounds: Int

    private static let transactionCount = 10_000
    private static let blockTransactionCount = 3000

    private let scripts: [[UInt8]]
    private let ids: [[UInt8]]
    private let transactions: [[UInt8]]

    init(rounds: Int) {
        self.rounds = rounds
        var numbers = Numbers(state: 1)
        func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: numbers.next()) } }
        var (scripts, ids, transactions): ([[UInt8]], [[UInt8]], [[UInt8]]) = ([], [], [])
        for _ in 0..<256 {
            let (script, transaction) = (22 + Int(numbers.next() % 86), 200 + Int(numbers.next() % 400))
            scripts.append(bytes(script))
            ids.append(bytes(32))
            transactions.append(bytes(transaction))
        }
        (self.scripts, self.ids, self.transactions) = (scripts, ids, transactions)
    }

    /// Prints one line for each kind of work.
    func run() throws(CapnpError) {
        let (count, blockCount) = (Self.transactionCount, Self.blockTransactionCount)
        print("Cap'n Proto: \(count) transactions, a block of \(blockCount); best of \(rounds)")
        let history = encodeHistory()
        let block = encodeBlock()
        line("encode transactions", bytes: history.count) { encodeHistory().count }
        try reading("read transactions", history) { message throws(CapnpError) in try readHistory(message) }
        line("encode block", bytes: block.count) { encodeBlock().count }
        try reading("read block", block) { message throws(CapnpError) in try readBlock(message) }
    }

    private func reading(
        _ name: String, _ bytes: [UInt8], _ read: (Message) throws(CapnpError) -> UInt64
    ) throws(CapnpError) {
        let sum = try read(Message(framed: bytes, limits: .trusted))
        line(name, bytes: bytes.count) {
            // Reading is repeated only after it has succeeded once.
            let again = try? read(Message(framed: bytes, limits: .trusted))
            return again == sum ? bytes.count : 0
        }
    }

    private func line(_ name: String, bytes: Int, _ work: () -> Int) {
        let clock = ContinuousClock()
        var best = Duration.seconds(1000)
        for _ in 0..<rounds {
            var done = 0
            best = min(best, clock.measure { done = work() })
            precondition(done == bytes, "the work came out differently")
        }
        let nanoseconds = Double(best.components.attoseconds / 1_000_000_000)
        let rate = Double(bytes) * 1000 / nanoseconds
        print("  \(name): \(Int(nanoseconds / 1000)) us, \(bytes) bytes, \(Int(rate)) MB/s")
    }

    private func encodeHistory() -> [UInt8] {
        var numbers = Numbers(state: 7)
        let message = MessageBuilder()
        let list = BenchSchema.History.initRoot(of: message).initTransactions(count: Self.transactionCount)
        for index in list.indices {
            let transaction = list[index]
            transaction.setId(ids[numbers.nextIndex()])
            transaction.version = 2
            transaction.lockTime = UInt32(truncatingIfNeeded: index)
            transaction.amount = Int64(numbers.next())
            let inputs = transaction.initInputs(count: 1 + Int(numbers.next() & 1))
            for index in inputs.indices {
                let input = inputs[index]
                input.setTransactionID(ids[numbers.nextIndex()])
                input.index = UInt32(numbers.next() & 7)
                input.sequence = 0xffff_fffd
                input.setScript(scripts[numbers.nextIndex()])
            }
            let outputs = transaction.initOutputs(count: 1 + Int(numbers.next() & 3))
            for index in outputs.indices {
                let output = outputs[index]
                output.value = Int64(numbers.next())
                output.setScript(scripts[numbers.nextIndex()])
            }
        }
        return message.framedBytes()
    }

    private func readHistory(_ message: Message) throws(CapnpError) -> UInt64 {
        var sum: UInt64 = 0
        let list = try BenchSchema.History.read(message).transactions()
        for index in list.indices {
            let transaction = try list[index]
            sum &+= try Self.sum(transaction.reader.pointer(at: 0))
            sum &+= UInt64(truncatingIfNeeded: transaction.version) &+ UInt64(transaction.lockTime)
            sum &+= UInt64(bitPattern: transaction.amount)
            let inputs = try transaction.inputs()
            for index in inputs.indices {
                let input = try inputs[index]
                sum &+= try Self.sum(input.reader.pointer(at: 0))
                sum &+= UInt64(input.index) &+ UInt64(input.sequence)
                sum &+= try Self.sum(input.reader.pointer(at: 1))
            }
            let outputs = try transaction.outputs()
            for index in outputs.indices {
                let output = try outputs[index]
                sum &+= UInt64(bitPattern: output.value)
                sum &+= try Self.sum(output.reader.pointer(at: 0))
            }
        }
        return sum
    }

    private func encodeBlock() -> [UInt8] {
        var numbers = Numbers(state: 9)
        let message = MessageBuilder()
        let block = BenchSchema.Block.initRoot(of: message)
        block.version = 4
        block.time = 1_700_000_000
        block.bits = 0x1d00_ffff
        block.nonce = 77
        block.setPrevious(ids[0])
        block.setMerkleRoot(ids[1])
        let list = block.initTransactions(count: Self.blockTransactionCount)
        for index in list.indices { list.set(transactions[numbers.nextIndex()], at: index) }
        return message.framedBytes()
    }

    private func readBlock(_ message: Message) throws(CapnpError) -> UInt64 {
        let block = try BenchSchema.Block.read(message)
        var sum = UInt64(truncatingIfNeeded: block.version) &+ UInt64(block.time) &+ UInt64(block.bits)
        sum &+= UInt64(block.nonce)
        sum &+= try Self.sum(block.reader.pointer(at: 0)) &+ Self.sum(block.reader.pointer(at: 1))
        let list = try block.transactions().list
        for index in list.indices { sum &+= try Self.sum(list.pointer(index)) }
        return sum
    }

    /// Looks at data in place: its length, its first and its last byte.
    private static func sum(_ data: PointerReader) throws(CapnpError) -> UInt64 {
        try data.withSpan { bytes in
            let count = bytes.count
            return count == 0 ? 0 : UInt64(count) &+ UInt64(bytes[0]) &+ UInt64(bytes[count - 1])
        }
    }

    /// Repeatable numbers below 2³¹: cheap ones, for they are drawn while the clock runs.
    private struct Numbers {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 33
        }

        mutating func nextIndex() -> Int { Int(next() & 255) }
    }
}

/// Where the generated code of `bench.capnp` goes.
package enum BenchSchema {}
