import CalculatorSchema
import CapnpRPC
import CapnpRPCNIO

guard CommandLine.arguments.count == 2 else { fatalError("usage: calculator-server <socket>") }
let listener = try await RPCListener.listen(unixSocket: CommandLine.arguments[1]) {
    // An object for each client; one for all is the same, with the object made outside.
    Calculator.Client(server: CalculatorObject()).capability
}
print("Listening on \(CommandLine.arguments[1])")
try await listener.closed()
