/// The user's time zone as a value, so that rendering needs no clock and no system calls.
package struct LocalTime: Sendable, Equatable {
    /// From a moment on (seconds since 1970), local time is that many seconds ahead of UTC. Ascending.
    private let changes: [(start: Int64, offset: Int)]

    /// Universal time.
    package static let utc = LocalTime(changes: [])

    /// Takes the changes of the zone's offset in ascending order.
    package init(changes: [(start: Int64, offset: Int)]) { self.changes = changes }

    /// Seconds that local time is ahead of UTC at a moment.
    package func offset(at time: Int64) -> Int {
        changes.last { $0.start <= time }?.offset ?? changes.first?.offset ?? 0
    }

    /// Compares the changes.
    package static func == (left: LocalTime, right: LocalTime) -> Bool {
        left.changes.elementsEqual(right.changes) { $0.start == $1.start && $0.offset == $1.offset }
    }
}

/// A moment as people write it.
struct CalendarTime {
    var year: Int
    var month: Int
    var day: Int
    var hour: Int
    var minute: Int
    var second: Int

    /// The local date of a moment in seconds since 1970. Moments outside the years 0 to 9999 count as 1970.
    init(_ time: Int64, _ zone: LocalTime) {
        let isReasonable = time > -62_000_000_000 && time < 253_000_000_000
        let local = isReasonable ? Int(time) + zone.offset(at: time) : 0
        let days = Int((Double(local) / 86400).rounded(.down))
        let seconds = local - days * 86400
        // Days are counted from 1 March of year 0, so that the leap day is the last of its year; eras have 400 years.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        hour = seconds / 3600
        minute = seconds / 60 % 60
        second = seconds % 60
    }
}
