import Foundation

/// This program started once more, as the other end of a measurement. Ends when its standard input does.
final class PeerProcess {
    /// Command of the end that answers on a plain socket, its standard input.
    static let reflect = "reflect"
    /// Command of the end that serves interfaces on the Unix socket named after it.
    static let serve = "serve"
    /// Before either: on which processor.
    static let processorOption = "-processor="
    /// Descriptor of standard input.
    static let standardInput: Int32 = 0

    /// Our end of the socket that is the standard input of the other one.
    let socket: RawSocket
    private let process = Process()
    private let output = Pipe()

    init(_ arguments: [String]) throws {
        let (ours, theirs) = try RawSocket.makePair()
        let input = FileHandle(fileDescriptor: theirs, closeOnDealloc: true)
        socket = RawSocket(descriptor: ours)
        process.executableURL = URL(
            fileURLWithPath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        process.arguments = arguments
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    /// Waits until the other end has written its first byte.
    func waitUntilReady() throws {
        guard try output.fileHandleForReading.read(upToCount: 1)?.isEmpty == false else {
            throw BenchError("the serving process did not start")
        }
    }

    /// Ends the process.
    func end() {
        try? FileHandle(fileDescriptor: socket.descriptor, closeOnDealloc: false).close()
        process.waitUntilExit()
    }
}
