import Synchronization
import TerminalUI
import Testing

private final class CountingWaker: Waker {
    let count = Mutex(0)

    func wake() { count.withLock { $0 += 1 } }
}

struct InterfaceLoopTests {
    private let capabilities = Capabilities(frames: .ascii, isUnicode: false, colors: .mono)

    private func run(
        _ script: [[InputEvent]], effects: @escaping (Effect) -> Void = { _ in },
        onWait: @escaping (MemoryScreen, EventQueue) -> Void = { _, _ in }
    ) -> (MemoryScreen, AppState) {
        let queue = EventQueue(waker: CountingWaker())
        let screen = MemoryScreen(capabilities: capabilities, script: script) { onWait($0, queue) }
        var clock = 0
        let loop = InterfaceLoop(
            screen: screen, queue: queue,
            surroundings: InterfaceLoop.Surroundings(
                now: { 1_700_104_190 },
                milliseconds: {
                    clock += 100
                    return clock
                }, perform: effects, save: { _, _ in nil }))
        return (screen, loop.run(Configuration(chain: "regtest")))
    }

    @Test func keysAreAnsweredAndQuitLeaves() {
        let (screen, state) = run([[.key(.character("?"))], [.key(.escape)], [.key(.character("q"))]])
        #expect(state.exit == .detached)
        #expect(screen.pictureCount == 3)
    }

    @Test func anIdleInterfaceSleepsWithoutBound() {
        let (screen, state) = run([])
        #expect(state.exit == .hangup)
        #expect(screen.waits == [nil])
    }

    @Test func agesWakeItOnceAMinute() {
        let data = SampleData()
        var step = 0
        let (screen, _) = run(
            [[], [], []],
            onWait: { _, queue in
                step += 1
                if step == 1 {
                    queue.post(.connected(NodeIdentity(address: "x", hasWallets: false, hasRpc: false)))
                } else if step == 2 {
                    queue.post(.answer(.nodeInfo, generation: 1, .nodeInfo(data.info)))
                }
            })
        // The tip is 253 seconds old: in 47 seconds it is five minutes.
        #expect(screen.waits == [nil, nil, 47_000, 47_000])
    }

    @Test func suspensionIsPassedOn() {
        let (screen, _) = run([[.key(.control("z"))]])
        #expect(screen.suspensions == 1)
    }

    @Test func eventsThatOnlySayWhatIsNowAreMerged() {
        let waker = CountingWaker()
        let queue = EventQueue(waker: waker)
        for total in 0..<1000 { queue.post(.logAdvanced(total: UInt64(total))) }
        queue.post(.shutdownStarted)
        #expect(queue.drain().count == 2)
        #expect(waker.count.withLock { $0 } == 1)
        #expect(queue.drain().isEmpty)
    }
}
