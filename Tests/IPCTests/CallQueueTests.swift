import Testing

@testable import IPC

/// Turns on one thread.
@Suite(.timeLimit(.minutes(5)))
struct CallQueueTests {
    let queue = CallQueue(limit: 100)

    @Test func callsRunOneAtATimeInOrder() async throws {
        let queue = queue
        let order = Recorder<Int>()
        let gate = Gate()
        let first = Task.immediate {
            try await queue.enter()
            await gate.pass()
            order.add(0)
            queue.leave()
        }
        let rest = (1...20).map { index in
            Task.immediate {
                try await queue.enter()
                order.add(index)
                await Task.yield()
                queue.leave()
            }
        }
        #expect(queue.depth == 21)
        gate.open()
        try await first.value
        for task in rest { try await task.value }
        #expect(order.values == Array(0...20))
        #expect(queue.depth == 0)
    }

    @Test func callsThatArriveDuringACallbackRunAtOnce() async throws {
        let queue = queue
        try await queue.enter()
        let waiting = Task.immediate {
            try await queue.enter()
            queue.leave()
        }
        #expect(queue.depth == 2)
        queue.beginCallback()
        // The one that was there before stays where it is; the nested one passes.
        try await queue.enter()
        let second = Task.immediate {
            try await queue.enter()
            queue.leave()
        }
        #expect(queue.depth == 4)
        queue.leave()
        try await second.value
        #expect(queue.depth == 2)
        queue.endCallback()
        queue.leave()
        try await waiting.value
        #expect(queue.depth == 0)
    }

    @Test func nestingGoesDeep() async throws {
        for _ in 0..<10 {
            try await queue.enter()
            queue.beginCallback()
        }
        try await queue.enter()
        queue.leave()
        for _ in 0..<10 {
            queue.endCallback()
            queue.leave()
        }
        #expect(queue.depth == 0)
    }

    @Test func aCancelledCallGivesUpItsPlace() async throws {
        let queue = queue
        try await queue.enter()
        let waiting = Task.immediate { try await queue.enter() }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        let late = Task {
            try? await Task.sleep(for: .seconds(60))
            try await queue.enter()
        }
        late.cancel()
        await #expect(throws: CancellationError.self) { try await late.value }
        queue.leave()
        #expect(queue.depth == 0)
    }

    @Test func theQueueIsBounded() async throws {
        let queue = CallQueue(limit: 2)
        try await queue.enter()
        let waiting = (0..<2).map { _ in
            Task.immediate {
                try await queue.enter()
                queue.leave()
            }
        }
        await #expect(throws: IPCError.overloaded("too many calls wait for one thread")) { try await queue.enter() }
        queue.leave()
        for task in waiting { try await task.value }
    }
}
