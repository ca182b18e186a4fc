public import PipelineKit

/// A question of a program that works in the directory of a run and is no part of it, such as a hook of a coding agent.
public struct OutsideQuestion: Sendable, Hashable {
    /// Of whoever asks: the same key is the same question of a run, before and after a restart and an answer.
    public var key: String
    /// What the program is about to use.
    public var tool: String
    /// What the person is asked, in a sentence or a few.
    public var text: String
    /// What exactly the question is about, as the program has it; null for nothing.
    public var about: JSONValue
    /// What the answer is to be; `nil` for yes or no.
    public var form: InputForm?

    public init(key: String, tool: String, text: String, about: JSONValue = .null, form: InputForm? = nil) {
        self.key = key
        self.tool = tool
        self.text = text
        self.about = about
        self.form = form
    }
}

/// What becomes of a question, for the program that asked it.
public enum OutsideAnswer: Sendable, Hashable {
    case resolved(Resolution)
    /// The run has ended, and with it the question.
    case ended(RunStatus, reason: String)
}

extension OutsideQuestion {
    /// The digest of what a person is shown with it, and asked to fill in.
    var shown: Digest {
        let json: JSONValue = [
            "key": .string(key), "tool": .string(tool), "question": .string(text), "about": about,
            "form": form?.schema ?? .null,
        ]
        return Digest(of: json.encoded(.canonical))
    }

    /// Why it is not asked, each reason a whole sentence.
    var problems: [String] {
        [
            OutsideBounds.problem(withName: key, "The key"),
            OutsideBounds.problem(withName: tool, "The name of the tool"),
            text.isEmpty ? "There is no text: say what the person is asked." : nil,
            InputRequest(text, form: form ?? .nothing).excess.map { "It has \($0)." },
            OutsideBounds.problem(with: about, "What it is about"),
            form.flatMap(Self.problem),
        ]
        .compactMap(\.self)
    }

    /// Why a form could not be read once it is recorded.
    private static func problem(with form: InputForm) -> String? {
        do throws(FieldProblem) {
            _ = try InputForm(schema: form.schema)
            return nil
        } catch {
            return error.message
        }
    }
}

/// How much a program outside may say at once.
enum OutsideBounds {
    /// Bytes of a key, of the name of a tool, or of a call.
    static let name = 1...200
    /// Bytes of a text that a program has put out.
    static let text = 65_536
    /// Bytes of JSON.
    static let json = 262_144
    /// How deep JSON may nest; it is recorded in other documents, and they are read to a depth too.
    static let depth = 100

    static func problem(withName name: String, _ what: String) -> String? {
        guard !Self.name.contains(name.utf8.count) else { return nil }
        return "\(what) has \(Self.name.lowerBound) to \(Self.name.upperBound) bytes, and "
            + (name.isEmpty ? "this one is empty." : "'\(name.shortened(to: 40))' has \(name.utf8.count).")
    }

    static func problem(with json: JSONValue, _ what: String) -> String? {
        if json.nests(deeperThan: depth) { return "\(what) nests more than \(depth) deep." }
        let bytes = json.encoded().count
        return bytes > Self.json ? "\(what) has \(bytes) bytes of JSON, and \(Self.json) are the most." : nil
    }

    static func problem(withText text: String, _ what: String) -> String? {
        let bytes = text.utf8.count
        return bytes > Self.text ? "\(what) has \(bytes) bytes, and \(Self.text) are the most." : nil
    }
}

extension JSONValue {
    /// Whether lists and mappings stand in each other more than so many times; nothing below that is looked at.
    fileprivate func nests(deeperThan limit: Int) -> Bool {
        switch self {
        case .array(let elements): limit == 0 || elements.contains { $0.nests(deeperThan: limit - 1) }
        case .object(let members): limit == 0 || members.values.contains { $0.nests(deeperThan: limit - 1) }
        case .null, .bool, .int, .double, .string: false
        }
    }
}
