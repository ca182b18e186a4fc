/// An HTML document as text that reads well: headings, paragraphs, lists, links and code in the manner of Markdown.
///
/// It keeps no tree. Tags only change what is written next, so a document costs time by its length, whatever is nested in
/// it, and what is never closed ends with the document.
struct HTMLText {
    private var writer = TextWriter()
    private let address: WebAddress
    private var title: [UInt8]?
    private var isInTitle = false
    /// The element that is left out, and how many of its name are open.
    private var left: (name: String, depth: Int)?
    private var lists = ListLevels()
    private var link: String?
    private var isInCode = false
    private var cells = 0

    private init(at address: WebAddress) { self.address = address }

    /// Bytes after which no more is written: links that are written out make a text longer than its source.
    static let mostBytes = 8_000_000

    static func text(of html: String, at address: WebAddress) -> String {
        var text = HTMLText(at: address)
        for token in HTMLTokens(html) {
            text.take(token)
            guard text.writer.bytes.count < mostBytes else { break }
        }
        return text.ended()
    }

    private mutating func ended() -> String {
        endCode()
        endLink()
        if writer.isVerbatim { writer.endVerbatim() }
        let body = String(decoding: writer.bytes, as: UTF8.self)
        guard let title else { return body }
        let words = String(decoding: title, as: UTF8.self).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return words.isEmpty ? body : body.isEmpty ? "Title: \(words)" : "Title: \(words)\n\n\(body)"
    }

    private mutating func take(_ token: HTMLTokens.Token) {
        switch token {
        case .text(let bytes):
            if isInTitle {
                title = title ?? HTMLEntities.decode(bytes)
            } else if left == nil {
                writer.write(HTMLEntities.decode(bytes))
            }
        case .open(let name, let attributes):
            if left == nil { open(name, attributes) } else { openLeft(name) }
        case .close(let name):
            if left == nil { close(name) } else { closeLeft(name) }
        }
    }
}

// What is left out.
extension HTMLText {
    private static let leftOut: Set<String> = [
        "script", "style", "template", "svg", "nav", "iframe", "object", "canvas", "audio", "video", "select",
        "textarea",
        "button", "noembed", "noframes", "datalist",
    ]

    private mutating func openLeft(_ name: String) {
        if name == left?.name { left?.depth += 1 }
        if name == "main" { left = nil }  // somebody forgot an end
    }

    private mutating func closeLeft(_ name: String) {
        guard name == left?.name else { return }
        left?.depth -= 1
        if left?.depth == 0 { left = nil }
    }
}

// What tags do.
extension HTMLText {
    /// Elements with an empty line around them, and those that begin a line.
    private static let paragraphs: Set<String> = [
        "p", "table", "figure", "dl", "hr", "form", "fieldset", "article", "section", "details", "main",
    ]
    private static let lines: Set<String> = [
        "div", "tr", "dt", "dd", "header", "footer", "aside", "address", "summary", "figcaption", "caption", "body",
        "legend", "option", "hgroup",
    ]

    private mutating func open(_ name: String, _ attributes: [String: ArraySlice<UInt8>]) {
        if Self.leftOut.contains(name) {
            left = (name, 1)
            return
        }
        if name == "title" { isInTitle = true }
        if writer.isVerbatim {
            if name == "br" { writer.write([0x0A]) }
            return
        }
        if let level = Self.level(of: name) {
            writer.endLine(blank: true)
            writer.prepare(.heading, String(repeating: "#", count: level) + " ")
        }
        openItem(name, attributes["start"])
        switch name {
        case "td", "th":
            if cells > 0 { writer.writeBetween(" | ") }
            cells += 1
        case "br": writer.endLine()
        case "pre":
            endCode()
            writer.endLine(blank: true)
            writer.beginVerbatim()
        case "code", "kbd", "samp": beginCode()
        case "a": beginLink(attributes["href"])
        case "img": writeImage(attributes["alt"])
        default: endLine(at: name)
        }
    }

    /// Lists, and what is marked as their items are.
    private mutating func openItem(_ name: String, _ start: ArraySlice<UInt8>?) {
        switch name {
        case "ul", "ol":
            writer.endLine(blank: lists.isEmpty)
            lists.begin(isNumbered: name == "ol", from: start)
        case "li":
            writer.endLine()
            writer.prepare(.item, lists.mark())
        case "blockquote":
            writer.endLine(blank: true)
            writer.prepare(.item, "> ")
        case "dd":
            writer.endLine()
            writer.prepare(.item, "  ")
        default: break
        }
    }

    private mutating func close(_ name: String) {
        if name == "title" { isInTitle = false }
        if writer.isVerbatim {
            if name == "pre" { writer.endVerbatim() }
            return
        }
        if Self.level(of: name) != nil {
            writer.forget(.heading)
            writer.endLine(blank: true)
        }
        switch name {
        case "ul", "ol":
            lists.end()
            writer.endLine(blank: lists.isEmpty)
        case "li", "blockquote", "dd":
            writer.forget(.item)
            writer.endLine(blank: name == "blockquote")
        case "code", "kbd", "samp": endCode()
        case "a": endLink()
        default: endLine(at: name)
        }
    }

    private mutating func endLine(at name: String) {
        if name == "tr" { cells = 0 }
        if Self.paragraphs.contains(name) { writer.endLine(blank: true) }
        if Self.lines.contains(name) { writer.endLine() }
    }

    private static func level(of name: String) -> Int? {
        let bytes = Array(name.utf8)
        guard bytes.count == 2, bytes[0] == UInt8(ascii: "h"), 0x31...0x36 ~= bytes[1] else { return nil }
        return Int(bytes[1]) - 0x30
    }
}

// Links, code and images.
extension HTMLText {
    private mutating func beginLink(_ reference: ArraySlice<UInt8>?) {
        endLink()
        guard let reference, !reference.isEmpty else { return }
        let text = String(decoding: HTMLEntities.decode(reference), as: UTF8.self)
        guard !text.hasPrefix("#"), let url = try? address.resolving(text).url else { return }
        link = url
        writer.prepare(.link, "[")
    }

    private mutating func endLink() {
        guard let url = link else { return }
        link = nil
        if !writer.forget(.link) { writer.append("](\(url))") }
    }

    private mutating func beginCode() {
        guard !isInCode else { return }
        isInCode = true
        writer.prepare(.code, "`")
    }

    private mutating func endCode() {
        guard isInCode else { return }
        isInCode = false
        if !writer.forget(.code) { writer.append("`") }
    }

    private mutating func writeImage(_ alternative: ArraySlice<UInt8>?) {
        let words = HTMLEntities.decode(alternative ?? [])
        if words.contains(where: { !$0.isHTMLSpace }) { writer.write(Array("[image: ".utf8) + words + Array("]".utf8)) }
    }
}

/// The lists that are open, and what stands before an item of the innermost.
private struct ListLevels {
    private var levels: [(isNumbered: Bool, next: Int)] = []
    /// Open lists that are not told apart any more.
    private var deeper = 0
    private static let most = 8

    var isEmpty: Bool { levels.isEmpty }

    mutating func begin(isNumbered: Bool, from start: ArraySlice<UInt8>?) {
        guard levels.count < Self.most else {
            deeper += 1
            return
        }
        let first = start.flatMap { Int(String(decoding: $0.prefix(9), as: UTF8.self)) }
        levels.append((isNumbered, first ?? 1))
    }

    mutating func end() {
        if deeper > 0 { deeper -= 1 } else { _ = levels.popLast() }
    }

    /// `- `, or `3. ` and one more the next time, with two spaces before it for each list around it.
    mutating func mark() -> String {
        guard let last = levels.last else { return "- " }
        let indent = String(repeating: "  ", count: levels.count - 1)
        guard last.isNumbered else { return indent + "- " }
        levels[levels.count - 1].next += 1
        return "\(indent)\(last.next). "
    }
}
