import Glibc

extension ArraySlice<UInt8> {
    /// Whether two slices hold the same bytes. The same as `==`, which compares one byte after the other.
    public func hasBytes(of other: ArraySlice<UInt8>) -> Bool {
        guard count == other.count else { return false }
        guard !isEmpty else { return true }
        return unsafe withUnsafeBytes { mine in
            unsafe other.withUnsafeBytes { unsafe memcmp(mine.baseAddress!, $0.baseAddress!, mine.count) == 0 }
        }
    }
}
