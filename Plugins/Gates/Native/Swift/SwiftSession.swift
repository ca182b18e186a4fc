import GateKit
import PipelineKit

/// A run of `swift test` that has ended.
struct SwiftSession: Sendable {
    var end: RunnerEnd
    /// What Swift Testing wrote down; `nil` when there is nothing.
    var report: [UInt8]?
    /// Absolute path of the directory with the tests.
    var sources: String

    /// - Parameter path: Makes a path relative to the workspace.
    func verdict(path: (String) -> String) -> Verdict {
        let old = XCTestOutput(end.output, path: path)
        let places = issues
        var new: [TestCase] = []
        var problem: String?
        if let report {
            do throws(Failure) {
                new = try JUnitReport(xml: report).cases
            } catch {
                problem = error.message
            }
        }
        for index in new.indices {
            guard let place = places[new[index].id.split(separator: "::").last.map(String.init) ?? ""] else { continue }
            new[index].file = path(place.file)
            new[index].line = place.line
        }
        let cases = (old.cases + new).numbered
        if old.isCut { return end.explained("\(end.words) before all tests had run\(old.during).", cases: cases) }
        if let problem { return end.explained("\(end.words), but its report cannot be read: \(problem)", cases: cases) }
        if end.output.contains("Test run started."), !end.output.contains(" Test run with ") || report == nil {
            return end.explained("\(end.words) before all tests had run.", cases: cases)
        }
        if cases.isEmpty, end.status == 0 {
            return end.explained("No test ran. Write functions with @Test, or XCTestCase classes, in 'Tests/'.")
        }
        return TestSession(end, cases: cases, failureStatuses: [1]).verdict
    }

    /// Where Swift Testing prints that something failed, by the name of the test:
    /// `✘ Test adds() recorded an issue at CalcTests.swift:5:21: Expectation failed: ...`.
    private var issues: [String: (file: String, line: Int)] {
        var found: [String: (file: String, line: Int)] = [:]
        for line in end.output.split(separator: "\n") {
            guard let test = line.firstRange(of: " Test "), let issue = line.firstRange(of: " recorded an issue "),
                let at = line[issue.lowerBound...].firstRange(of: "at "), test.upperBound < issue.lowerBound
            else { continue }
            let parts = line[at.upperBound...].split(separator: ":")
            guard parts.count >= 3, let number = Int(parts[1]) else { continue }
            let name = String(line[test.upperBound..<issue.lowerBound])
            let matches = ReportFile.paths(below: sources, ending: String(parts[0]))
            guard found[name] == nil, matches.count == 1 else { continue }
            found[name] = (matches[0], number)
        }
        return found
    }
}

extension XCTestOutput {
    fileprivate var during: String { open.map { ", while '\(Self.id($0))' ran" } ?? "" }
}
