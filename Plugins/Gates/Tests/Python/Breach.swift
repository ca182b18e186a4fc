import FoundationEssentials
import GateKit
import PipelineKit

/// Something that code under test does to what judges it, as ``PythonGuards`` writes it down.
struct Breach: Sendable, Hashable {
    /// The gravest first.
    enum Kind: String, Sendable, CaseIterable {
        /// A function or class of the judge is another than at the start.
        case replaced
        /// A test that must fail did not.
        case tricked
        /// Objects of a class are equal to everything.
        case equal
        /// A source imports what judges it.
        case `import`
    }

    var kind: Kind
    /// The part of the judge, or the class.
    var what: String
    /// Relative to the tree; `nil` where it is not known who did it.
    var file: String?
    var line = 0
    /// The lines of the source that do it.
    var text = ""

    /// One sentence.
    var words: String {
        let place = "'\(file ?? "")' line \(line)"
        return switch kind {
        case .replaced:
            "'\(what)' is not what it was before the tests ran; code under test may not replace what judges it."
        case .tricked:
            "A test that must fail was reported as passed: something in the code under test has changed how \(what) judges."
        case .equal:
            "\(file == nil ? "Somewhere" : place): every object is equal to a '\(what)', so a comparison proves nothing."
        case .import: "\(place) imports '\(what)', which judges it; code under test may not."
        }
    }
}

extension Breach {
    /// - Parameter runner: What judges: `pytest`.
    init?(_ record: JSONValue, by runner: String) {
        if record["trial"]?.text == "passed" {
            self.init(kind: .tricked, what: runner)
            return
        }
        guard let kind = record["breach"]?.text.flatMap(Kind.init), let what = record["what"]?.text else { return nil }
        self.init(kind: kind, what: what, file: record["file"]?.text)
        line = record["line"]?.integer ?? 0
        text = record["text"]?.text ?? ""
    }

    /// Whether the very lines stood in the file when the run started.
    fileprivate func stood(in start: Workspace) -> Bool {
        guard let file, !text.isEmpty, let bytes = ReportFile.bytes(at: "\(start.path)/\(file)") else { return false }
        return String(decoding: bytes, as: UTF8.self).contains(text)
    }
}

extension Verdict {
    /// The verdict, unless it holds and the code under test had a hand in that.
    ///
    /// A project may ship helpers for tests, or a language of its own in which `==` makes an expression: what its files
    /// did when the run started is no breach. Where there is no run nothing is excused.
    /// - Throws: What ``PipelineKit/GateContext/base(_:)`` throws where there is a run.
    func guarded(against breaches: [Breach], in context: GateContext) async throws(Failure) -> Verdict {
        guard holds, !breaches.isEmpty else { return self }
        var start: Workspace?
        do throws(Failure) {
            start = try await context.base(.start)
        } catch  where error.kind == .missing {
            start = nil
        }
        let grave = breaches.filter { breach in start.map { !breach.stood(in: $0) } ?? true }
        let words = Breach.Kind.allCases.flatMap { kind in grave.filter { $0.kind == kind }.map(\.words) }
        guard let first = words.first else { return self }
        let others = words.dropFirst().prefix(20).map { "\($0)\n" }.joined()
        return Verdict(.failed, first, score: 0, cases: cases, details: others)
    }
}
