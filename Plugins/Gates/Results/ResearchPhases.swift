import GateKit
import PipelineKit
import WorkspaceKit

/// Looks whether phases have left what they should; a case for each.
struct ResearchPhases: Sendable {
    private let phases: [(phase: ResearchPhase, patterns: [GlobPattern])]
    private let topic: [String]

    /// - Throws: `.invalidInput` for phases that cannot be.
    init(_ settings: ResearchSettings, standard: [ResearchPhase]) throws(Failure) {
        topic = settings.topic
        var all: [(ResearchPhase, [GlobPattern])] = []
        for (number, phase) in (settings.phases.isEmpty ? standard : settings.phases).enumerated() {
            let field = "phases[\(number)]"
            guard !phase.name.trimmed.isEmpty else {
                throw Failure(.invalidInput, "Field '\(field).name' must be a name, but is empty.")
            }
            guard !phase.files.isEmpty else {
                throw Failure(.invalidInput, "Field '\(field).files' must be a list of at least one pattern.")
            }
            guard phase.count > 0 else {
                throw Failure(.invalidInput, "Field '\(field).count' must be at least 1, but is \(phase.count).")
            }
            all.append((phase, try phase.files.map { text throws(Failure) in try GlobPattern(text) }))
        }
        let names = all.map(\.0.name)
        guard Set(names).count == names.count else {
            throw Failure(.invalidInput, "Field 'phases' names a phase twice; each needs a name of its own.")
        }
        phases = all
    }

    func verdict(in root: String) -> Verdict {
        let paths = ReportFile.paths(below: root, ending: "").map { String($0.dropFirst(root.utf8.count + 1)) }
            .filter { !$0.hasPrefix(".git/") }
        let cases = phases.map { phase, patterns in
            let found = paths.filter { path in patterns.contains { $0.matches(path) } }
            let missing = missing(of: phase, among: found.map { PhaseFile($0, in: root) })
            return TestCase(phase.name, missing.isEmpty ? .passed : .failed, missing.joined(separator: " "))
        }
        let open = cases.filter { $0.outcome != .passed }
        let score = Double(cases.count - open.count) / Double(max(1, cases.count))
        var verdict =
            open.isEmpty
            ? Verdict.passed("All \(cases.count) phases have left what they should.", score: 1)
            : Verdict.failed(
                "\(open.count) of \(cases.count) phases \(open.count == 1 ? "is" : "are") open.",
                score: score
            )
        verdict.cases = cases
        verdict.details = open.map { "- \($0.id): \($0.message)" }.joined(separator: "\n")
        return verdict
    }

    /// Sentences about what a phase still lacks.
    private func missing(of phase: ResearchPhase, among files: [PhaseFile]) -> [String] {
        let wanted = phase.files.map { "'\($0)'" }.joined(separator: ", ")
        guard files.count >= phase.count else {
            let found = files.isEmpty ? "there is none" : "there \(files.count == 1 ? "is" : "are") only \(files.count)"
            return ["\(phase.count) file\(phase.count == 1 ? "" : "s") of \(wanted) must be there, but \(found)."]
        }
        let words = (phase.words + topic).filter { word in !files.contains { $0.holds(word) } }
        return files.flatMap { $0.missing(of: phase) } + words.map { "None of \(wanted) says '\($0)'." }
    }
}

/// A file that a phase left.
private struct PhaseFile {
    let path: String
    private let bytes: [UInt8]
    private let lines: [String]

    init(_ path: String, in root: String) {
        self.path = path
        bytes = ReportFile.bytes(at: "\(root)/\(path)") ?? []
        lines = String(decoding: bytes, as: UTF8.self).lowercased().split(separator: "\n").map { String($0).trimmed }
    }

    func holds(_ word: String) -> Bool {
        let word = word.lowercased()
        return lines.contains { $0.contains(word) }
    }

    func missing(of phase: ResearchPhase) -> [String] {
        var missing: [String] = []
        if bytes.count < phase.bytes.bytes {
            missing.append("'\(path)' has \(ByteCount(bytes: bytes.count)) and needs \(phase.bytes).")
        }
        missing += phase.sections.filter { !has($0) }.map { "'\(path)' has no section '\($0)'." }
        guard !phase.members.isEmpty else { return missing }
        guard let json = try? JSONValue(parsing: bytes) else { return missing + ["'\(path)' is no JSON."] }
        return missing + phase.members.filter { json[$0] == nil }.map { "'\(path)' has no member '\($0)'." }
    }

    /// Whether a heading of Markdown says this, and something stands below it before the next one.
    private func has(_ section: String) -> Bool {
        let wanted = section.lowercased()
        guard let place = lines.firstIndex(where: { $0.hasPrefix("#") && $0.contains(wanted) }) else { return false }
        return lines.dropFirst(place + 1).first { !$0.isEmpty }.map { !$0.hasPrefix("#") } ?? false
    }
}
