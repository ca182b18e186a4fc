import Glibc
import PipelineKit

/// The `Date` of responses, written once a second; RFC 9110, section 5.6.7.
struct DateField {
    private var second = Int.min
    /// `Sun, 06 Nov 1994 08:49:37 GMT`
    private(set) var bytes: [UInt8] = []

    /// - Parameter second: Since 1970.
    mutating func update(to second: Int) {
        guard second != self.second else { return }
        self.second = second
        bytes = Self.text(second)
    }

    static func text(_ second: Int) -> [UInt8] {
        var time = time_t(second)
        var parts = tm()
        gmtime_r(&time, &parts)
        let day = days[Int(parts.tm_wday)]
        let month = months[Int(parts.tm_mon)]
        let date = "\(two(parts.tm_mday)) \(month) \(Int(parts.tm_year) + 1900)"
        return Array("\(day), \(date) \(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) GMT".utf8)
    }

    private static func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
