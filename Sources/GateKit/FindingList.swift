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

    /// The findings a line each, errors first; the order within a file stays.
    public var details: String {
        let ranked = findings.filter { $0.level == .error } + findings.filter { $0.level != .error }
        var text = ""
        for (index, finding) in ranked.enumerated() {
            let line = "\(finding)\n"
            guard text.utf8.count + line.utf8.count <= Self.detailsLimit else {
                return text + "[\(total - index) more are left out]\n"
            }
            text += line
        }
        return text
    }
}
