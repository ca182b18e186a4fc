/// A here-document whose operator was read and whose text was not.
struct PendingDocument {
    var end: String
    /// Whether its text stands for itself.
    var isQuoted: Bool
    var dropsTabs: Bool
}

extension ShellParser {
    /// Goes behind a redirection, when one begins here.
    mutating func redirection() throws(ShellSyntaxError) -> ShellRedirection? {
        let begin = place
        skipStream()
        guard let kind = redirectionKind() else {
            place = begin
            return nil
        }
        let dropsTabs = kind == .document && skip("-")
        skipBlanks()
        let target = try word()
        guard kind == .document else { return ShellRedirection(kind: kind, target: target) }
        return ShellRedirection(kind: kind, target: try announce(target, dropsTabs: dropsTabs))
    }

    /// `2` or `{name}` directly before the operator.
    private mutating func skipStream() {
        let begin = place
        if peek() == UInt8(ascii: "{") {
            place += 1
            guard name() != nil, skip("}") else {
                place = begin
                return
            }
        } else {
            while let byte = peek(), byte.isDigit { place += 1 }
        }
        let next = peek()
        if next != UInt8(ascii: "<"), next != UInt8(ascii: ">") { place = begin }
    }

    private mutating func redirectionKind() -> ShellRedirection.Kind? {
        if starts(with: "<("), !starts(with: "<<") { return nil }
        if starts(with: ">(") { return nil }
        if skip("&>>") { return .appendBoth }
        if skip("&>") { return .both }
        if skip("<<<") { return .string }
        if skip("<<") { return .document }
        if skip("<&") { return .copyInput }
        if skip("<>") { return .readWrite }
        if skip("<") { return .input }
        if skip(">>") { return .append }
        if skip(">&") { return .copyOutput }
        if skip(">|") { return .clobber }
        return skip(">") ? .output : nil
    }

    // MARK: - Here-documents

    private mutating func announce(_ target: ShellWord, dropsTabs: Bool) throws(ShellSyntaxError) -> ShellWord {
        guard let end = target.literal, !end.utf8.contains(0x0A) else {
            throw error("The end of a here-document must be plain text.")
        }
        guard pending.count < 16 else { throw error("There are more than 16 here-documents on a line.") }
        pending.append(PendingDocument(end: end, isQuoted: target.hasQuotes, dropsTabs: dropsTabs))
        return target
    }

    /// Reads the texts of the here-documents that were announced on the line before.
    mutating func readDocuments() throws(ShellSyntaxError) {
        let announced = pending
        pending = []
        for document in announced { documents.append(try read(document)) }
    }

    private mutating func read(_ document: PendingDocument) throws(ShellSyntaxError) -> ShellWord {
        let begin = place
        while place < bytes.count {
            let start = place
            while let byte = peek(), byte != UInt8(ascii: "\n") { place += 1 }
            var line = bytes[start..<place]
            if document.dropsTabs { line = line.drop { $0 == 0x09 } }
            let isLast = place == bytes.count
            if line.elementsEqual(document.end.utf8) {
                if !isLast { place += 1 }
                return try expand(begin..<start, document)
            }
            guard document.isQuoted || line.last != UInt8(ascii: "\\") else {
                throw error("A line of a here-document ends with a backslash.")
            }
            if !isLast { place += 1 }
        }
        throw error("The end '\(document.end)' of a here-document is missing.")
    }

    private mutating func expand(_ range: Range<Int>, _ document: PendingDocument) throws(ShellSyntaxError) -> ShellWord
    {
        let source = text(range)
        guard !document.isQuoted else { return ShellWord(pieces: [.text(source, isQuoted: true)], source: source) }
        return try deeper { (outer) throws(ShellSyntaxError) in
            var inner = ShellParser(bytes: Array(outer.bytes[range]), depth: outer.depth)
            let pieces = try inner.quoted(until: nil)
            outer.documents += inner.documents
            return ShellWord(pieces: pieces, source: source)
        }
    }
}
