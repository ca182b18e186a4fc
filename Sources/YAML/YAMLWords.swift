import CYAML

extension YAMLSource {
    /// What libyaml found, said so that a person knows what to change.
    func error(_ parser: yaml_parser_t) -> YAMLError {
        guard parser.error != YAML_MEMORY_ERROR else {
            return YAMLError("There is not enough memory to read the document.", at: mark(0))
        }
        let complaint = Complaint(
            problem: parser.problem.map { String(cString: $0) } ?? "",
            context: parser.context.map { String(cString: $0) } ?? "",
            at: parser.problem_mark.index,
            from: parser.context_mark.index,
            startLine: mark(parser.context_mark.index).line,
            line: line(of: parser.problem_mark.index)
        )
        let found = complaint.tab ?? complaint.structure ?? complaint.start ?? complaint.inside
        let (sentence, index) = found ?? ("This is not valid YAML: \(complaint.problem).", complaint.at)
        return YAMLError(sentence, at: mark(index))
    }
}

/// What libyaml says is wrong, in its own words, and where.
///
/// The words are those of libyaml 0.2.5; a sentence for a person comes with the number of the scalar it points at.
private struct Complaint {
    typealias Sentence = (String, Int)

    var problem: String
    /// What libyaml was reading: `while parsing a block mapping`.
    var context: String
    var at: Int
    /// Where what libyaml was reading begins.
    var from: Int
    var startLine: Int
    var line: (scalars: [Unicode.Scalar], first: Int)

    /// The scalars of the line that stand before the problem.
    private var before: ArraySlice<Unicode.Scalar> { line.scalars.prefix(at - line.first) }
    private var character: Unicode.Scalar? { line.scalars.dropFirst(at - line.first).first }

    /// A tab that indents is behind many a complaint that does not name it.
    var tab: Sentence? {
        let indent = line.scalars.prefix { $0 == " " || $0 == "\t" }
        guard let tab = indent.firstIndex(of: "\t"), before.count <= indent.count || isAboutStructure else {
            return nil
        }
        return ("A tab may not indent a line: use spaces.", line.first + tab)
    }

    private var isAboutStructure: Bool { problem.hasSuffix("not allowed in this context") }

    /// What is wrong between values.
    var structure: Sentence? {
        switch problem {
        case "did not find expected ',' or ']'", "did not find expected ',' or '}'": (unclosed, at)
        case "did not find expected key": (noKey, at)
        case "did not find expected '-' indicator":
            ("Expected '- ' here, as in the list that begins in line \(startLine): check the indentation.", at)
        case "mapping values are not allowed in this context":
            ("A ':' may not stand here: put a value that holds ': ' in quotes, or check the indentation.", at)
        case "block sequence entries are not allowed in this context":
            ("A list item '- ' may not stand here: begin it in a line of its own.", at)
        case "mapping keys are not allowed in this context":
            ("A '? ' may not stand here: put a text that begins with '?' in quotes.", at)
        case "could not find expected ':'":
            ("This is neither 'key: value' nor '- item': a ':' is missing.", from)
        case "did not find expected node content":
            (character.map { "Expected a value, but found '\($0)'." } ?? "Expected a value, but the text ends.", at)
        case "did not find expected <document start>":
            ("The document has ended before this: check the indentation of this line.", at)
        default: nil
        }
    }

    private var unclosed: String {
        let (name, close) = problem.hasSuffix("']'") ? ("list", "]") : ("mapping", "}")
        guard before.last != "$" || character != "{" else {
            return "Put a text with '${...}' in quotes when it stands in [ ] or { }."
        }
        return "Expected ',' or '\(close)' here, in the \(name) that begins in line \(startLine)."
    }

    private var noKey: String {
        if character == ":" { return "A key is missing before this ':'." }
        guard before.allSatisfy({ $0 == " " }) else {
            return "This does not belong to the value before it: put the whole value in quotes."
        }
        return "This line belongs to no key above it: check its indentation, and the quotes in the lines before."
    }

    /// What is wrong at the first character of a value.
    var start: Sentence? {
        switch problem {
        case "found character that cannot start any token":
            ("A value may not begin with '\(character.map(String.init) ?? "")': put it in quotes.", at)
        case "did not find expected alphabetic or numeric character" where context.hasSuffix("alias"):
            ("A value that begins with '*' is an alias: put a pattern such as '*.py' in quotes.", from)
        case "did not find expected alphabetic or numeric character":
            ("A value that begins with '&' is an anchor: put it in quotes.", from)
        case "found undefined tag handle": ("YAML tags are not read: put a text that begins with '!' in quotes.", at)
        case _ where context.hasSuffix("tag"):
            ("YAML tags are not read: put a text that begins with '!' in quotes.", from)
        default: nil
        }
    }

    /// What is wrong inside a value.
    var inside: Sentence? {
        switch problem {
        case "found unexpected end of stream" where context.hasSuffix("quoted scalar"),
            "found unexpected document indicator":
            ("The quoted text that begins here is never closed.", from)
        case "found unknown escape character", "found invalid Unicode character escape code",
            "did not find expected hexdecimal number":
            ("Unknown escape in double quotes: write '\\\\' for a backslash, or use single quotes.", at)
        case "did not find expected comment or line break" where context.hasSuffix("block scalar"):
            ("Nothing may follow '|' or '>' in its line: the text begins in the next.", at)
        case "found incompatible YAML document": ("This is for another version of YAML: write YAML 1.2.", at)
        case _ where context.hasSuffix("directive"):
            ("Lines that begin with '%' are not read: put a text that begins with '%' in quotes.", from)
        default: nil
        }
    }
}
