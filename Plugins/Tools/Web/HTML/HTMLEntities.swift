/// Character references of HTML (HTML Standard, 13.5), those that pages use.
enum HTMLEntities {
    /// The bytes with every reference replaced; one that is unknown, or does not end in `;`, stays as it is.
    static func decode(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        guard bytes.contains(UInt8(ascii: "&")) else { return Array(bytes) }
        var (result, place) = ([] as [UInt8], bytes.startIndex)
        result.reserveCapacity(bytes.count)
        while place < bytes.endIndex {
            if bytes[place] == UInt8(ascii: "&"), let (scalar, end) = reference(in: bytes, at: place + 1) {
                result += String(scalar).utf8
                place = end
            } else {
                result.append(bytes[place])
                place += 1
            }
        }
        return result
    }

    /// Bytes of a name or a number.
    private static let most = 10

    private static func reference(in bytes: ArraySlice<UInt8>, at start: Int) -> (Unicode.Scalar, end: Int)? {
        let body = bytes[start...].prefix(most).prefix { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "#") }
        guard body.endIndex < bytes.endIndex, bytes[body.endIndex] == UInt8(ascii: ";") else { return nil }
        let text = String(decoding: body, as: UTF8.self)
        let scalar = text.hasPrefix("#") ? number(text.dropFirst()) : named[text]
        return scalar.map { ($0, body.endIndex + 1) }
    }

    /// What is no character, or a control character, is U+FFFD; 0x80 to 0x9F are those of windows-1252 (13.2.5.80).
    private static func number(_ text: Substring) -> Unicode.Scalar? {
        let isHexadecimal = text.hasPrefix("x") || text.hasPrefix("X")
        let digits = isHexadecimal ? text.dropFirst() : text
        guard let first = digits.first, first.isHexDigit,
            let value = UInt32(digits, radix: isHexadecimal ? 16 : 10)
        else { return nil }
        if 0x80...0x9F ~= value { return Windows1252.scalar(UInt8(value)) }
        let isControl = value < 0x20 && ![0x09, 0x0A, 0x0D].contains(value) || value == 0x7F
        return isControl ? "\u{FFFD}" : Unicode.Scalar(value) ?? "\u{FFFD}"
    }

    /// From U+00A0 on, in their order.
    private static let latin = """
        nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro
        para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil
        Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave
        Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml
        igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute
        thorn yuml
        """

    private static let others: [String: Unicode.Scalar] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "hellip": "…", "mdash": "—", "ndash": "–",
        "lsquo": "‘", "rsquo": "’", "sbquo": "‚", "ldquo": "“", "rdquo": "”", "bdquo": "„", "bull": "•", "trade": "™",
        "euro": "€", "larr": "←", "uarr": "↑", "rarr": "→", "darr": "↓", "harr": "↔", "lArr": "⇐", "rArr": "⇒",
        "hArr": "⇔", "le": "≤", "ge": "≥", "ne": "≠", "asymp": "≈", "equiv": "≡", "infin": "∞", "minus": "−",
        "sum": "∑", "prod": "∏", "radic": "√", "part": "∂", "int": "∫", "isin": "∈", "notin": "∉", "cap": "∩",
        "cup": "∪", "sub": "⊂", "sup": "⊃", "and": "∧", "or": "∨", "forall": "∀", "exist": "∃", "empty": "∅",
        "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "lambda": "λ", "mu": "μ", "pi": "π",
        "sigma": "σ", "tau": "τ", "phi": "φ", "omega": "ω", "Delta": "Δ", "Sigma": "Σ", "Omega": "Ω", "check": "✓",
        "dagger": "†", "permil": "‰", "prime": "′", "lsaquo": "‹", "rsaquo": "›", "ensp": " ", "emsp": " ",
        "thinsp": " ", "OElig": "Œ", "oelig": "œ", "Scaron": "Š", "scaron": "š", "num": "#", "lpar": "(", "rpar": ")",
        "lbrack": "[", "rbrack": "]", "lbrace": "{", "rbrace": "}", "ast": "*", "lowbar": "_", "grave": "`",
        "NewLine": "\n", "Tab": "\t", "colon": ":", "semi": ";", "comma": ",", "period": ".", "sol": "/", "bsol": "\\",
        "vert": "|", "dollar": "$", "percnt": "%", "plus": "+", "equals": "=", "excl": "!", "quest": "?", "commat": "@",
        "zwj": "\u{200D}", "zwnj": "\u{200C}",
    ]

    private static let named: [String: Unicode.Scalar] = {
        let names = latin.split(whereSeparator: \.isWhitespace).map(String.init)
        let scalars = names.indices.compactMap { Unicode.Scalar(0xA0 + UInt32($0)) }
        var named = Dictionary(uniqueKeysWithValues: zip(names, scalars))
        named.merge(others) { _, other in other }
        named["nbsp"] = " "  // white space to whoever reads
        return named
    }()
}
