import BitcoinInterfaces
import Testing

/// What filters of wallet windows mean.
struct RowFilterTests {
    private func matches(_ filter: String, amount: Int64 = 150_000_000, depth: Int32? = 6) -> Bool {
        RowFilter(filter).matches(
            texts: ["Rent May", "bcrt1q", "send"], label: "Rent May", amount: amount, depth: depth)
    }

    @Test func allWordsMustFitWhateverTheCase() {
        #expect(RowFilter("").isEmpty && RowFilter("  \t ").isEmpty)
        #expect(matches("") && matches("rent") && matches("MAY send"))
        #expect(!matches("rent june"))
        #expect(matches("label~rent") && !matches("label~send"))
    }

    @Test func amountsAreComparedWithoutTheirSign() {
        for amount in [150_000_000, -150_000_000] as [Int64] {
            #expect(matches("amt>1.4", amount: amount) && matches("AMT>1.", amount: amount))
            #expect(matches("amt>.5", amount: amount) && matches("amt<1.50000001", amount: amount))
            #expect(!matches("amt>1.5", amount: amount) && !matches("amt<1.5", amount: amount))
        }
        #expect(matches("amt>20999999", amount: .min))
    }

    @Test func confirmationsAreComparedWhereThereAreAny() {
        #expect(matches("conf>5") && matches("conf<7") && !matches("conf>6") && !matches("conf<6"))
        #expect(matches("conf>5", depth: nil))
        #expect(matches("conf<0", depth: -3))
    }

    @Test(arguments: ["amt>", "amt>.", "amt>1.2.3", "amt>1.123456789", "amt>-1", "amt>１", "conf>x", "amt>123456789"])
    func whatIsNoConditionIsAWord(_ text: String) {
        #expect(!matches(text))
        #expect(RowFilter(text).matches(texts: ["x " + text.lowercased()], label: "", amount: 0, depth: nil))
    }
}
