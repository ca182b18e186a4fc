import HTTPKit

/// The fields of a head, or the trailers of a body, line by line; RFC 9112, section 5.
struct FieldLines: Sendable {
    private(set) var headers = HTTPHeaders()
    private var bytes = 0
    private var count = 0

    /// - Returns: whether the empty line has come that ends the fields.
    mutating func read(_ input: inout InputBuffer, _ limits: RequestLimits) throws(HTTPError) -> Bool {
        while let line = try input.line(limit: limits.fields - bytes, tooLong: Self.tooMany(limits)) {
            guard !line.isEmpty else { return true }
            bytes += line.count + 2
            count += 1
            guard bytes <= limits.fields, count <= limits.count else { throw Self.tooMany(limits) }
            try add(line)
        }
        return false
    }

    private static func tooMany(_ limits: RequestLimits) -> HTTPError {
        HTTPError(
            .headersTooLarge,
            "A request may have \(limits.count) fields with \(limits.fields) bytes together; this one has more."
        )
    }

    /// A space before the colon and a line that goes on the one before are refused, as section 5.1 and 5.2 ask.
    private mutating func add(_ line: ArraySlice<UInt8>) throws(HTTPError) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
            line[..<colon].allSatisfy(Characters.isOfToken), line[colon...].allSatisfy(Characters.isOfValue)
        else {
            throw HTTPError(.badRequest, "'\(String(decoding: line, as: UTF8.self).shown)' is no field of a request.")
        }
        let isBlank = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        var value = line[(colon + 1)...].drop(while: isBlank)
        while let last = value.last, isBlank(last) { value.removeLast() }
        headers.append(String(decoding: line[..<colon], as: UTF8.self), String(decoding: value, as: UTF8.self))
    }
}
