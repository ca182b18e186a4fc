import PipelineKit
import ProviderKit

/// Reads what a program prints, wherever it is cut: one JSON object, on as many lines as it likes, or one on each line.
struct ProgramReader {
    /// The program as a person would type it.
    private let name: String
    private(set) var draft: ProgramDraft
    /// What the program itself says went wrong.
    private(set) var told: Failure?
    /// Whether anything of the reply has come.
    private(set) var hasBegun = false
    private var form = Form.unknown
    /// The line, or the object, that is not complete yet.
    private var rest: [UInt8] = []
    private var size = 0

    private enum Form {
        case unknown, lines, whole
    }

    init(of name: String, for model: String) {
        self.name = name
        draft = ProgramDraft(of: model)
    }

    mutating func take(_ text: String) throws(Failure) -> [ModelPiece] {
        size += text.utf8.count
        guard size <= answerLimit else {
            throw Failure(.unavailable, "'\(name)' printed more than \(ByteCount(bytes: answerLimit)).")
        }
        var pieces: [ModelPiece] = []
        for (index, part) in text.utf8.split(separator: lineFeed, omittingEmptySubsequences: false).enumerated() {
            if index > 0 { pieces += try endLine() }
            rest += part
        }
        return pieces
    }

    /// The last line, which needs no line end, or the one object.
    mutating func finish() throws(Failure) -> [ModelPiece] {
        form = form == .whole ? .whole : .lines
        return try add()
    }

    private mutating func endLine() throws(Failure) -> [ModelPiece] {
        if form == .unknown, !isBlank { form = Self.object(rest) == nil ? .whole : .lines }
        if form == .lines { return try add() }
        rest.append(lineFeed)
        return []
    }

    private mutating func add() throws(Failure) -> [ModelPiece] {
        defer { rest.removeAll(keepingCapacity: true) }
        guard !isBlank else { return [] }
        guard let object = Self.object(rest) else {
            throw Failure(.unavailable, "'\(name)' printed what is no JSON object: '\(printable(rest))'.")
        }
        guard draft.stop == nil else {
            throw Failure(.unavailable, "'\(name)' went on after 'stop': '\(printable(rest))'.")
        }
        let piece: ProgramPiece
        do throws(FieldProblems) { piece = try ProgramPiece(json: object) } catch {
            let words = printable(error.all.map(\.message).joined(separator: " "), limit: 1_000)
            throw Failure(.unavailable, "'\(name)' printed an object that is no part of a reply. \(words)")
        }
        if let error = piece.error {
            let failure = failure(error)
            told = failure
            throw failure
        }
        hasBegun = true
        return draft.add(piece)
    }

    private func failure(_ error: ProgramError) -> Failure {
        let words = printable(error.message, limit: 500)
        let end = words.last.map(".!?".contains) == true ? "" : "."
        return Failure(
            error.kind.kind,
            "'\(name)' gave up: \(words)\(end)",
            retryAfter: error.retryAfter?.seconds,
            mayHaveCost: hasBegun
        )
    }

    private var isBlank: Bool { rest.allSatisfy { $0 == 0x20 || 0x09...0x0D ~= $0 } }

    private static func object(_ bytes: [UInt8]) -> JSONValue? {
        guard let json = try? JSONValue(parsing: bytes), case .object = json else { return nil }
        return json
    }
}

private let lineFeed = UInt8(ascii: "\n")
