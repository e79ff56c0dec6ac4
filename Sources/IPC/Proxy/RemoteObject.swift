package import Capnp
package import CapnpRPC
import Logging
import Synchronization

/// A generated proxy of an object on the far side.
package protocol ProxyClientObject: AnyObject, Sendable {
    /// The far side's object.
    var remote: RemoteObject { get }
}

/// An object on the far side of a connection: makes calls on it, with the thread and callback conventions of
/// `mp/proxy.capnp`.
///
/// Keeps the connection, if this side made it. Dropping the last reference releases the object there.
package final class RemoteObject: Sendable {
    /// What calls go to.
    package let capability: Client
    /// The connection of the object.
    package let connection: ProxyConnection
    private let lease: ConnectionLease?
    /// Whether the capability has been handed on.
    private let isShared = Atomic(false)

    /// An object reached by `capability` over `connection`.
    package convenience init(capability: Client, connection: ProxyConnection) {
        self.init(capability: capability, connection: connection, lease: connection.lease)
    }

    init(capability: Client, connection: ProxyConnection, lease: ConnectionLease?) {
        self.capability = capability
        self.connection = connection
        self.lease = lease
    }

    /// Calls a method and waits for the answer. The call is sent before the first suspension.
    ///
    /// Inside a served call it runs on the thread of the peer that waits for that call, so that it nests; else on a
    /// thread of the peer that no other call uses.
    /// - Parameters:
    ///   - name: `Interface.method`, for the log.
    ///   - interfaceID: the interface that declares the method.
    ///   - methodID: its ordinal.
    ///   - paramsSize: of the parameter struct.
    ///   - contextPointer: pointer index of the `Context` parameter; nil if the method has none.
    ///   - build: fills in the other parameters.
    ///   - read: takes the results.
    /// - Throws: ``RemoteException`` for what the far side threw; ``IPCError`` (`disconnected`, `unimplemented`,
    ///   `overloaded`); `CancellationError`; what `build` and `read` throw.
    package func invoke<Result>(
        name: StaticString = "", interfaceID: UInt64, methodID: UInt16, paramsSize: StructSize, contextPointer: Int?,
        build: (StructBuilder, ExportContext) throws -> Void,
        read: (StructReader, ImportContext) throws -> Result
    ) async throws -> Result {
        let request = ServerRequest.current.flatMap { $0.connection === connection ? $0 : nil }
        let threads = try contextPointer.map { _ in try callThreads(request) } ?? .none
        let endsCallback = request?.beginCallback() ?? false
        connection.logger.trace("IPC client send \(name)")
        let promise: RemotePromise
        do {
            promise = try Self.send(
                capability, connection, interfaceID, methodID, paramsSize, contextPointer, threads, build)
        } catch {
            if endsCallback { request?.endCallback() }
            finish(threads, isFree: true)
            throw error
        }
        let response: Response
        do {
            response = try await promise.response()
        } catch {
            if endsCallback { request?.endCallback() }
            // After a cancellation the method may go on at the far side.
            finish(threads, isFree: !(error is CancellationError))
            throw ErrorMapping.fromWire(error, closed: connection.isClosed)
        }
        if endsCallback { request?.endCallback() }
        finish(threads, isFree: true)
        connection.logger.trace("IPC client recv \(name)")
        return try read(response.results, ImportContext(connection: connection))
    }

    /// The capability, to hand it on: from then on the object is destroyed by dropping its last reference, wherever that
    /// is, and no longer by dropping this proxy.
    func share() -> Client {
        isShared.store(true, ordering: .relaxed)
        return capability
    }

    /// Tells the far side to destroy the object, without waiting: for the `deinit` of generated proxies.
    package func destroy(name: StaticString = "", interfaceID: UInt64, methodID: UInt16, contextPointer: Int?) {
        guard !connection.isClosed, !isShared.load(ordering: .relaxed) else { return }
        // Holds the capability, not this object, which is gone by then.
        connection.destroys.add { [capability, connection] in
            let lane: RemoteThreads.Lane?
            do {
                lane = contextPointer == nil ? nil : try connection.remoteThreads.take()
            } catch {
                // Without a thread the call would fail; dropping the capability frees the object too.
                return nil
            }
            let threads = lane.map(Threads.lane) ?? .none
            let size = StructSize(dataWords: 0, pointers: contextPointer == nil ? 0 : 1)
            let promise = try? Self.send(
                capability, connection, interfaceID, methodID, size, contextPointer, threads
            ) { _, _ in
            }
            guard let promise else {
                if let lane { connection.remoteThreads.giveBack(lane, isFree: true) }
                return nil
            }
            return {
                let isAnswered = (try? await promise.response()) != nil
                if let lane { connection.remoteThreads.giveBack(lane, isFree: isAnswered) }
            }
        }
    }
}

extension RemoteObject {
    /// Which threads a call names.
    private enum Threads {
        case none
        /// The one that waits for the call being served, and ours that serves it.
        case nested(thread: Client, callbackThread: Client?)
        /// One taken for this call.
        case lane(RemoteThreads.Lane)
    }

    private func callThreads(_ request: ServerRequest?) throws -> Threads {
        if let nested = request?.callbackThreads {
            return .nested(thread: nested.thread, callbackThread: nested.callbackThread)
        }
        return try connection.remoteThreads.take().map(Threads.lane) ?? .none
    }

    private static func send(
        _ capability: Client, _ connection: ProxyConnection, _ interfaceID: UInt64, _ methodID: UInt16,
        _ size: StructSize, _ contextPointer: Int?, _ threads: Threads,
        _ build: (StructBuilder, ExportContext) throws -> Void
    ) throws -> RemotePromise {
        if connection.isClosed { throw IPCError.disconnected("IPC client method called after disconnect.") }
        return try capability.call(
            interfaceID: interfaceID, methodID: methodID, paramsSize: size, isPipelined: false
        ) { params in
            if let contextPointer {
                let context = ProxyMessages.Context.Builder(
                    params.pointer(at: contextPointer).initStruct(ProxyMessages.Context.size))
                switch threads {
                case .none:
                    break
                case .nested(let thread, let callbackThread):
                    context.setThread(thread)
                    context.setCallbackThread(callbackThread)
                case .lane(let lane):
                    context.setThread(lane.remote)
                    context.setCallbackThread(lane.local)
                }
            }
            try build(params, ExportContext(connection: connection))
        }
    }

    private func finish(_ threads: Threads, isFree: Bool) {
        if case .lane(let lane) = threads { connection.remoteThreads.giveBack(lane, isFree: isFree) }
    }
}
