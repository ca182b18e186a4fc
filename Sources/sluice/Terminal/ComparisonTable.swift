import PipelineEngine
import PipelineKit

/// Two runs in two columns, and below them where they part.
struct ComparisonTable {
    private let comparison: RunComparison

    init(_ comparison: RunComparison) { self.comparison = comparison }

    /// Of the words of a deed; what is longer is cut.
    private static let width = 160
    /// Of a column; a reason goes on below it.
    private static let column = 44

    var lines: [String] {
        table + ["", parting("words", comparison.otherWords), parting("deed", comparison.otherDeeds)]
            + comparison.missing.lines
    }

    private var names: (String, String) {
        (comparison.left.run?.value ?? "the first", comparison.right.run?.value ?? "the second")
    }

    // MARK: - The columns

    private var table: [String] {
        Columns.lines([["", names.0, names.1]] + figures + winners + checks, numbers: false)
    }

    private var figures: [[String]] {
        let (left, right) = (comparison.left, comparison.right)
        func row(_ name: String, _ value: (RunOutcome) -> String) -> [String] { [name, value(left), value(right)] }
        return [
            row("pipeline", \.pipeline), row("model") { $0.models.joined(separator: ", ") },
            row("end") { $0.status.words }, row("iterations") { "\($0.iterations)" },
            row("replies") { "\($0.replies)" }, row("calls") { "\($0.calls)" }, row("tokens") { "\($0.spent.tokens)" },
            row("cost") { $0.spent.cost.map { "\($0)" } ?? "unknown" }, row("time") { $0.time.written },
        ]
    }

    /// A line for each race that one of them has.
    private var winners: [[String]] {
        let all = [comparison.left.winners, comparison.right.winners]
        let most = all.map(\.count).max() ?? 0
        return (0..<most).map { index in
            let words = all.map { $0.indices.contains(index) ? $0[index] ?? "nobody" : "-" }
            return [most == 1 ? "won by" : "race \(index + 1)"] + words
        }
    }

    /// A line for each check that one of them has.
    private var checks: [[String]] {
        let (left, right) = (comparison.left.words, comparison.right.words)
        let names = Set(left.keys).union(right.keys).sorted { ($0.iteration, $0.round) < ($1.iteration, $1.round) }
        return names.map { name in
            let round = name.round > 1 ? ".\(name.round)" : ""
            let words = [left[name], right[name]].map { ($0 ?? "-").shortened(to: Self.column) }
            return ["check \(name.iteration)\(round)"] + words
        }
    }

    // MARK: - Where they part

    private func parting(_ what: String, _ parting: RunComparison.Parting?) -> String {
        guard let parting else {
            let same = what == "words" ? "Both say the same, to the end" : "Both do the same, in the same order"
            return comparison.missing.isEmpty ? "\(same)." : "\(same), as far as it can be read."
        }
        let parts = [words(names.0, what, parting.left), words(names.1, what, parting.right)]
        return "First other \(what):\n" + parts.joined(separator: "\n")
    }

    private func words(_ run: String, _ what: String, _ deed: RunDeeds.Deed?) -> String {
        guard let deed else { return "  \(run) has no more" }
        let words = deed.words.split(whereSeparator: \.isNewline).joined(separator: " ").shortened(to: Self.width)
        let said = what == "words" ? (words.isEmpty ? "says nothing" : "says: \(words)") : words
        let work = deed.work.isEmpty ? "" : "\(deed.work): "
        return "  \(deed.run?.value ?? run), event \(deed.sequence): \(work)\(said)"
    }
}

extension RunOutcome {
    /// What each check found.
    fileprivate var words: [CheckName: String] {
        Dictionary(checks.map { ($0.name, $0.result.reason) }) { $1 }
    }
}
