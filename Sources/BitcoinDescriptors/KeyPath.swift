/// The bit that makes a step of BIP32 derivation hardened.
package let hardenedBit: UInt32 = 0x8000_0000

extension [UInt32] {
    /// Whether any step is hardened.
    package var isHardened: Bool { contains { $0 >= hardenedBit } }

    /// The steps as text, each with a slash in front: "/84h/1h/0h".
    ///
    /// - Parameter usingApostrophe: whether hardened steps end in ' instead of h.
    package func keyPathText(usingApostrophe: Bool = false) -> String {
        map { step in
            "/\(step & ~hardenedBit)" + (step >= hardenedBit ? (usingApostrophe ? "'" : "h") : "")
        }.joined()
    }
}
