/// Something a pipeline refers to: `${inputs.target}`.
enum Reference: Hashable {
    case input(String)
    case environment(String)
    /// `steps.plan.summary`
    case step(String)
    /// An element of the list that a step goes through, or a member of it: `item.task`.
    case item(String?)
    case other(String)
    /// `${` without a `}` after it.
    case unclosed

    /// What stands between the braces, spaces around it left out.
    init(_ inside: Substring) {
        let name = inside.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
        let parts = String(name).split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        switch (parts.first, parts.count) {
        case ("inputs", 2): self = .input(String(parts[1]))
        case ("env", 2): self = .environment(String(parts[1]))
        case ("item", 1): self = .item(nil)
        case ("item", 2): self = .item(String(parts[1]))
        case ("steps", _): self = .step(String(name))
        default: self = .other(String(name))
        }
    }
}

/// A text, taken apart at its references; `$${` stands for `${` itself.
struct Template {
    enum Part: Hashable {
        case text(String)
        /// And how it was written.
        case reference(Reference, String)
    }

    var parts: [Part] = []

    /// Whether there is anything to replace in a text.
    static func isNeeded(for text: String) -> Bool {
        var last: UInt8 = 0
        for byte in text.utf8 {
            if byte == UInt8(ascii: "{"), last == UInt8(ascii: "$") { return true }
            last = byte
        }
        return false
    }

    init(_ text: String) {
        var rest = text[...]
        while let opening = rest.firstRange(of: "${") {
            let before = rest[..<opening.lowerBound]
            if before.last == "$" {
                add(before.dropLast() + "${")
                rest = rest[opening.upperBound...]
                continue
            }
            add(before)
            guard let closing = rest[opening.upperBound...].firstIndex(of: "}") else {
                let word = rest[opening.lowerBound...].prefix { !$0.isWhitespace }
                parts.append(.reference(.unclosed, String(word)))
                rest = rest[opening.upperBound...]
                continue
            }
            let written = String(rest[opening.lowerBound...closing])
            parts.append(.reference(Reference(rest[opening.upperBound..<closing]), written))
            rest = rest[rest.index(after: closing)...]
        }
        add(rest)
    }

    private mutating func add(_ text: some StringProtocol) {
        guard !text.isEmpty else { return }
        if case .text(let before) = parts.last {
            parts[parts.count - 1] = .text(before + text)
        } else {
            parts.append(.text(String(text)))
        }
    }
}
