/// Text of unknown origin, made fit for a terminal: nothing in it moves the cursor, hides or reorders what is read.
package enum Printable {
    /// The text with everything a terminal would act upon escaped: `\u{1B}`.
    package static func text(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { $0 += isActive($1) ? escaped($1) : String($1) }
    }

    /// The text on one line of bearable length; both ends stay.
    static func sentence(_ text: String) -> String {
        let whole = text.unicodeScalars.count
        guard whole > 600 else { return Self.text(text) }
        let left = String(text.unicodeScalars.prefix(400))
        let right = String(text.unicodeScalars.suffix(150))
        return "\(Self.text(left))… (\(whole - 550) characters more) …\(Self.text(right))"
    }

    /// One character as it is shown, and the columns it takes in a terminal.
    package static func cell(_ character: Character) -> (shown: String, columns: Int) {
        if character == "\t" { return ("    ", 4) }
        let scalars = character.unicodeScalars
        guard !scalars.contains(where: isActive), let first = scalars.first, !isCombining(first) else {
            let shown = scalars.map(escaped).joined()
            return (shown, shown.count)
        }
        let isWide = isWide(first) || scalars.contains { $0.properties.isEmojiPresentation || $0 == "\u{FE0F}" }
        return (String(character), isWide ? 2 : 1)
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        default: "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
        }
    }

    /// Control characters, and the invisible ones that change direction or hide (Unicode TR 36, section 2); not the joiners
    /// that scripts and emoji need.
    private static func isActive(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate: true
        case .format: scalar != "\u{200C}" && scalar != "\u{200D}"
        default: false
        }
    }

    /// One that would sit upon the character before it; alone it is shown escaped.
    private static func isCombining(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: true
        default: false
        }
    }

    /// The blocks that Unicode TR 11 calls wide or fullwidth.
    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF,
            0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF,
            0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            true
        default: false
        }
    }
}
