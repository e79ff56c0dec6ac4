import Testing

@testable import IPC

/// Values of `-ipcbind`: an address with limits behind it.
struct IpcBindingTests {
    private func parse(_ text: String) throws(IPCError) -> IpcBinding {
        try IpcBinding(text, directory: "/data/regtest")
    }

    private func limits(_ change: (inout IpcLimits) -> Void) -> IpcLimits {
        var limits = IpcLimits()
        change(&limits)
        return limits
    }

    @Test(arguments: ["unix", "unix:", "unix:node.sock", "unix:/data/regtest/node.sock"])
    func anAddressAloneHasTheUsualLimits(text: String) throws {
        #expect(try parse(text) == IpcBinding(address: .unix(path: "/data/regtest/node.sock")))
        #expect(try parse(text).limits.differences == "")
    }

    @Test(arguments: ["unix:max-connections=4", "unix::max-connections=4", "unix:node.sock:max-connections=4"])
    func limitsFollowTheAddress(text: String) throws {
        let binding = try parse(text)
        #expect(binding.address == .unix(path: "/data/regtest/node.sock"))
        #expect(binding.limits == limits { $0.connections = 4 })
        #expect(binding.limits.differences == "max-connections=4")
    }

    @Test func everyLimitCanBeGivenInAnyOrder() throws {
        let binding = try parse(
            "unix:/a b/c.sock:max-queued-bytes=1M:max-threads=2:max-calls=3:max-objects=16:max-connections=5"
                + ":max-message-bytes=64k")
        #expect(binding.address == .unix(path: "/a b/c.sock"))
        #expect(
            binding.limits
                == limits {
                    ($0.connections, $0.calls, $0.objects, $0.threads) = (5, 3, 16, 2)
                    ($0.queuedBytes, $0.messageBytes) = (1 << 20, 64_000)
                })
        #expect(IpcBinding.help.count == 6)
    }

    @Test(arguments: ["unix:/tmp/a:b.sock", "unix:/tmp/max-calls=3/x.sock", "unix:/tmp/a:x=1/b", "unix:/tmp/a:X=1"])
    func whatIsNoLimitIsPath(text: String) throws {
        let binding = try parse(text)
        #expect(binding.address == .unix(path: String(text.dropFirst(5))))
        #expect(binding.limits == IpcLimits())
    }

    @Test(arguments: [
        ("max-connections=0", "from 1 to 65536"), ("max-connections=", "not ''"), ("max-connections=-1", "not '-1'"),
        ("max-connections=1k", "not '1k'"), ("max-calls=99999999999999999999", "max-calls must be"),
        ("max-objects=1", "from 16"), ("max-queued-bytes=1", "K, M or G"), ("max-queued-bytes=M", "not 'M'"),
        ("max-queued-bytes=9223372036854775807G", "max-queued-bytes must be"), ("max-threads=0x10", "not '0x10'"),
        ("max-speed=3", "there are max-connections, max-calls"),
        ("max-calls=2:max-calls=3", "max-calls is given twice"), ("max-calls=+2", "not '+2'"),
    ])
    func limitsThatAreNoneAreNamed(text: String, problem: String) {
        let error = #expect(throws: IPCError.self) { _ = try parse("unix:n.sock:\(text)") }
        #expect(error?.description.contains(problem) == true, "\(String(describing: error))")
    }

    @Test func theAddressIsCheckedToo() {
        #expect(throws: IPCError.unrecognizedAddress("tcp:1234")) { _ = try parse("tcp:1234:max-calls=2") }
        #expect(throws: IPCError.unrecognizedAddress("auto")) { _ = try parse("auto:max-calls=2") }
        #expect(throws: IPCError.unrecognizedAddress("")) { _ = try parse("") }
    }
}
