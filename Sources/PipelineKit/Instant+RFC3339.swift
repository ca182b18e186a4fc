// Whole numbers only: Foundation's formatter goes through a Double and shows 30.001 s as 30.000 s.

extension Instant: CustomStringConvertible {
    /// RFC 3339 in UTC: `2026-11-21T09:30:00.250Z`. A year that has not four digits, which RFC 3339 cannot write, is
    /// written with its sign.
    public var description: String {
        let (days, time) = milliseconds.flooredQuotient(by: 86_400_000)
        let date = CalendarDate(daysSince1970: days)
        let hasPlainYear = (0...9_999).contains(date.year)
        // Every event and every row has moments in it, so they are written digit by digit.
        let text = String(unsafeUninitializedCapacity: 24) { bytes in
            var digits = DigitWriter(bytes: bytes)
            digits.write(hasPlainYear ? date.year : 0, 4)
            digits.write(date.month, 2, after: "-")
            digits.write(date.day, 2, after: "-")
            digits.write(time / 3_600_000, 2, after: "T")
            digits.write(time / 60_000 % 60, 2, after: ":")
            digits.write(time / 1_000 % 60, 2, after: ":")
            digits.write(time % 1_000, 3, after: ".")
            return digits.end(with: "Z")
        }
        return hasPlainYear ? text : (date.year < 0 ? "" : "+") + "\(date.year)" + text.dropFirst(4)
    }

    /// Reads RFC 3339: `2026-11-21T09:30:00Z`, `2026-11-21T10:30:00.25+01:00`.
    ///
    /// What is finer than a millisecond is dropped; a leap second, `23:59:60`, is the second after it.
    public init?(_ text: String) {
        var rest = Substring(text)
        guard let year = rest.number(4), rest.skip("-"), let month = rest.number(2), rest.skip("-"),
            let day = rest.number(2), rest.skip("Tt"), let hour = rest.number(2), rest.skip(":"),
            let minute = rest.number(2), rest.skip(":"), let second = rest.number(2), let fraction = rest.fraction(),
            let offset = rest.offset(), rest.isEmpty, hour < 24, minute < 60, second <= 60,
            let date = CalendarDate(year: year, month: month, day: day)
        else { return nil }
        let seconds = date.daysSince1970 * 86_400 + hour * 3_600 + (minute - offset) * 60 + second
        self.init(milliseconds: seconds * 1_000 + fraction)
    }
}

/// Writes numbers of fixed width.
private struct DigitWriter {
    let bytes: UnsafeMutableBufferPointer<UInt8>
    private var count = 0

    init(bytes: UnsafeMutableBufferPointer<UInt8>) { self.bytes = bytes }

    mutating func write(_ number: Int, _ width: Int, after separator: Unicode.Scalar? = nil) {
        if let separator { put(UInt8(ascii: separator)) }
        var rest = number
        for place in (count..<count + width).reversed() {
            bytes[place] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
        count += width
    }

    /// - Returns: how many bytes were written.
    mutating func end(with last: Unicode.Scalar) -> Int {
        put(UInt8(ascii: last))
        return count
    }

    private mutating func put(_ byte: UInt8) {
        bytes[count] = byte
        count += 1
    }
}

extension Substring {
    fileprivate mutating func number(_ count: Int) -> Int? {
        let digits = prefix(count)
        guard digits.count == count, let number = Int(digits: digits) else { return nil }
        removeFirst(count)
        return number
    }

    /// Skips one of the characters.
    fileprivate mutating func skip(_ characters: String) -> Bool {
        guard let first, characters.contains(first) else { return false }
        removeFirst()
        return true
    }

    /// The milliseconds after the point, if there is one.
    fileprivate mutating func fraction() -> Int? {
        guard skip(".") else { return 0 }
        let digits = prefix { $0.isASCII && $0.isNumber }
        removeFirst(digits.count)
        return digits.isEmpty ? nil : Int(digits: (digits + "00").prefix(3))
    }

    /// Minutes ahead of UTC: `Z`, `+01:00`.
    fileprivate mutating func offset() -> Int? {
        if skip("Zz") { return 0 }
        let sign = first == "-" ? -1 : 1
        guard skip("+-"), let hours = number(2), skip(":"), let minutes = number(2), hours < 24, minutes < 60 else {
            return nil
        }
        return sign * (hours * 60 + minutes)
    }
}

/// A day of the proleptic Gregorian calendar.
private struct CalendarDate {
    var year: Int
    var month: Int
    var day: Int

    /// `nil` for a day that the month has not.
    init?(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
        guard (1...12).contains(month), day > 0, day <= daysInMonth else { return nil }
    }

    /// Counts in eras of 400 years, which all have 146 097 days, and in years that begin with March, so that the leap
    /// day is the last of its year.
    init(daysSince1970 days: Int) {
        let (era, dayOfEra) = (days + Self.marchOfYear0).flooredQuotient(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - Self.daysBefore(yearOfEra: yearOfEra)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - Self.daysBefore(monthFromMarch: monthFromMarch) + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
    }

    var daysSince1970: Int {
        let (era, yearOfEra) = (month <= 2 ? year - 1 : year).flooredQuotient(by: 400)
        let dayOfYear = Self.daysBefore(monthFromMarch: (month + 9) % 12) + day - 1
        return era * 146_097 + Self.daysBefore(yearOfEra: yearOfEra) + dayOfYear - Self.marchOfYear0
    }

    private var daysInMonth: Int {
        let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
        return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    /// Days from 0000-03-01 to 1970-01-01.
    private static let marchOfYear0 = 719_468

    private static func daysBefore(yearOfEra: Int) -> Int { yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 }
    /// From March on, five months have 153 days, again and again.
    private static func daysBefore(monthFromMarch: Int) -> Int { (153 * monthFromMarch + 2) / 5 }
}

extension Int {
    /// Quotient rounded down, and a remainder that is never negative.
    fileprivate func flooredQuotient(by divisor: Int) -> (quotient: Int, remainder: Int) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
