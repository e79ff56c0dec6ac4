import FoundationEssentials

/// The clock of the machine.
enum SystemClock {
    /// Seconds since 1970.
    static var now: Int64 { Int64(Date().timeIntervalSince1970) }
}
