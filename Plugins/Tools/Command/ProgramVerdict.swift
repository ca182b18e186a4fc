import PipelineKit
import ProcessKit

/// What a program that judges writes to standard output.
struct ProgramVerdict: Fields {
    struct Case: Fields {
        @Field("The name of the test, the same in every check.") var id: String
        @Field("How it went: passed, failed, error or skipped.") var outcome: Outcome
        @Field("Why it did not pass.") var message: String = ""
        @Field("Seconds that it took.") var seconds: Double? = nil
        @Field("Where it stands, relative to the workspace.") var file: String? = nil
        @Field("The line, from 1.") var line: Int? = nil
        init() {}
    }

    struct Finding: Fields {
        @Field("How bad it is.") var level: Level = .error
        @Field("What is wrong.") var message: String
        @Field("What the program calls this kind of finding.") var rule: String? = nil
        @Field("Where it is, relative to the workspace.") var file: String? = nil
        @Field("The line, from 1.") var line: Int? = nil
        @Field("The column, from 1.") var column: Int? = nil
        init() {}
    }

    enum Outcome: String, Choice {
        case passed
        case failed
        case error
        case skipped
    }

    enum Level: String, Choice {
        case error
        case warning
        case note
    }

    @Field("Whether the goal holds.") var passed: Bool
    @Field("One sentence for the model and the person.") var reason: String
    @Field("From 0, nothing holds, to 1, everything does.") var score: Double? = nil
    @Field("What the model should read besides the reason.") var details: String = ""
    @Field("What was judged one by one.") var cases: [Case] = []
    @Field("What is wrong, each with its place.") var findings: [Finding] = []
    @Field("Numbers that were measured, by name with their unit.") var metrics: [String: Double] = [:]

    init() {}

    func check(_ reader: inout FieldReader) {
        if reason.trimmed.isEmpty { reader.problem(inValueOf: "reason", "must say why, but is empty.") }
        if let score, !(0...1).contains(score) {
            reader.problem(inValueOf: "score", "must be from 0 to 1, but is \(score).")
        }
        if passed, let bad = cases.first(where: { [.failed, .error].contains($0.outcome) }) {
            reader.problem(inValueOf: "passed", "must be false, as the case '\(bad.id)' did not pass.")
        }
        let ids = Set(cases.map(\.id))
        if ids.count != cases.count { reader.problem(inValueOf: "cases", "must have names that differ.") }
    }

    var verdict: Verdict {
        let cases = cases.map { one in
            var made = TestCase(one.id, .init(one.outcome), one.message.shown, seconds: one.seconds)
            (made.file, made.line) = (one.file, one.line)
            return made
        }
        var verdict = Verdict(
            passed ? .passed : .failed,
            reason.trimmed.shown,
            score: score,
            cases: cases,
            details: details.shown(16_000)
        )
        verdict.findings = findings.map { one in
            Verdict.Finding(
                .init(one.level),
                one.message.shown,
                rule: one.rule,
                file: one.file,
                line: one.line,
                column: one.column
            )
        }
        verdict.metrics = metrics
        return verdict
    }
}

extension TestCase.Outcome {
    fileprivate init(_ said: ProgramVerdict.Outcome) {
        switch said {
        case .passed: self = .passed
        case .failed: self = .failed
        case .error: self = .error
        case .skipped: self = .skipped
        }
    }
}

extension Verdict.Finding.Level {
    fileprivate init(_ said: ProgramVerdict.Level) {
        switch said {
        case .error: self = .error
        case .warning: self = .warning
        case .note: self = .note
        }
    }
}

extension String {
    fileprivate var shown: String { shown(2_000) }

    /// At most so many bytes of it, from both ends.
    func shown(_ most: Int) -> String {
        CappedOutput(bytes: Array(utf8)).capped(to: OutputLimit(head: most / 2, tail: most / 2)).text
    }
}
