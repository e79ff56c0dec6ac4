/// Which parts of a transaction a signature covers: the byte behind it.
///
/// Before taproot any byte is a type, and the hash holds all 32 bits of it; only some bits have a meaning.
package struct SignatureHashType: RawRepresentable, Hashable, Sendable {
    /// The number as it is hashed.
    package let rawValue: UInt32

    /// Any number is a type.
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The byte behind a signature.
    package init(_ byte: UInt8) { rawValue = UInt32(byte) }

    /// All inputs and outputs, in taproot, without a byte behind the signature.
    package static let `default` = SignatureHashType(0)
    /// All inputs and outputs.
    package static let all = SignatureHashType(1)
    /// No outputs.
    package static let none = SignatureHashType(2)
    /// The output of the same position.
    package static let single = SignatureHashType(3)

    /// Whether other inputs may be added or changed (`SIGHASH_ANYONECANPAY`).
    package var allowsOtherInputs: Bool { rawValue & 0x80 != 0 }

    /// Which outputs are covered. Everything undefined covers all.
    package var outputs: Outputs {
        switch rawValue & 0x1f {
        case 2: .none
        case 3: .single
        default: .all
        }
    }

    /// The outputs that a signature covers.
    package enum Outputs: Sendable {
        /// All outputs.
        case all
        /// None.
        case none
        /// The one at the position of the input.
        case single
    }
}
