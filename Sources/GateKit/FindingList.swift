public import PipelineKit

/// What a linter or a type checker found, put into words.
public struct FindingList: Sendable {
    /// In the order of the report; no more than ``most``.
    public let findings: [Verdict.Finding]
    /// How many there were.
    public let total: Int
    public let errors: Int

    /// The findings that are kept.
    public static let most = 10_000
    /// Bytes of ``details``, without the line that says what was left out.
    private static let detailsLimit = 12_000
    /// Bytes of a message that are kept.
    private static let messageLimit = 2_000

    public init(_ findings: [Verdict.Finding]) {
        total = findings.count
        errors = findings.count { $0.level == .error }
        self.findings = findings.prefix(Self.most).map { finding in
            var finding = finding
            finding.message = finding.message.capped(to: Self.messageLimit)
            // Some tools write 0 for what is of no line.
            if finding.line.map({ $0 < 1 }) ?? false { finding.line = nil }
            if finding.column.map({ $0 < 1 }) ?? false { finding.column = nil }
            return finding
        }
    }

    /// `3 errors in 2 files`, `1 finding in 1 file`.
    public func count(_ noun: String = "finding", _ plural: String? = nil) -> String {
        let files = Set(findings.compactMap(\.file)).count
        let place = files == 0 ? "" : " in \(files) \(files == 1 ? "file" : "files")"
        return "\(total) \(total == 1 ? noun : plural ?? noun + "s")\(place)"
    }

    /// The findings a line each: errors first, and of those the ones that keep a tool from seeing the rest; the order within
    /// a file stays. What is found in the same words many times is told once, with its places.
    public var details: String {
        let ranks = Dictionary(grouping: findings, by: Self.rank)
        let ranked = (0...2).flatMap { ranks[$0] ?? [] }
        let alike = Dictionary(grouping: ranked) { Alike($0) }.filter { $0.value.count > Self.mostAlike }
        var (text, told) = ("", 0)
        var done: Set<Alike> = []
        for finding in ranked where !done.contains(Alike(finding)) {
            let others = alike[Alike(finding)]?.dropFirst() ?? []
            let entry =
                "\(finding)\n" + (others.isEmpty ? "" : "  \(others.count) more like it: \(Self.places(others))\n")
            guard text.utf8.count + entry.utf8.count <= Self.detailsLimit else {
                return text + "[\(total - told) more are left out]\n"
            }
            text += entry
            told += 1 + others.count
            if !others.isEmpty { done.insert(Alike(finding)) }
        }
        return text
    }

    /// How often the same may be told a line each.
    private static let mostAlike = 5
    private static let mostPlaces = 20

    /// What two findings have in common that one change of mind would mend.
    private struct Alike: Hashable {
        var level: Verdict.Finding.Level
        var rule: String?
        var message: String

        init(_ finding: Verdict.Finding) {
            level = finding.level
            rule = finding.rule
            message = finding.message
        }
    }

    private static func places(_ findings: ArraySlice<Verdict.Finding>) -> String {
        findings.map { finding in
            [finding.file ?? "the project", finding.line.map(String.init)].compactMap(\.self).joined(separator: ":")
        }.named(atMost: mostPlaces)
    }

    private static func rank(_ finding: Verdict.Finding) -> Int {
        guard finding.level == .error else { return 2 }
        let words = "\(finding.rule ?? "") \(finding.message)".lowercased()
        return blinding.contains { words.contains($0) } ? 0 : 1
    }

    /// What a file that cannot be parsed, or what it needs and is not there, is called: the rest of the file is not looked
    /// at, or found wrong for that alone.
    private static let blinding = [
        "syntax", "parsing error", "cannot find module", "no such module", "no such file", "file not found",
        "could not be resolved", "unresolved import", "import-not-found", "no required module",
    ]
}
