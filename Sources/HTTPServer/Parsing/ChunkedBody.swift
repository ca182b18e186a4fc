import HTTPKit

/// A body that comes in chunks; RFC 9112, section 7.1.
struct ChunkedBody: Sendable {
    private enum Stage: Sendable {
        case size
        case data(left: Int)
        case end
        case trailers
    }

    private var stage = Stage.size
    private var trailers = FieldLines()
    private(set) var bytes: [UInt8] = []

    /// - Returns: whether the body has come whole.
    mutating func read(_ input: inout InputBuffer, _ limits: RequestLimits) throws(HTTPError) -> Bool {
        while true {
            switch stage {
            case .size:
                guard let line = try line(of: &input, limits) else { return false }
                let size = try Self.size(line)
                guard size <= limits.body - bytes.count else { throw .bodyTooLarge(limits.body) }
                stage = size == 0 ? .trailers : .data(left: size)
            case .data(let left):
                let part = input.take(left)
                bytes += part
                guard part.count == left else {
                    stage = .data(left: left - part.count)
                    return false
                }
                stage = .end
            case .end:
                guard let line = try line(of: &input, limits) else { return false }
                guard line.isEmpty else { throw HTTPError(.badRequest, "A chunk is longer than it says.") }
                stage = .size
            case .trailers: return try trailers.read(&input, limits)
            }
        }
    }

    private func line(of input: inout InputBuffer, _ limits: RequestLimits) throws(HTTPError) -> ArraySlice<UInt8>? {
        try input.line(limit: limits.chunkLine, tooLong: HTTPError(.badRequest, "The size of a chunk is too long."))
    }

    /// The hexadecimal size; extensions after a `;` are passed over, as section 7.1.1 asks.
    private static func size(_ line: ArraySlice<UInt8>) throws(HTTPError) -> Int {
        let digits = line.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
        let rest = line[digits.endIndex...]
        let blanks = rest.prefix { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        let isFollowed = rest.count == blanks.count ? blanks.isEmpty : rest[blanks.endIndex] == UInt8(ascii: ";")
        guard isFollowed, rest.allSatisfy(Characters.isOfValue), (1...15).contains(digits.count),
            digits.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }),
            let size = Int(String(decoding: digits, as: UTF8.self), radix: 16)
        else {
            throw HTTPError(
                .badRequest,
                "'\(String(decoding: line, as: UTF8.self).shown)' is no size of a chunk."
            )
        }
        return size
    }
}

extension HTTPError {
    static func bodyTooLarge(_ limit: Int) -> HTTPError {
        HTTPError(.contentTooLarge, "The body may have \(limit) bytes; this one has more.")
    }
}
