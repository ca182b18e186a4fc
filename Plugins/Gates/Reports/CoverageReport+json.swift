import GateKit
import PipelineKit

extension CoverageReport {
    /// What `coverage json` writes: `{"meta": {"format": 3}, "files": {PATH: {"executed_lines": [1], "missing_lines": [2],
    /// "excluded_lines": [], "executed_branches": [[1, 2]], "missing_branches": []}}}`:
    /// https://coverage.readthedocs.io/en/latest/commands/cmd_json.html.
    static func json(_ bytes: [UInt8], at place: FilePlace) throws(Failure) -> CoverageReport {
        let document: JSONValue
        do throws(JSONError) { document = try JSONValue(parsing: bytes) } catch {
            throw Failure(.invalidInput, "\(error)")
        }
        guard case .object(let files)? = document["files"], document["meta"] != nil else {
            throw Failure(.invalidInput, "It is JSON, but not of coverage.py: it has no 'meta' or no 'files'.")
        }
        var report = CoverageReport()
        for (path, entry) in files { report.add(file(entry), at: place.shown(path)) }
        return report
    }

    private static func file(_ entry: JSONValue) -> File {
        var file = File()
        for (key, isCovered) in [("executed_lines", true), ("missing_lines", false)] {
            for line in entry[key]?.elements.compactMap(\.integer) ?? [] where line > 0 {
                file.add(line: line, isCovered: isCovered)
            }
        }
        for (key, isCovered) in [("executed_branches", 1), ("missing_branches", 0)] {
            for line in entry[key]?.elements.compactMap({ $0.elements.first?.integer }) ?? [] {
                file.branches[line, default: Count()].total += 1
                file.branches[line]?.covered += isCovered
            }
        }
        file.excluded = entry["excluded_lines"]?.elements.count ?? 0
        return file
    }
}
