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

/// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7); the two obsolete forms are not sent any more.
private func httpDate(_ text: String) -> Instant? {
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let parts = text.split(separator: " ")
    guard parts.count == 6, parts[5] == "GMT", parts[1].count == 2, parts[3].count == 4,
        let month = months.firstIndex(of: String(parts[2]))
    else { return nil }
    let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
    return Instant("\(parts[3])-\(number)-\(parts[1])T\(parts[4])Z")
}
