/// The tags and texts of an HTML document, one after the other.
///
/// Of the tokenizer of the HTML Standard (13.2.5) it has what is needed to tell tags from text: each byte is looked at
/// once, nothing is read twice, and whatever comes, something sensible is made of it.
struct HTMLTokens: Sequence, IteratorProtocol {
    enum Token: Hashable {
        case text(ArraySlice<UInt8>)
        /// The name in lower case, and of the attributes those in ``attributes``.
        case open(String, [String: ArraySlice<UInt8>])
        case close(String)
    }

    /// Attributes that are told; of one that comes twice, the first.
    private static let attributes: Set<String> = ["href", "alt", "start"]
    /// Elements that hold text alone, up to their own end (13.1.2).
    private static let rawElements: Set<String> = [
        "script", "style", "textarea", "title", "iframe", "noembed", "noframes", "xmp",
    ]
    /// Bytes of a name; what is longer is no element anybody knows.
    private static let mostOfName = 32

    private let bytes: [UInt8]
    private var place = 0
    /// The element whose text comes next, whatever stands in it.
    private var raw: [UInt8]?

    init(_ text: String) { bytes = Array(text.utf8) }

    mutating func next() -> Token? {
        if let name = raw {
            raw = nil
            let start = place
            skip(toEndOf: name)
            if place > start { return .text(bytes[start..<place]) }
        }
        while place < bytes.count {
            guard bytes[place] == UInt8(ascii: "<") else { return text() }
            switch byte(place + 1) {
            case UInt8(ascii: "!"), UInt8(ascii: "?"): skipDeclaration()
            case UInt8(ascii: "/"):
                guard byte(place + 2)?.isLetter == true else {
                    skip(past: UInt8(ascii: ">"))
                    continue
                }
                place += 2
                let name = name()
                skip(past: UInt8(ascii: ">"))
                return .close(name)
            case .some(let letter) where letter.isLetter:
                place += 1
                return tag()
            default: return text()
            }
        }
        return nil
    }

    /// Up to the next `<`; the one here is text itself.
    private mutating func text() -> Token {
        let start = place
        place += 1
        while place < bytes.count, bytes[place] != UInt8(ascii: "<") { place += 1 }
        return .text(bytes[start..<place])
    }

    private mutating func tag() -> Token {
        let name = name()
        var found: [String: ArraySlice<UInt8>] = [:]
        while let next = byte(place), next != UInt8(ascii: ">") {
            if next.isHTMLSpace || next == UInt8(ascii: "/") {
                place += 1
            } else {
                let (name, value) = attribute()
                if Self.attributes.contains(name), found[name] == nil { found[name] = value }
            }
        }
        place = Swift.min(place + 1, bytes.count)
        if Self.rawElements.contains(name) { raw = Array(name.utf8) }
        return .open(name, found)
    }

    private mutating func attribute() -> (String, ArraySlice<UInt8>) {
        let start = place
        place += 1  // an attribute may begin with "="
        while let next = byte(place), !next.isHTMLSpace, !"/>=".utf8.contains(next) { place += 1 }
        let name = String(decoding: bytes[start..<place].prefix(Self.mostOfName), as: UTF8.self).lowercased()
        skipSpace()
        guard byte(place) == UInt8(ascii: "=") else { return (name, []) }
        place += 1
        skipSpace()
        return (name, value())
    }

    private mutating func value() -> ArraySlice<UInt8> {
        guard let quote = byte(place), quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
            let start = place
            while let next = byte(place), !next.isHTMLSpace, next != UInt8(ascii: ">") { place += 1 }
            return bytes[start..<place]
        }
        place += 1
        let start = place
        while let next = byte(place), next != quote { place += 1 }
        defer { place = Swift.min(place + 1, bytes.count) }
        return bytes[start..<place]
    }

    private mutating func name() -> String {
        let start = place
        while let next = byte(place), !next.isHTMLSpace, next != UInt8(ascii: "/"), next != UInt8(ascii: ">") {
            place += 1
        }
        return String(decoding: bytes[start..<place].prefix(Self.mostOfName), as: UTF8.self).lowercased()
    }
}

// What is passed over.
extension HTMLTokens {
    private func byte(_ place: Int) -> UInt8? { place < bytes.count ? bytes[place] : nil }

    private mutating func skipSpace() { while byte(place)?.isHTMLSpace == true { place += 1 } }

    private mutating func skip(past mark: UInt8) {
        while let next = byte(place), next != mark { place += 1 }
        place = Swift.min(place + 1, bytes.count)
    }

    /// A comment up to `-->`, everything else that begins with `<!` or `<?` up to `>`.
    private mutating func skipDeclaration() {
        guard bytes[place...].starts(with: "<!--".utf8) else { return skip(past: UInt8(ascii: ">")) }
        place += 2  // the dashes that begin it may be those that end it: `<!-->`
        while place < bytes.count {
            if bytes[place] == UInt8(ascii: ">"), bytes[place - 1] == UInt8(ascii: "-"),
                bytes[place - 2] == UInt8(ascii: "-")
            {
                place += 1
                return
            }
            place += 1
        }
    }

    /// Up to `</name`, where it is followed by what may follow a name.
    private mutating func skip(toEndOf name: [UInt8]) {
        while place < bytes.count {
            if bytes[place] == UInt8(ascii: "<"), byte(place + 1) == UInt8(ascii: "/") {
                let end = place + 2 + name.count
                let isName = end <= bytes.count && zip(bytes[(place + 2)..<end], name).allSatisfy { $0 | 0x20 == $1 }
                if isName, byte(end).map({ $0.isHTMLSpace || "/>".utf8.contains($0) }) != false { return }
            }
            place += 1
        }
    }
}

extension UInt8 {
    /// HTML Standard, 13.2.5.1: tab, line feed, form feed, carriage return and space.
    var isHTMLSpace: Bool { self == 0x20 || self == 0x0A || self == 0x09 || self == 0x0D || self == 0x0C }
}
