import Foundation

/// The real time, read without the code under test.
enum NodeClockReal {
    static var now: Int64 { Int64(Date().timeIntervalSince1970) }
}
