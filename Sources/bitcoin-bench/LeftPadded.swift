extension String {
    /// The text with spaces before it, up to a width: for columns of numbers.
    func leftPadded(to width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }
}
