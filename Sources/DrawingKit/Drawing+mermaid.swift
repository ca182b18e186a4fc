extension Drawing {
    /// The drawing as a flowchart of Mermaid, for Markdown that shows such: lines of text.
    public var mermaid: [String] {
        // What boxes are called there is not what they are called here: 'end' is a word of the language.
        let names = Dictionary(zip(boxes.map(\.id), boxes.indices.map { "n\($0 + 1)" })) { first, _ in first }
        let nodes = boxes.map { box in "    \(names[box.id] ?? "")\(box.mermaid)" }
        let edges = boxes.flatMap { box in
            box.needs.compactMap { names[$0] }.map { "    \($0) --> \(names[box.id] ?? "")" }
        }
        return ["flowchart TD"] + nodes + edges + returns(names)
    }

    private func returns(_ names: [String: String]) -> [String] {
        guard let back, let last = boxes.last.flatMap({ names[$0.id] }) else { return [] }
        return back.to.compactMap { names[$0] }.map { first in
            "    \(last) -. \"\(back.words.mermaid)\" .-> \(first)"
        }
    }
}

extension Drawing.Box {
    /// Its shape and its text.
    fileprivate var mermaid: String {
        let text = lines.map(\.mermaid).joined(separator: "<br>")
        return switch kind {
        case .model: "[\"\(text)\"]"
        case .gate: "{{\"\(text)\"}}"
        case .question: "[/\"\(text)\"/]"
        case .pipeline: "[[\"\(text)\"]]"
        case .end: "([\"\(text)\"])"
        }
    }
}

extension String {
    /// The text between quotes of Mermaid: whatever may mean something there, or in Markdown or HTML, by its number.
    fileprivate var mermaid: String {
        let flat = split(whereSeparator: \.isNewline).joined(separator: " ")
        return flat.unicodeScalars.reduce(into: "") { text, scalar in
            let isPlain = scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            if isPlain || " .,:/-_".unicodeScalars.contains(scalar) {
                text.unicodeScalars.append(scalar)
            } else {
                text += "#\(scalar.value);"
            }
        }
    }
}
