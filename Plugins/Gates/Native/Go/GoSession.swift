import GateKit
import PipelineKit
import ProcessKit

/// A run of `go test -json` that has ended.
struct GoSession: Sendable {
    /// Its output is the events, its errors what go says besides.
    var end: RunnerEnd

    /// - Parameter path: Makes the path of a file relative to the workspace, given the package that names it.
    func verdict(path: (_ file: String, _ package: String) -> String) -> Verdict {
        var shown = end
        shown.finished.output = end.finished.errors
        guard !end.finished.output.isCut else {
            return shown.explained(
                "\(end.words), and its report has more than \(end.finished.output.bytes.count) bytes."
            )
        }
        let events = GoEvents(output: end.output, errors: end.finished.errors.text)
        let cases = events.cases.map { Self.placed($0, path) }
        guard events.broken.isEmpty else {
            let errors = events.buildErrors.map { package, finding in
                var finding = finding
                finding.file = finding.file.map { path($0, package) }
                return finding
            }
            return errors.isEmpty ? unbuilt(events, cases) : .broken(errors, end: shown, cases: cases)
        }
        guard events.open.isEmpty else {
            let names = events.open.named(atMost: 5)
            let verb = events.open.count == 1 ? "test" : "tests"
            return shown.explained("\(events.open.count) \(verb) left before the end: \(names).", cases: cases)
        }
        if let fallen = events.fallen.first {
            var verdict = shown.explained(
                "The package '\(fallen.package)' fails, and none of its tests does.",
                cases: cases
            )
            verdict.details = fallen.output.capped(to: 6_000)
            return verdict
        }
        if cases.isEmpty, end.status == 0 {
            return shown.explained("No test ran. Write functions TestXxx in files that end with _test.go.")
        }
        return TestSession(shown, cases: cases, failureStatuses: [1]).verdict
    }

    private func unbuilt(_ events: GoEvents, _ cases: [TestCase]) -> Verdict {
        var shown = end
        shown.finished.output = end.finished.errors
        return shown.explained("The project does not build: \(events.broken.named(atMost: 5)).", cases: cases)
    }

    private static func placed(_ test: TestCase, _ path: (String, String) -> String) -> TestCase {
        var test = test
        let package = test.id.firstRange(of: "::").map { String(test.id[..<$0.lowerBound]) } ?? ""
        guard let place = test.message.split(separator: "\n").lazy.compactMap(GoPlace.init).first else { return test }
        test.file = path(place.file, package)
        test.line = place.line
        return test
    }
}
