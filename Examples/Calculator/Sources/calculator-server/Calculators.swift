import CalculatorSchema
import Capnp
import CapnpRPC
import Synchronization

/// What the server offers each client.
final class CalculatorObject: Calculator.Server {
    private let observers = Mutex<[ObjectIdentifier: Calculator.Observer.Client]>([:])

    func literal(_ call: TypedCall<Calculator.LiteralParams, Calculator.LiteralResults>) async throws {
        let value = ValueObject(call.params.value)
        call.results().setValue(Calculator.Value.Client(server: value).capability)
    }

    func apply(_ call: TypedCall<Calculator.ApplyParams, Calculator.ApplyResults>) async throws {
        // The objects may live here or with the caller, and may be results of calls that have not returned.
        let function = Calculator.Function.Client(try call.params.function())
        let values = try call.params.arguments().map { Calculator.Value.Client($0) }
        let pending = values.map { $0.read() }
        var arguments: [Double] = []
        for promise in pending { arguments.append(try await promise.response().value) }
        let result = try await function.call { params in
            params.initArguments(count: arguments.count).assign(arguments)
        }.response().value
        for observer in observers.withLock({ Array($0.values) }) {
            // Not awaited: an observer that is slow, or gone, holds up nobody.
            _ = observer.applied { params in
                params.initArguments(count: arguments.count).assign(arguments)
                params.value = result
            }
        }
        call.results().setValue(Calculator.Value.Client(server: ValueObject(result)).capability)
    }

    func `operator`(_ call: TypedCall<Calculator.OperatorParams, Calculator.OperatorResults>) async throws {
        guard let function = OperatorObject(call.params.name) else {
            throw RPCError(kind: .failed, reason: "unknown operator \(call.params.name.rawValue)")
        }
        call.results().setFunction(Calculator.Function.Client(server: function).capability)
    }

    func watch(_ call: TypedCall<Calculator.WatchParams, Calculator.WatchResults>) async throws {
        let observer = Calculator.Observer.Client(try call.params.observer())
        let subscription = SubscriptionObject(self)
        observers.withLock { $0[ObjectIdentifier(subscription)] = observer }
        call.results().setSubscription(Calculator.Subscription.Client(server: subscription).capability)
    }

    fileprivate func forget(_ id: ObjectIdentifier) {
        // Dropped outside the lock.
        _ = observers.withLock { $0.removeValue(forKey: id) }
    }
}

/// A number.
final class ValueObject: Calculator.Value.Server {
    private let value: Double

    init(_ value: Double) { self.value = value }

    func read(_ call: TypedCall<Calculator.Value.ReadParams, Calculator.Value.ReadResults>) async throws {
        call.results().value = value
    }
}

/// A function of the server's.
final class OperatorObject: Calculator.Function.Server {
    private let compute: @Sendable (Double, Double) -> Double

    init?(_ name: Calculator.Operator) {
        switch name {
        case .add: compute = { $0 + $1 }
        case .multiply: compute = { $0 * $1 }
        case .subtract: compute = { $0 - $1 }
        case .divide: compute = { $0 / $1 }
        case .unknown: return nil
        }
    }

    func call(_ call: TypedCall<Calculator.Function.CallParams, Calculator.Function.CallResults>) async throws {
        let arguments = try call.params.arguments()
        guard arguments.count == 2 else { throw RPCError(kind: .failed, reason: "an operator takes two arguments") }
        call.results().value = compute(try arguments[0], try arguments[1])
    }
}

/// Lives as long as the client holds it, or its connection.
final class SubscriptionObject: Calculator.Subscription.Server {
    private let calculator: CalculatorObject

    init(_ calculator: CalculatorObject) { self.calculator = calculator }

    deinit { calculator.forget(ObjectIdentifier(self)) }
}
