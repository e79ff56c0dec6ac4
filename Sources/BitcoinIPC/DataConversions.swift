package import BitcoinPrimitives
import ByteCoding
import IPC

/// Bytes from a peer that are not the value they should be.
package enum WireValueError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Fewer bytes than the value has.
    case endOfData
    /// Bytes in the right number, or more, that are no value.
    case malformed(String)

    /// The text that Core's exception has.
    package var description: String {
        switch self {
        case .endOfData: "SpanReader::read(): end of data: iostream error"
        case .malformed(let reason): reason
        }
    }
}

// Core's wire form of a value is its network serialisation; hashes are 32 bytes in internal order.

extension BlockHash: CapnpDataConvertible {}
extension TransactionID: CapnpDataConvertible {}
extension WitnessTransactionID: CapnpDataConvertible {}

extension HashIdentifier {
    /// The hash in 32 bytes.
    ///
    /// - Throws: `WireValueError` for any other number of bytes.
    package init(capnpData: [UInt8]) throws {
        guard let hash = Self(bytes: capnpData) else {
            throw capnpData.count < 32 ? WireValueError.endOfData : .malformed("hash of more than 32 bytes")
        }
        self = hash
    }

    /// The 32 bytes in internal order.
    package var capnpData: [UInt8] { bytes }
}

extension Transaction: CapnpDataConvertible {
    /// A transaction in network form, with or without witnesses.
    ///
    /// - Throws: `WireValueError`.
    package init(capnpData: [UInt8]) throws {
        do throws(SerializationError) {
            try self.init(decoding: capnpData)
        } catch {
            throw WireValueError(error)
        }
    }

    /// The network form with witnesses.
    package var capnpData: [UInt8] { encoded() }
}

extension Block: CapnpDataConvertible {
    /// A block in network form.
    ///
    /// - Throws: `WireValueError`.
    package init(capnpData: [UInt8]) throws {
        do throws(SerializationError) {
            try self.init(decoding: capnpData)
        } catch {
            throw WireValueError(error)
        }
    }

    /// The network form with witnesses.
    package var capnpData: [UInt8] { encoded() }
}

extension WireValueError {
    fileprivate init(_ error: SerializationError) {
        switch error {
        case .malformed(.endOfData): self = .endOfData
        default: self = .malformed("\(error)")
        }
    }
}
