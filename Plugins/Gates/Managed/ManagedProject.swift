import FoundationEssentials
import GateKit
import PipelineKit

/// A project in a copy of its tree, where its runner may write as it is used to.
struct ManagedProject: Sendable {
    /// The workspace with the copy in its place.
    let copy: Workspace
    /// The project in it.
    let inner: Workspace
    let place: ProjectPlace

    init(_ workspace: Workspace, _ place: ProjectPlace, scratch: String) async throws(Failure) {
        // Before anything is copied: a directory that is not there is the person's mistake.
        _ = try place.within(workspace)
        copy = try await ScratchTree.copy(of: workspace, in: scratch)
        inner = try place.within(copy)
        self.place = place
    }

    /// A path of the copy, as the workspace knows it.
    func shown(_ path: String) -> String { place.shown(path, in: copy) }

    /// Whether the project has one of these files.
    func has(_ names: [String]) -> Bool {
        names.contains { FileManager.default.fileExists(atPath: "\(inner.path)/\($0)") }
    }

    /// `the workspace`, `'app'`.
    var words: String { place.directory.isEmpty ? "the workspace" : "'\(place.directory)'" }
}

/// A session of a runner on the JVM that has ended.
struct JVMSession: Sendable {
    var end: RunnerEnd
    var project: ManagedProject
    /// Absolute paths of its reports.
    var reports: [String]
    /// What a runner says that has not got what it needs, at the beginning of a line.
    var gaps: [String]

    /// - Throws: ``Failure/Kind/missing`` when what the project needs is not installed.
    func verdict() throws(Failure) -> Verdict {
        var cases: [TestCase] = []
        for path in reports {
            do throws(Failure) {
                guard let bytes = ReportFile.bytes(at: path) else {
                    throw Failure(.invalidInput, "It is no regular file of at most \(ReportFile.limit) bytes.")
                }
                cases += try JUnitReport(xml: bytes).cases
            } catch {
                let name = path.split(separator: "/").last ?? ""
                return end.explained("\(end.words), but its report '\(name)' cannot be read: \(error.message)")
            }
        }
        cases = JavaPlaces(project).placed(cases).numbered
        guard end.status != 0, Tally(cases).failing.isEmpty else {
            return TestSession(end, cases: cases, failureStatuses: [1]).verdict
        }
        let errors = CompilerOutput.errors(in: end.output) { project.shown($0) }
        if !errors.isEmpty { return .broken(errors, end: end, cases: cases) }
        let lines = end.output.split(whereSeparator: \.isNewline)
        if let line = lines.first(where: { line in gaps.contains { line.contains($0) } }) {
            throw Failure(
                .missing,
                "\(end.name) has not got what the project needs, and could not fetch it: \(String(line).capped(to: 500))"
            )
        }
        return TestSession(end, cases: cases, failureStatuses: [1]).verdict
    }
}

/// Finds the files of test classes, which reports of the JVM do not name.
struct JavaPlaces: Sendable {
    /// Relative to the workspace.
    private let files: [String]

    init(_ project: ManagedProject) {
        let all = [".java", ".kt", ".groovy", ".scala"].flatMap {
            ReportFile.paths(below: project.inner.path, ending: $0)
        }
        files = all.map(project.shown)
    }

    init(files: [String]) { self.files = files }

    /// The cases with the file of their class, and the line of it in the trace of one that failed.
    func placed(_ cases: [TestCase]) -> [TestCase] {
        var known: [String: String?] = [:]
        return cases.map { test in
            guard let range = test.id.firstRange(of: "::") else { return test }
            // A class within another stands in the file of the outer one.
            let name = String(test.id[..<range.lowerBound].prefix { $0 != "$" })
            let file = known[name] ?? find(name)
            known[name] = .some(file)
            var test = test
            test.file = file
            test.line = file.flatMap { line(of: $0, in: test.message) }
            return test
        }
    }

    private func find(_ name: String) -> String? {
        let path = name.split(separator: ".").joined(separator: "/")
        return files.first { file in
            let stem = file.split(separator: ".").dropLast().joined(separator: ".")
            return stem == path || stem.hasSuffix("/\(path)")
        }
    }

    /// The 12 of `at com.example.CalcTest.adds(CalcTest.java:12)`.
    private func line(of file: String, in trace: String) -> Int? {
        let name = file.split(separator: "/").last.map(String.init) ?? file
        guard let range = trace.firstRange(of: "(\(name):") else { return nil }
        return Int(trace[range.upperBound...].prefix { $0.isNumber })
    }
}
