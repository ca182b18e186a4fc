import PipelineKit

extension JSONValue {
    /// The value with its long texts cut, so that no single one fills what a model can read.
    var clipped: JSONValue {
        switch self {
        case .string(let text) where text.unicodeScalars.count > Self.longestText:
            let left = text.unicodeScalars.count - Self.longestText
            return .string("\(text.unicodeScalars.prefix(Self.longestText))… (\(left) characters more)")
        case .array(let elements): return .array(elements.map(\.clipped))
        case .object(let members): return .object(members.mapValues(\.clipped))
        default: return self
        }
    }

    /// Characters of one text.
    private static let longestText = 2_000
}

/// A piece of a text that may be longer than a client should be given at once.
struct Excerpt {
    let text: String
    let note: String

    /// - Parameters:
    ///   - offset: The byte it begins at.
    ///   - what: `The diff`.
    init(_ bytes: [UInt8], from offset: Int, of what: String) {
        let start = min(offset, bytes.count)
        var end = min(bytes.count, start + Self.most)
        // A character of UTF-8 is not cut: what continues one begins with the bits 10.
        while end > start, end < bytes.count, bytes[end] & 0xC0 == 0x80 { end -= 1 }
        text = String(decoding: bytes[start..<end], as: UTF8.self)
        note =
            end < bytes.count
            ? "\(what) goes on: these are the bytes from \(start) to \(end) of \(bytes.count). Ask with offset \(end)."
            : bytes.isEmpty ? "\(what) is empty." : "\(what) ends here, after \(bytes.count) bytes."
    }

    /// Bytes that are given at once.
    static let most = 40_000
}
