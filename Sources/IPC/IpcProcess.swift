import CProcess
package import Logging

#if canImport(Glibc)
    import Glibc
#endif

// Design note, module IPC.
//
// Three things that know nothing of one another:
//  - `IpcProcess`: processes and addresses (spawn, recognise being spawned, connect, bind). No wire format.
//  - `IpcChannel`: a stream of bytes (`SocketChannel` on a `SocketLoop`, `MemoryChannel`).
//  - `IpcProtocol`: turns a channel into the root object of the far side (`connect`), serves one (`serve`), or many
//    (`listen`). `CapnpProtocol` speaks Cap'n Proto as Bitcoin Core's libmultiprocess does; `InMemoryProtocol` hands
//    objects over inside one process. Both pass one conformance suite.
//
// The proxy runtime (`ProxyConnection`, `RemoteObject`, `ProxyServerRuntime`, `ThreadServer`) is what generated proxies
// of the Cap'n Proto protocol call: which remote thread a call runs on, callbacks, errors, objects as arguments.
//
// Who keeps whom: the loop keeps the channel, it keeps the protocol's end (`CapnpEndpoint`), which keeps the RPC
// connection, whose export table keeps the served objects. Proxies of remote objects keep the connection's lease; when
// the last one goes, the channel is closed, and closing cuts every other reference.
//
// Threads: bytes are decoded and calls are begun in order of arrival by whoever has the right to read the channel:
// mostly its loop, and on the asking side also a task that is about to wait for an answer, which then reads it on its
// own thread (`SocketChannel.look(until:)`). An accepted connection stays on the loop that accepts, as long as that one
// does not have many more than the others. A served method runs there until it first suspends and then wherever its
// executor is. Locks are held for table work and for one non-blocking `send(2)`, never across application code.
//
// Cost of a call: one `send` and one read on each side, and a wake-up of the loop, which `PollingPolicy` mostly spares.
// What is sent within one delivery goes out together (`SocketChannel.cork()`). A task that runs on the channel's own
// executor goes on within the delivery that brought its answer. Any other looks for it before it suspends; only if the
// answer takes longer than that, or several tasks wait, are two threads woken: the loop's and the task's.

/// Processes and addresses of this process's IPC: starting programs, connecting and binding.
package struct IpcProcess: Sendable {
    /// First argument of this process, as given; programs to spawn lie beside it.
    private let argumentZero: String
    private let logger: Logger

    /// - Parameters:
    ///   - argumentZero: `CommandLine.arguments[0]`.
    ///   - logger: for `ipc` messages.
    package init(argumentZero: String, logger: Logger) {
        self.argumentZero = argumentZero
        self.logger = logger
        // A peer that has gone must be an error of the write, not the end of this process.
        _ = Glibc.signal(SIGPIPE, SIG_IGN)
        // Whoever started this process may have left it ignored; then the end of children could not be learned.
        _ = Glibc.signal(SIGCHLD, SIG_DFL)
        IpcProcess.keepFreedMemory()
    }

    /// Lets the allocator keep some of the memory that large messages leave, instead of giving it back to the system
    /// each time: asking for it again costs more than moving the messages does.
    private static func keepFreedMemory() {
        keep_freed_memory(8 << 20, 16 << 20)
    }

    /// Starts `executable` from the folder of this program with a channel to it.
    ///
    /// The child is called as `[<folder>/<executable>, "-ipcfd", "<n>"]`, and has no other descriptors than that and
    /// the standard streams. It is to serve its root object on the channel and to end when the channel closes.
    ///
    /// - Throws: ``IPCError/spawnFailed(path:code:)`` naming the path if the program cannot be executed.
    package func spawn(executable: String) throws(IPCError) -> SpawnedProcess {
        let folder = argumentZero.lastIndex(of: "/").map { String(argumentZero[...$0]) } ?? ""
        let path = folder + executable
        return try spawn(path: path, arguments: [path, "-ipcfd", String(ProcessSpawn.childDescriptor)])
    }

    /// Starts a program that finds its end of the channel at descriptor 3; otherwise as ``spawn(executable:)``.
    func spawn(path: String, arguments: [String]) throws(IPCError) -> SpawnedProcess {
        let (ours, theirs) = try UnixSocket.makePair()
        defer { UnixSocket.close(theirs) }
        let processID: Int32
        do {
            processID = try ProcessSpawn.spawn(path: path, arguments: arguments, descriptor: theirs)
        } catch {
            UnixSocket.close(ours)
            throw error
        }
        let peer = IpcPeer(processID: processID, userID: geteuid(), groupID: getegid(), address: path)
        return SpawnedProcess(
            path: path, processID: processID, channel: SocketChannel(descriptor: ours, peer: peer), logger: logger)
    }

    /// The channel to the process that spawned this one, or nil if the command line is not exactly
    /// `<program> -ipcfd <n>`.
    ///
    /// - Throws: ``IPCError/invalidDescriptor(text:reason:)``.
    package func checkSpawned(arguments: [String]) throws(IPCError) -> (any IpcChannel)? {
        guard arguments.count == 3, arguments[1] == "-ipcfd" else { return nil }
        let text = arguments[2]
        guard let descriptor = Int32(text), !text.hasPrefix("+") else {
            throw .invalidDescriptor(text: text, reason: "not a number")
        }
        guard descriptor > 2, UnixSocket.isSocket(descriptor) else {
            throw .invalidDescriptor(text: text, reason: "not a socket")
        }
        UnixSocket.setCloseOnExec(descriptor)
        let credentials = UnixSocket.credentials(of: descriptor)
        return SocketChannel(
            descriptor: descriptor,
            peer: IpcPeer(
                processID: credentials?.processID, userID: credentials?.userID, groupID: credentials?.groupID,
                address: "-ipcfd \(text)"))
    }

    /// Connects to an address.
    ///
    /// - Returns: nil for ``IpcAddress/none``, and for ``IpcAddress/automatic(path:)`` when nobody listens there.
    /// - Throws: ``IPCError/connectFailed(address:code:)``.
    package func connect(_ address: IpcAddress) async throws(IPCError) -> (any IpcChannel)? {
        guard let path = address.path else { return nil }
        var attempts = 0
        while true {
            switch UnixSocket.connect(path: path) {
            case .success(let descriptor):
                let credentials = UnixSocket.credentials(of: descriptor)
                return SocketChannel(
                    descriptor: descriptor,
                    peer: IpcPeer(
                        processID: credentials?.processID, userID: credentials?.userID,
                        groupID: credentials?.groupID, address: "unix:" + path))
            case .failure(let error) where error.code == EAGAIN && attempts < 100:
                // Somebody listens whose queue is full; a non-blocking socket has to ask again.
                attempts += 1
                do { try await Task.sleep(for: .milliseconds(20)) } catch {
                    throw .connectFailed(address: address.description, code: ECANCELED)
                }
            case .failure(let error):
                if case .automatic = address, [ECONNREFUSED, ENOENT, ENOTDIR].contains(error.code) { return nil }
                throw .connectFailed(address: address.description, code: error.code)
            }
        }
    }

    /// Binds an address and listens; connections wait until an ``IpcProtocol`` takes the listener.
    ///
    /// - Throws: see ``IPCError``; a live socket of another process is ``IPCError/addressInUse(path:)``.
    package func bind(_ address: IpcAddress) throws(IPCError) -> IpcListener {
        guard case .unix(let path) = address else { throw .unrecognizedAddress(address.description) }
        return try IpcListener.bind(path: path)
    }
}
