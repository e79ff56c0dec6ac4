import BitcoinRPC
import ByteCoding
package import Capnp

/// What both sides of a connection said, in order.
///
/// The file has a line of JSON for each piece: `{"from": "client", "hex": "…"}`, in order of time, with `"connection": 2`
/// where there was more than one. A piece may hold several messages, or a part of one.
package struct Dialogue: Sendable {
    /// One message.
    package struct Turn: Sendable {
        /// Who said it.
        package var sender: WireSide
        /// What.
        package var message: Message
    }

    /// Why a file is no dialogue.
    package enum Problem: Error, Equatable, CustomStringConvertible {
        case notALine(number: Int)
        case malformed(line: Int, CapnpError)
        case cutOff
        case tooLarge

        /// For people.
        package var description: String {
            switch self {
            case .notALine(let number):
                "line \(number) is not of the form {\"from\": \"client\" or \"server\", \"hex\": \"…\"}"
            case .malformed(let line, let error): "line \(line): malformed message: \(error)"
            case .cutOff: "the last message is cut off"
            case .tooLarge: "the file is larger than \(maxBytes >> 20) MB"
            }
        }
    }

    /// The longest file that is read, in bytes.
    package static let maxBytes = 1 << 30

    /// The turns of each connection.
    package private(set) var connections: [[Turn]] = []

    /// A dialogue of one connection.
    package init(_ turns: [Turn]) {
        connections = [turns]
    }

    /// Reads a file.
    package init(lines text: String) throws(Problem) {
        guard text.utf8.count <= Self.maxBytes else { throw .tooLarge }
        var numbers: [Int64: Int] = [:]
        var decoders: [WireSide: [FrameDecoder]] = [.client: [], .server: []]
        var number = 0
        for line in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            number += 1
            if line.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") }) { continue }
            guard let json = try? JSONValue(parsing: Array(line)),
                let sender = json["from"].stringValue.flatMap(WireSide.init(rawValue:)),
                let bytes = json["hex"].stringValue.flatMap({ try? Hex.decode($0) })
            else { throw .notALine(number: number) }
            let connection = json["connection"].intValue ?? 1
            let index = numbers[connection] ?? connections.count
            if index == connections.count {
                numbers[connection] = index
                connections.append([])
                decoders[.client]?.append(FrameDecoder(limits: TraceConversation.limits))
                decoders[.server]?.append(FrameDecoder(limits: TraceConversation.limits))
            }
            decoders[sender]?[index].push(bytes)
            do throws(CapnpError) {
                while let message = try decoders[sender]?[index].next() {
                    connections[index].append(Turn(sender: sender, message: message))
                }
            } catch {
                throw .malformed(line: number, error)
            }
        }
        guard decoders.values.allSatisfy({ $0.allSatisfy { $0.pendingBytes == 0 } }) else { throw .cutOff }
    }

    /// A message as a line of such a file, without the line's end.
    ///
    /// - Parameter connection: its number, from 1.
    package static func line(_ message: Message, from sender: WireSide, connection: Int = 1) -> String {
        let first = connection == 1 ? "" : "\"connection\": \(connection), "
        return "{\(first)\"from\": \"\(sender.rawValue)\", \"hex\": \"\(Hex.encode(message.framedBytes))\"}"
    }
}
