/// Dates and ages.
enum TimeText {
    /// "2023-11-14 21:12".
    static func full(_ time: Int64, _ zone: LocalTime) -> String {
        let date = CalendarTime(time, zone)
        return "\(date.year)-\(two(date.month))-\(two(date.day)) \(two(date.hour)):\(two(date.minute))"
    }

    /// "11-14 21:12" in the year of `now`, else "2023-11-14": eleven columns or ten.
    static func short(_ time: Int64, now: Int64, _ zone: LocalTime) -> String {
        let date = CalendarTime(time, zone)
        if date.year == CalendarTime(now, zone).year {
            return "\(two(date.month))-\(two(date.day)) \(two(date.hour)):\(two(date.minute))"
        }
        return "\(date.year)-\(two(date.month))-\(two(date.day))"
    }

    /// "21:12" on the day of `now`, else "11-14", in another year "2023".
    static func brief(_ time: Int64, now: Int64, _ zone: LocalTime) -> String {
        let date = CalendarTime(time, zone)
        let today = CalendarTime(now, zone)
        if date.year != today.year { return String(date.year) }
        if (date.month, date.day) != (today.month, today.day) { return "\(two(date.month))-\(two(date.day))" }
        return "\(two(date.hour)):\(two(date.minute))"
    }

    /// "21:12:09".
    static func clock(_ time: Int64, _ zone: LocalTime) -> String {
        let date = CalendarTime(time, zone)
        return "\(two(date.hour)):\(two(date.minute)):\(two(date.second))"
    }

    /// "<1 min", "4 min", "3 h", "12 d", "2 y": in units no finer than a minute, so that nothing changes more often.
    static func age(_ seconds: Int64) -> String {
        switch seconds {
        case ..<60: "<1 min"
        case ..<7200: "\(seconds / 60) min"
        case ..<172_800: "\(seconds / 3600) h"
        case ..<63_072_000: "\(seconds / 86400) d"
        default: "\(seconds / 31_536_000) y"
        }
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
}
