import BitcoinCommon
import BitcoinIPC
import BitcoinInterfaces
import BitcoinPrimitives
import BitcoinRPC
import Foundation
import IPC
import Logging

/// One RPC from the command line: its request, its transport, its answer.
struct CliCall {
    let arguments: Arguments
    let network: Network

    func run() async throws -> Int32 {
        for name in ["getinfo", "netinfo", "addrinfo", "generate"] where arguments.boolean(name) ?? false {
            throw OptionError("-\(name) is not supported by this version")
        }
        var words = arguments.command
        if arguments.boolean("stdinwalletpassphrase") ?? false {
            guard words.first?.hasPrefix("walletpassphrase") == true else {
                throw OptionError("-stdinwalletpassphrase is only applicable for walletpassphrase(change)")
            }
            words.insert(try HiddenInput.readLine(prompt: "Wallet passphrase> "), at: 1)
        }
        if arguments.boolean("stdin") ?? false {
            while let line = readLine(strippingNewline: true) { words.append(line) }
        }
        guard let method = words.first else { throw OptionError("too few parameters (need at least command)") }
        let rest = Array(words.dropFirst())
        let parameters =
            arguments.boolean("named") ?? false
            ? try CommandLineArguments.named(method, rest) : try CommandLineArguments.positional(method, rest)
        let request = RPCRequest(method: method, parameters: parameters, id: 1, version: .v2)
        let wallet = arguments.isNegated("rpcwallet") ? nil : arguments.string("rpcwallet")
        let uri = wallet.map { "/wallet/" + RPCRequest.encodePercent($0) } ?? "/"
        let answer = try await send(request.json.write(), uri: uri, user: arguments.string("rpcuser") ?? "")
        guard let reply = try? JSONValue(parsing: answer), case .object = reply else {
            throw OptionError("couldn't parse reply from server")
        }
        return show(reply)
    }

    // MARK: Transport

    /// Sends the request, with `-rpcwait` again and again until the node is there and ready.
    private func send(_ request: String, uri: String, user: String) async throws -> String {
        let address = arguments.string("ipcconnect") ?? "auto"
        if arguments.isSet("rpcconnect"), !arguments.isNegated("rpcconnect"), address != "0" {
            guard address == "auto" else {
                throw OptionError("-rpcconnect and -ipcconnect options cannot both be enabled")
            }
            throw OptionError("RPC over HTTP is not supported by this version; leave -rpcconnect out to use IPC")
        }
        guard address != "0", !address.isEmpty else {
            throw OptionError("RPC over HTTP is not supported by this version; give -ipcconnect=unix or leave it out")
        }
        let waits = arguments.boolean("rpcwait") ?? false
        let timeout = arguments.integer("rpcwaittimeout") ?? 0
        let start = ContinuousClock.now
        while true {
            do {
                let answer = try await sendOnce(request, uri: uri, user: user, address: address)
                let code = (try? JSONValue(parsing: answer))?["error"]["code"].intValue
                if waits, code == -28 { throw CliTransientError(message: "node is starting") }
                return answer
            } catch let error as CliTransientError {
                let waited = ContinuousClock.now - start
                guard waits else { throw OptionError(error.message) }
                guard timeout <= 0 || waited < .seconds(timeout) else {
                    throw OptionError("timeout on transient error: \(error.message)")
                }
                try await Task.sleep(for: .milliseconds(waited < .seconds(2) ? 100 : 1000))
            }
        }
    }

    private func sendOnce(_ request: String, uri: String, user: String, address: String) async throws -> String {
        let logger = Logger(label: "ipc") { _ in SwiftLogNoOpLogHandler() }
        let process = IpcProcess(argumentZero: CommandLine.arguments.first ?? "", logger: logger)
        let target = try IpcAddress.connecting(address, directory: arguments.networkDirectory(network))
        let channel: (any IpcChannel)?
        do {
            channel = try await process.connect(target)
        } catch {
            guard case IPCError.connectFailed(_, let code) = error else { throw error }
            throw CliTransientError(message: notRunning(SystemError.text(code)))
        }
        guard let channel else { throw CliTransientError(message: notRunning("No node answers at \(target)")) }
        let ipc = BitcoinProtocol.make(executable: "bitcoin-cli", logger: logger)
        let connection = try await ipc.connect(channel)
        defer { connection.session.close() }
        return try await connection.root.makeRpc().executeRpc(request: request, uri: uri, user: user)
    }

    private func notRunning(_ cause: String) -> String {
        """
        \(cause)

        Probably bitcoin-node is not running or not listening on a unix socket. Can be started with:

            bitcoin-node -chain=\(network.chainName) -ipcbind=unix
        """
    }

    // MARK: Answer

    private func show(_ reply: JSONValue) -> Int32 {
        let error = reply["error"]
        guard error.isNull else {
            var text = "error: " + error.write()
            var status: Int32 = 1
            if let failure = RPCError(json: error) {
                text = "error code: \(failure.code.rawValue)\nerror message:\n\(failure.message)"
                if failure.code == .walletNotSpecified {
                    text +=
                        " Or for the CLI, specify the \"-rpcwallet=<walletname>\" option before the command"
                        + " (run \"bitcoin-cli -h\" for help or \"bitcoin-cli listwallets\" to see which wallets are"
                        + " currently loaded)."
                }
                status = Int32(clamping: abs(failure.code.rawValue))
            }
            CliProgram.print(toError: text)
            return status
        }
        switch reply["result"] {
        case .null: break
        case .string(let text): if !text.isEmpty { print(text) }
        case let value: print(value.write(indent: 2))
        }
        return 0
    }
}

/// A failure that `-rpcwait` waits out.
private struct CliTransientError: Error {
    let message: String
}
