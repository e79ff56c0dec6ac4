/// A number of satoshis. Outputs carry amounts from zero to `maxMoney`; differences may be negative.
package typealias Amount = Int64

extension Amount {
    /// One bitcoin in satoshis.
    package static var coin: Amount { 100_000_000 }

    /// More satoshis than will ever exist: the bound that consensus puts on every amount and sum.
    package static var maxMoney: Amount { 21_000_000 * coin }

    /// Whether the amount is one that an output may carry (Core's `MoneyRange`).
    package var isInMoneyRange: Bool { self >= 0 && self <= .maxMoney }

    /// The amount in bitcoins with eight decimals and no spaces, as RPC shows it: "-0.00012000".
    package var bitcoinText: String {
        let (whole, fraction) = magnitude.quotientAndRemainder(dividingBy: Amount.coin.magnitude)
        let digits = String(fraction)
        let padding = String(repeating: "0", count: 8 - digits.utf8.count)
        return "\(self < 0 ? "-" : "")\(whole).\(padding)\(digits)"
    }
}
