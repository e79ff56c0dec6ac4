import CalculatorSchema
import CapnpRPC
import CapnpRPCNIO

/// The server.
@main
enum CalculatorServer {
    static func main() async throws {
        guard CommandLine.arguments.count == 2 else {
            print("usage: calculator-server <socket>")
            return
        }
        let path = CommandLine.arguments[1]
        let listener = try await RPCListener.listen(unixSocket: path) {
            // An object for each client; one for all is the same, with the object made outside.
            Calculator.Client(server: CalculatorObject()).capability
        }
        print("Listening on \(path)")
        try await listener.closed()
    }
}
