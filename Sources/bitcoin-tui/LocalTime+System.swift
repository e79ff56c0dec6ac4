import Foundation
import TerminalUI

extension LocalTime {
    /// The time zone of this process, with its changes of the last and next years.
    static var system: LocalTime {
        let zone = TimeZone.current
        var changes: [(start: Int64, offset: Int)] = []
        var date = Date(timeIntervalSince1970: 1_230_768_000)  // 2009, before the first block
        let end = Date().addingTimeInterval(5 * 365 * 86400)
        changes.append((Int64.min, zone.secondsFromGMT(for: date)))
        // Twenty-odd years have two changes each; the bound is for zones with a rule gone wild.
        while changes.count < 200, let next = zone.nextDaylightSavingTimeTransition(after: date), next < end,
            next > date
        {
            changes.append((Int64(next.timeIntervalSince1970), zone.secondsFromGMT(for: next.addingTimeInterval(1))))
            date = next
        }
        return LocalTime(changes: changes)
    }
}
