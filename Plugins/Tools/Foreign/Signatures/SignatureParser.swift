import PipelineKit

/// Reads a signature: a small part of C's declarations, with words for what C leaves open.
struct SignatureParser {
    private enum Token: Equatable {
        case word(String)
        case sign(Character)
    }

    /// A parameter before names of others are looked up.
    private struct Draft {
        var parameter: Signature.Parameter
        /// The parameter whose bytes it tells.
        var counted: String?
    }

    private let text: String
    private var tokens: ArraySlice<Token>
    /// Structures around what is read.
    private var depth = 0

    /// - Throws: ``Failure/Kind/invalidInput`` with what was read and what could stand there.
    static func parse(_ text: String) throws(Failure) -> Signature {
        var parser = SignatureParser(text)
        return try parser.signature()
    }

    private init(_ text: String) {
        self.text = text
        var tokens: [Token] = []
        var word = ""
        func end() {
            if !word.isEmpty { tokens.append(.word(word)) }
            word = ""
        }
        for character in text {
            if character.isLetter || character.isNumber || character == "_" {
                word.append(character)
            } else {
                end()
                if !character.isWhitespace { tokens.append(.sign(character)) }
            }
        }
        end()
        self.tokens = tokens[...]
    }

    private mutating func signature() throws(Failure) -> Signature {
        let result = try type()
        if result == .bytes { throw wrong("nobody knows how long the bytes are that it returns; use 'string'") }
        try expect("(", "after the type of the result")
        let drafts = try parameters()
        let tellsErrno = takeWord("errno")
        if let rest = tokens.first { throw wrong("'\(Self.words(rest))' stands after its end") }
        return Signature(result: result, parameters: try settled(drafts), tellsErrno: tellsErrno)
    }

    private mutating func parameters() throws(Failure) -> [Draft] {
        if take(")") || (tokens.first == .word("void") && tokens.dropFirst().first == .sign(")") && takeVoid()) {
            return []
        }
        var drafts: [Draft] = []
        repeat {
            drafts.append(try parameter(drafts.count))
            guard drafts.count <= Signature.most else { throw wrong("it has more than \(Signature.most) parameters") }
        } while take(",")
        try expect(")", "after the parameters")
        return drafts
    }

    private mutating func takeVoid() -> Bool {
        tokens = tokens.dropFirst(2)
        return true
    }

    private mutating func parameter(_ index: Int) throws(Failure) -> Draft {
        let isWritten = takeWord("out")
        let isChanged = !isWritten && takeWord("inout")
        let type = try type()
        guard type != .void else { throw wrong("a parameter cannot be 'void'") }
        var parameter = Signature.Parameter(name: "a\(index + 1)", type: type)
        if isWritten || isChanged { parameter.role = isWritten ? .written : .changed }
        if take("[") { parameter.role = .buffer(bytes: try size(of: parameter)) }
        if takeWord("length") {
            let counted = try lengthOf()
            if let name = takeName() { parameter.name = name }
            return Draft(parameter: parameter, counted: counted)
        }
        if let name = takeName() { parameter.name = name }
        if take("[") {
            parameter.role = .buffer(bytes: try size(of: parameter))
        }
        try check(parameter, isWritten: isWritten)
        return Draft(parameter: parameter)
    }

    private func check(_ parameter: Signature.Parameter, isWritten: Bool) throws(Failure) {
        let isText = [.string, .bytes].contains(parameter.type)
        if case .buffer = parameter.role {
            guard isText, isWritten else { throw wrong("a size in brackets is for 'out string' and 'out bytes'") }
        } else if isText, parameter.role != .given {
            throw wrong("'\(parameter.name)' needs its size: 'out string[256]'")
        }
    }

    private mutating func size(of parameter: Signature.Parameter) throws(Failure) -> Int {
        guard case .word(let digits)? = tokens.first, let size = Int(digits),
            (1...Signature.largestBuffer).contains(size)
        else { throw wrong("the size of a buffer is from 1 to \(Signature.largestBuffer) bytes") }
        tokens = tokens.dropFirst()
        try expect("]", "after the size of a buffer")
        return size
    }

    private mutating func lengthOf() throws(Failure) -> String {
        try expect("(", "after 'length'")
        guard let name = takeName() else { throw wrong("'length' names a parameter: 'size_t length(data)'") }
        try expect(")", "after the parameter that 'length' names")
        return name
    }

    private func settled(_ drafts: [Draft]) throws(Failure) -> [Signature.Parameter] {
        var parameters = drafts.map(\.parameter)
        for (index, draft) in drafts.enumerated() {
            guard let counted = draft.counted else { continue }
            guard
                let place = parameters.firstIndex(where: { $0.name == counted && [.string, .bytes].contains($0.type) })
            else { throw wrong("'length(\(counted))' names no parameter of bytes or text") }
            guard case .integer = draft.parameter.type else { throw wrong("a length is an integer") }
            if case .buffer(let bytes) = parameters[place].role, !draft.parameter.type.holds(bytes) {
                throw wrong("a length of type \(draft.parameter.type.words) cannot tell \(bytes) bytes")
            }
            parameters[index].role = .length(of: place)
        }
        for (index, draft) in drafts.enumerated() where draft.parameter.role == .changed {
            if case .length(let place) = parameters[index].role { parameters[index].role = .changedLength(of: place) }
        }
        let names = parameters.filter { $0.isGiven || $0.isReturned }.map(\.name)
        if let twice = names.first(where: { name in names.filter { $0 == name }.count > 1 }) {
            throw wrong("two parameters are named '\(twice)'")
        }
        return parameters
    }

    // MARK: - Types

    private mutating func type() throws(Failure) -> CType {
        if takeWord("struct") { return try structure() }
        var words: [String] = []
        while case .word(let word)? = tokens.first,
            Self.typeWords.contains(word) || (words.isEmpty && !Self.isMarker(word))
        {
            if word != "const" { words.append(word) }
            tokens = tokens.dropFirst()
        }
        let written = words.joined(separator: " ")
        if take("*") { return try pointer(to: written) }
        if let type = CType.named[written] { return type }
        guard !written.isEmpty else {
            throw wrong("a type is missing\(tokens.first.map { " before '\(Self.words($0))'" } ?? "")")
        }
        let near = Suggestion.sentence(for: written, among: CType.named.keys)
        throw wrong("'\(written)' is no type\(near.isEmpty ? "" : ".\(near)")")
    }

    private mutating func pointer(to written: String) throws(Failure) -> CType {
        if take("*") { throw wrong("a pointer to a pointer cannot be passed") }
        _ = takeWord("const")
        switch written {
        case "char": return .string
        case "void": return .bytes
        default:
            throw wrong(
                "'\(written) *' may mean several things: write 'out \(written)' for a value that the function writes, "
                    + "'inout \(written)' for one that it changes, 'bytes' for what it reads"
            )
        }
    }

    private mutating func structure() throws(Failure) -> CType {
        try expect("{", "after 'struct'")
        depth += 1
        defer { depth -= 1 }
        guard depth <= Signature.deepest else {
            throw wrong("more than \(Signature.deepest) structures stand in one another")
        }
        var fields: [CField] = []
        while !take("}") {
            let type = try type()
            guard ![.void, .bytes, .string].contains(type) else {
                throw wrong("a structure holds numbers, and other structures")
            }
            fields.append(CField(name: takeName() ?? "f\(fields.count + 1)", type: type))
            guard fields.count <= Signature.most else {
                throw wrong("a structure has more than \(Signature.most) members")
            }
            if !take(";"), !take(",") {
                try expect("}", "after the members of a structure")
                break
            }
        }
        guard !fields.isEmpty else { throw wrong("a structure without members cannot be passed") }
        guard Set(fields.map(\.name)).count == fields.count else {
            throw wrong("two members of a structure have one name")
        }
        return .structure(fields)
    }

    /// The words that types of several words are made of.
    private static let typeWords: Set = ["const", "unsigned", "signed", "char", "short", "int", "long"]
    private static func isMarker(_ word: String) -> Bool { ["out", "inout", "length", "errno"].contains(word) }

    // MARK: - Tokens

    private mutating func take(_ sign: Character) -> Bool {
        guard tokens.first == .sign(sign) else { return false }
        tokens = tokens.dropFirst()
        return true
    }

    private mutating func takeWord(_ word: String) -> Bool {
        guard tokens.first == .word(word) else { return false }
        tokens = tokens.dropFirst()
        return true
    }

    private mutating func takeName() -> String? {
        guard case .word(let name)? = tokens.first, !Self.isMarker(name), name.first?.isNumber == false else {
            return nil
        }
        tokens = tokens.dropFirst()
        return name
    }

    private mutating func expect(_ sign: Character, _ place: String) throws(Failure) {
        guard !take(sign) else { return }
        let found = tokens.first.map { "'\(Self.words($0))'" } ?? "its end"
        throw wrong("'\(sign)' is missing \(place), where there is \(found)")
    }

    private static func words(_ token: Token) -> String {
        switch token {
        case .word(let word): word
        case .sign(let sign): String(sign)
        }
    }

    private func wrong(_ what: String) -> Failure {
        let end = what.hasSuffix("?") ? "" : "."
        return Failure(.invalidInput, "The signature '\(text.shortened(to: 200))' cannot be: \(what)\(end)")
    }
}
