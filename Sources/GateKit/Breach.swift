import FoundationEssentials
public import PipelineKit

/// Something that code under test does to what judges it.
public struct Breach: Sendable, Hashable {
    /// The gravest first.
    public enum Kind: String, Sendable, CaseIterable {
        /// A function or class of the judge is another than at the start.
        case replaced
        /// A test that must fail did not.
        case tricked
        /// A file that belongs to the tests was changed while they ran.
        case rewritten
        /// Objects of a class are equal to everything.
        case equal
        /// A source imports what judges it.
        case `import`
    }

    public var kind: Kind
    /// The part of the judge, or the class.
    public var what: String
    /// Relative to the tree; `nil` where it is not known who did it.
    public var file: String?
    public var line = 0
    /// The lines of the source that do it.
    public var text = ""

    public init(_ kind: Kind, _ what: String, file: String? = nil, line: Int = 0, text: String = "") {
        self.kind = kind
        self.what = what
        self.file = file
        self.line = line
        self.text = text
    }

    /// One sentence.
    public var words: String {
        let place = "'\(file ?? "")' line \(line)"
        return switch kind {
        case .replaced:
            "'\(what)' is not what it was before the tests ran; code under test may not replace what judges it."
        case .tricked:
            "A test that must fail was reported as passed: something in the code under test has changed how \(what) judges."
        case .rewritten: "'\(what)', which belongs to the tests, was changed while they ran."
        case .equal:
            "\(file == nil ? "Somewhere" : place): every object is equal to a '\(what)', so a comparison proves nothing."
        case .import: "\(place) imports '\(what)', which judges it; code under test may not."
        }
    }
}

extension Breach {
    /// Whether it was so when the run started: the very lines stood in the file.
    fileprivate func stood(in start: Workspace) -> Bool {
        guard let file, !text.isEmpty, let before = ReportFile.bytes(at: "\(start.path)/\(file)") else { return false }
        return String(decoding: before, as: UTF8.self).contains(text)
    }

    /// Whether a file that was written is what it was, or is none of the judge's: tests may write files of their own beside
    /// them, but for one that pytest would take for a part of itself.
    fileprivate func isHarmless(in judged: Workspace, since start: Workspace) -> Bool {
        guard let before = ReportFile.bytes(at: "\(start.path)/\(what)") else { return !what.hasSuffix("conftest.py") }
        return before == ReportFile.bytes(at: "\(judged.path)/\(what)")
    }
}

extension Verdict {
    /// The verdict, unless it holds and the code under test had a hand in that.
    ///
    /// A project may ship helpers for tests, or a language of its own in which `==` makes an expression: what its files
    /// did when the run started is no breach. Where there is no run nothing of that is excused, and nobody knows which files
    /// there were.
    /// - Throws: What ``PipelineKit/GateContext/base(_:)`` throws where there is a run.
    public func guarded(
        against breaches: [Breach],
        _ files: JudgedFiles,
        of workspace: Workspace,
        in context: GateContext
    ) async throws(Failure) -> Verdict {
        guard holds else { return self }
        let breaches = breaches + files.written.map { Breach(.rewritten, $0) }
        guard !breaches.isEmpty else { return self }
        var start: Workspace?
        do throws(Failure) {
            start = try await context.base(.start)
        } catch  where error.kind == .missing {
            start = nil
        }
        let grave = breaches.filter { breach in
            guard let start else { return breach.kind != .rewritten }
            return breach.kind == .rewritten
                ? !breach.isHarmless(in: workspace, since: start) : !breach.stood(in: start)
        }
        let words = Breach.Kind.allCases.flatMap { kind in grave.filter { $0.kind == kind }.map(\.words) }
        guard let first = words.first else { return self }
        let others = words.dropFirst().prefix(20).map { "\($0)\n" }.joined()
        return Verdict(.failed, first, score: 0, cases: cases, details: others)
    }
}
