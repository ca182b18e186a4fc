import GateKit
import PipelineKit

/// What became of the mutants, and the verdict on the tests.
struct MutationScore: Sendable {
    /// Of all mutants, those that are not tried too.
    private let found: Int
    private let tried: Int
    private let lines: Int
    private let unread: [String]
    /// Percent.
    private let minimum: Double
    private var fates: [Fate: Int] = [:]
    private var survivors: [Verdict.Finding] = []

    init(_ candidates: Candidates, tried: Int, minimum: Double) {
        found = candidates.mutants.count
        lines = candidates.lines
        unread = candidates.unread
        self.tried = tried
        self.minimum = minimum
    }

    /// - Parameter file: Relative to the workspace.
    mutating func note(_ fate: Fate, of mutant: Mutant, at place: MutantPlace, in file: String) {
        fates[fate, default: 0] += 1
        guard fate == .survived else { return }
        survivors.append(
            Verdict.Finding(
                .warning,
                "`\(place.before)` became `\(place.after)`, and the tests still pass",
                rule: mutant.kind,
                file: file,
                line: place.line,
                column: place.column
            )
        )
    }

    private func count(_ fate: Fate) -> Int { fates[fate, default: 0] }
    private var killed: Int { count(.killed) + count(.late) }
    private var judged: Int { killed + count(.survived) }

    var verdict: Verdict {
        let list = FindingList(survivors)
        var verdict = judged == 0 ? .passed(nothing) : rate
        verdict.details = list.details + unread.map { "\($0)\n" }.joined()
        verdict.findings = list.findings
        verdict.metrics = [
            "mutants": Double(judged), "killed": Double(killed), "survived": Double(count(.survived)),
            "timed_out": Double(count(.late)), "not_built": Double(count(.notBuilt)),
        ]
        return verdict
    }

    /// `The tests pass, and there is nothing that they could miss: no line of a source was changed.`
    private var nothing: String {
        let opening = "The tests pass, and there is nothing that they could miss: "
        if tried > 0 { return "\(opening)none of \(words(tried, "mutant")) of the changed lines builds." }
        if lines == 0 { return "\(opening)no line of a source was changed." }
        return "\(opening)nothing in the \(words(lines, "changed line")) can be mutated\(unreadWords)."
    }

    private var rate: Verdict {
        let percent = 100 * Double(killed) / Double(judged)
        let counts = "\(killed) of \(words(judged, "mutant")) of the changed lines"
        let said = "The tests kill \(counts), \(Percentage.words(percent)) %"
        let bound = "\(Percentage.words(minimum)) %"
        guard percent < minimum else {
            return .passed("\(said), of which \(bound) must be\(notes).", score: percent / 100)
        }
        let places = survivors.map { "\($0.file ?? ""):\($0.line ?? 0)" }
        let spots = places.reduce(into: [String]()) { if $0.last != $1 { $0.append($1) } }.named(atMost: 5)
        return .failed(
            "\(said), not the \(bound) that must be: they miss those at \(spots)\(notes).",
            score: percent / 100
        )
    }

    /// `; 1 of the killed ran too long; 2 more do not build; 30 more were not tried`, or nothing.
    private var notes: String {
        let (late, unbuilt, left) = (count(.late), count(.notBuilt), found - tried)
        var notes = late == 0 ? "" : "; \(late) of the killed ran too long"
        if unbuilt > 0 { notes += "; \(unbuilt) more \(unbuilt == 1 ? "does" : "do") not build" }
        if left > 0 { notes += "; \(left) more \(left == 1 ? "was" : "were") not tried (max_mutants)" }
        return notes + unreadWords
    }

    private var unreadWords: String {
        unread.isEmpty ? "" : "; \(words(unread.count, "changed file")) could not be read"
    }

    private func words(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}
