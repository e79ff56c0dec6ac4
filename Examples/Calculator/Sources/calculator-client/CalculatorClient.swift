import CalculatorSchema
import CapnpRPC
import CapnpRPCNIO
import Synchronization

/// A function that lives in this process and is called by the server.
final class PowerObject: Calculator.Function.Server {
    func call(_ call: TypedCall<Calculator.Function.CallParams, Calculator.Function.CallResults>) async throws {
        let arguments = try call.params.arguments()
        guard arguments.count == 2 else { throw RPCError(kind: .failed, reason: "power takes two arguments") }
        var result = 1.0
        for _ in 0..<Int(try arguments[1]) { result *= try arguments[0] }
        call.results().value = result
    }
}

/// Hears of what the server has computed.
final class ObserverObject: Calculator.Observer.Server {
    private let heard = Mutex<[Double]>([])

    var values: [Double] { heard.withLock { $0 } }

    func applied(_ call: TypedCall<Calculator.Observer.AppliedParams, Calculator.Observer.AppliedResults>) async throws
    {
        heard.withLock { $0.append(call.params.value) }
    }
}

/// The client.
@main
enum CalculatorClient {
    static func main() async throws {
        guard CommandLine.arguments.count == 2 else {
            print("usage: calculator-client <socket>")
            return
        }
        let connection = try await RPCClient.connect(unixSocket: CommandLine.arguments[1])
        let calculator = Calculator.Client(connection.bootstrap())

        let observer = ObserverObject()
        let subscription = try await calculator.watch {
            $0.setObserver(Calculator.Observer.Client(server: observer).capability)
        }.response().subscription()

        // (3 + 4) * 5: eight calls, one round trip. Nothing is awaited before the end; each call goes to what others will
        // return.
        let add = calculator.operator { $0.name = .add }
        let multiply = calculator.operator { $0.name = .multiply }
        let three = calculator.literal { $0.value = 3 }
        let four = calculator.literal { $0.value = 4 }
        let five = calculator.literal { $0.value = 5 }
        let sum = calculator.apply(add.function, three.value, four.value)
        let product = calculator.apply(multiply.function, sum.value, five.value)
        print("(3 + 4) * 5 =", try await product.value.read().response().value)

        // 2 to the power of 10, by a function of this process that the server calls.
        let two = calculator.literal { $0.value = 2 }
        let ten = calculator.literal { $0.value = 10 }
        let power = calculator.apply(Calculator.Function.Client(server: PowerObject()), two.value, ten.value)
        print("2 ^ 10 =", try await power.value.read().response().value)

        // An error of the server's reaches whoever awaits anything that depends on it.
        let wrong = calculator.apply(add.function, three.value)
        do {
            _ = try await wrong.value.read().response()
        } catch let error as RPCError {
            print("add(3): \(error.reason)")
        }

        print("observed:", observer.values)
        withExtendedLifetime(subscription) {}
        connection.close()
    }
}

extension Calculator.Client {
    /// `function(arguments)`, not awaited: the value can be used at once.
    fileprivate func apply(
        _ function: Calculator.Function.Client, _ arguments: Calculator.Value.Client...
    ) -> TypedPromise<Calculator.ApplyResults> {
        apply { params in
            params.setFunction(function.capability)
            params.initArguments(count: arguments.count).assign(arguments.map(\.capability))
        }
    }
}
