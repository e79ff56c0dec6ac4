import Capnp
package import CapnpRPC
import Logging
import Synchronization

/// What a runtime holds.
private final class Holder<Object: Sendable>: Sendable {
    let object: Object

    init(_ object: Object) { self.object = object }
}

/// Runs the calls on one served object: which thread's turn, callbacks, errors, destruction. Held by generated servers.
package final class ProxyServerRuntime<Object: Sendable>: Sendable {
    /// The connection that the object is served on.
    package let connection: ProxyConnection

    /// A `Holder` of the object; nil after `destroy`. Not of its own type: a lock around a type that is not known when
    /// this is compiled would have to be laid out anew with every access.
    private let storage: Mutex<(any AnyObject & Sendable)?>
    /// Turns of calls that name no thread.
    private let queue: CallQueue

    /// Serves `object` on `connection`.
    package init(object: Object, connection: ProxyConnection) {
        self.storage = Mutex(Holder(object))
        self.connection = connection
        self.queue = CallQueue(limit: connection.limits.queuedCalls)
    }

    /// The object; nil after `destroy`.
    package var object: Object? {
        guard let holder = storage.withLock({ $0 }) else { return nil }
        return unsafe unsafeDowncast(holder, to: Holder<Object>.self).object
    }

    /// For results.
    package var exports: ExportContext { ExportContext(connection: connection) }
    /// For parameters.
    package var imports: ImportContext { ImportContext(connection: connection) }

    /// Runs one call of a method.
    ///
    /// Without a `Context` parameter it runs at once. Else it waits for its turn: on `Context.thread` if that is given,
    /// on the first free thread of the peer's pool if there is one, else in order with the other calls on this object.
    /// (Core refuses a call without thread and pool.)
    /// - Parameters:
    ///   - call: the call.
    ///   - name: `Interface.method`, for the log.
    ///   - contextPointer: pointer index of the `Context` parameter; nil if the method has none.
    ///   - allowsCancellation: whether a caller that gives up (`Finish`) cancels the method's task. Never needed for a
    ///     caller that is gone: that always cancels.
    ///   - body: reads parameters, calls the object, writes results.
    /// - Throws: `RPCError` in the form that goes over the wire.
    package nonisolated(nonsending) func run(
        _ call: IncomingCall, name: StaticString = "", contextPointer: Int?, allowsCancellation: Bool = false,
        body: nonisolated(nonsending) (Object) async throws -> Void
    ) async throws {
        if allowsCancellation { call.allowCancellation() }
        let log = RequestLog(number: connection.nextRequestNumber(), name: name, on: connection)
        log?.received()
        do {
            if let contextPointer {
                try await runInTurn(call, contextPointer, log, body)
            } else {
                try await runNow(body)
            }
            if let log { if connection.isClosed { log.interrupted() } else { log.answered() } }
        } catch let error as CancellationError {
            log?.interrupted()
            throw error
        } catch {
            log?.failed(error)
            throw ErrorMapping.toWire(error)
        }
    }

    /// Runs `destroy`: drops the object. Calls still running keep it until they end; later ones fail.
    package nonisolated(nonsending) func destroy(
        _ call: IncomingCall, name: StaticString = "", contextPointer: Int?
    ) async throws {
        try await run(call, name: name, contextPointer: contextPointer) { _ in
            let dropped = storage.withLock { object in
                defer { object = nil }
                return object
            }
            _ = dropped
        }
    }

    /// Runs `Init.construct(threadMap) -> (threadMap)`: exchanges the thread maps. Parameter and result are pointer 0.
    package func construct(_ call: IncomingCall) throws {
        do {
            connection.setPeerThreadMap(try call.params.pointer(at: 0).capability() as? Client)
        } catch {
            throw ErrorMapping.toWire(error)
        }
        call.results(size: StructSize(dataWords: 0, pointers: 1)).pointer(at: 0).setCapability(connection.threadMap)
    }

    private nonisolated(nonsending) func runNow(
        _ body: nonisolated(nonsending) (Object) async throws -> Void
    ) async throws {
        let object = try liveObject()
        let request = ServerRequest(connection: connection, queue: nil, thread: nil, callbackThread: nil)
        defer { request.finish() }
        try await ServerRequest.$current.withValue(request) { try await body(object) }
    }

    private nonisolated(nonsending) func runInTurn(
        _ call: IncomingCall, _ contextPointer: Int, _ log: RequestLog?,
        _ body: nonisolated(nonsending) (Object) async throws -> Void
    ) async throws {
        let context = ProxyMessages.Context.Reader(try call.params.pointer(at: contextPointer).structReader())
        let thread = try context.thread() as? Client
        let callbackThread = try context.callbackThread() as? Client
        // Mostly known: waiting for it is a call of its own.
        var server = knownServer(of: thread)
        if server == nil, thread != nil { server = try await self.server(of: thread) }
        // Not for clients of older versions, which get exactly what Core's server sends.
        if !call.isPipelined, let server, let callbackThread { server.keep(callbackThread) }
        let queue = server?.queue ?? connection.pool ?? self.queue
        log?.queued(on: server)
        if !queue.enterAtOnce() { try await queue.enter() }
        let request = ServerRequest(
            connection: connection, queue: queue, thread: thread, callbackThread: callbackThread)
        defer { request.finish() }
        try Task.checkCancellation()
        let object = try liveObject()
        log?.noteCancellation(of: call, on: connection)
        try await ServerRequest.$current.withValue(request) { try await body(object) }
    }

    /// The thread that a call names, if that is known already.
    private func knownServer(of thread: Client?) -> ThreadServer? {
        guard let server = thread?.localServer as? ThreadServer else { return nil }
        return server.sessionID == connection.session.id ? server : nil
    }

    /// The thread that a call names, if any.
    private func server(of thread: Client?) async throws -> ThreadServer? {
        guard let thread else { return nil }
        let resolved = await thread.resolved()
        if let failure = resolved.failure { throw failure }
        guard let server = knownServer(of: resolved) else { throw RemoteException("invalid thread handle") }
        return server
    }

    private func liveObject() throws -> Object {
        guard let object else { throw RemoteException("method called after destroy") }
        return object
    }
}

/// What the log says of one served call.
///
/// Never inlined: a method's text in the making would take two kilobytes of the stack of every call's task, whether it is
/// logged or not.
private struct RequestLog {
    let number: UInt64
    let name: StaticString
    let logger: Logger

    /// - Returns: nil if nothing is logged: asking once per call is cheaper than asking for every line.
    init?(number: UInt64, name: StaticString, on connection: ProxyConnection) {
        guard connection.logger.logLevel <= .info else { return nil }
        self.number = number
        self.name = name
        logger = connection.logger
    }

    @inline(never) func received() {
        logger.debug("IPC server recv request  #\(number) \(name)$Params")
    }

    @inline(never) func queued(on thread: ThreadServer?) {
        logger.debug("IPC server post request  #\(number) {\(thread?.name ?? "no thread")}")
    }

    @inline(never) func answered() {
        logger.debug("IPC server send response #\(number) \(name)$Results")
    }

    @inline(never) func interrupted() {
        logger.info("IPC server request #\(number) interrupted (canceled)")
    }

    @inline(never) func failed(_ error: any Error) {
        logger.debug("IPC server send exception #\(number) \(name): \(error)")
    }

    @inline(never) func noteCancellation(of call: IncomingCall, on connection: ProxyConnection) {
        call.onCancel { [number] in
            guard connection.isClosed else { return }
            connection.logger.info("IPC server request #\(number) canceled while executing.")
        }
    }
}
