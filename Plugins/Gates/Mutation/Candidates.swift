import GateKit
import PipelineKit

/// All mutants of the changed lines of a project.
struct Candidates: Sendable {
    /// By file, then by place.
    let mutants: [Mutant]
    /// The sources they are of, by file.
    let bytes: [String: [UInt8]]
    /// How many lines of sources differ from the base.
    let lines: Int
    /// Changed sources that could not be read, a line each with why.
    let unread: [String]

    init(of sources: [ChangedSource], in workspace: Workspace, python: String?) async throws(Failure) {
        bytes = Dictionary(sources.map { ($0.file, $0.bytes) }) { first, _ in first }
        lines = sources.reduce(0) { $0 + $1.lines.count }
        let (snakes, others) = (sources.filter { $0.language == .python }, sources.filter { $0.language != .python })
        var (found, unread): ([(ChangedSource, [SourceChange])], [String]) = ([], [])
        for source in others { found.append((source, Self.changes(in: source))) }
        if !snakes.isEmpty {
            let parser = try PythonMutants(python, project: workspace.project)
            for (source, result) in zip(snakes, try await parser.find(in: snakes, at: workspace)) {
                found.append((source, result.changes))
                if let problem = result.problem { unread.append("\(source.file) could not be read: \(problem)") }
            }
        }
        self.unread = unread
        mutants = found.sorted { $0.0.file < $1.0.file }.flatMap { source, changes in
            changes.map { Mutant(file: source.file, range: $0.range, replacement: $0.replacement, kind: $0.kind) }
        }
    }

    /// Those of a source that is lexed, in its changed lines.
    static func changes(in source: ChangedSource) -> [SourceChange] {
        var (line, at) = (1, 0)
        return OperatorMutants.changes(in: source.bytes, of: source.language).filter { change in
            line += source.bytes[at..<change.range.lowerBound].count { $0 == UInt8(ascii: "\n") }
            at = change.range.lowerBound
            return source.lines.contains(line)
        }
    }

    /// So many of the mutants, evenly over all of them; the same each time.
    func chosen(atMost most: Int) -> [Mutant] {
        guard mutants.count > most else { return mutants }
        return (0..<most).map { mutants[$0 * mutants.count / most] }
    }
}
