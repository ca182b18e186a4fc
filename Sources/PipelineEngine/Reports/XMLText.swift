/// Texts as XML 1.0 may hold them; what no XML may hold becomes U+FFFD (section 2.2).
public enum XMLText {
    /// Between tags.
    public static func text(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "&": result += "&amp;"
            case "\t", "\n", "\r": result.unicodeScalars.append(scalar)
            case "\u{20}"..."\u{FFFD}", "\u{10000}"...: result.unicodeScalars.append(scalar)
            default: result += "\u{FFFD}"
            }
        }
        return result
    }

    /// Between the quotes of an attribute.
    public static func attribute(_ text: String) -> String {
        Self.text(text).replacing("\"", with: "&quot;").replacing("\n", with: "&#10;").replacing("\r", with: "&#13;")
            .replacing("\t", with: "&#9;")
    }
}
