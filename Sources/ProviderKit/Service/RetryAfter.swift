import PipelineKit

/// How many seconds an answer asks to wait, in `Retry-After-Ms` or in `Retry-After`, which holds seconds or a date
/// (RFC 9110, 10.2.3).
///
/// A date counts from the answer's own `Date` where there is one, because the two clocks may differ.
func retryDelay(_ headers: [String: String], now: Instant) -> Double? {
    if let milliseconds = headers["retry-after-ms"].flatMap(Double.init), milliseconds.isFinite, milliseconds >= 0 {
        return milliseconds / 1_000
    }
    guard let text = headers["retry-after"] else { return nil }
    if let seconds = Double(text) { return seconds.isFinite && seconds >= 0 ? seconds : nil }
    guard let date = httpDate(text) else { return nil }
    let start = headers["date"].flatMap(httpDate) ?? now
    return max(0, (date - start).seconds)
}

/// A date in any of the three forms that RFC 9110, 5.6.7 has whoever reads them take: `Sun, 06 Nov 1994 08:49:37 GMT`,
/// and the obsolete `Sunday, 06-Nov-94 08:49:37 GMT` and `Sun Nov  6 08:49:37 1994`.
private func httpDate(_ text: String) -> Instant? {
    let parts = text.split { $0 == " " || $0 == "-" }.map(String.init)
    switch parts.count {
    case 6 where parts[5] == "GMT": return instant(day: parts[1], month: parts[2], year: parts[3], time: parts[4])
    case 5: return instant(day: parts[2], month: parts[1], year: parts[4], time: parts[3])
    default: return nil
    }
}

private func instant(day: String, month: String, year: String, time: String) -> Instant? {
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    guard let number = months.firstIndex(of: month).map({ $0 + 1 }) else { return nil }
    // Two digits stand for the last year that ends in them and is not far in the future, which nobody names here.
    let whole = year.count == 2 ? (year < "70" ? "20" : "19") + year : year
    return Instant("\(whole)-\(twoDigits("\(number)"))-\(twoDigits(day))T\(time)Z")
}

private func twoDigits(_ number: String) -> String { number.count < 2 ? "0" + number : number }
