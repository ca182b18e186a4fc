import GateKit
import PipelineKit
import ProcessKit

/// The mutants of Python sources, as Python's own parser sees them.
struct PythonMutants: Sendable {
    private let python: Runner

    /// - Parameters:
    ///   - setting: A path, relative to the project, or a name that is looked up in PATH.
    ///   - project: Absolute path.
    /// - Throws: ``PipelineKit/Failure/Kind/missing`` saying where it was looked for.
    init(_ setting: String?, project: String) throws(Failure) {
        python = try Runner(
            "python3",
            named: setting,
            own: [".venv/bin/python", "venv/bin/python"],
            in: project,
            install: "apt-get install python3"
        )
    }

    /// What can be changed in the sources, and what is wrong with those that cannot be read, each by the number of its
    /// source.
    ///
    /// - Throws: ``PipelineKit/Failure/Kind/unavailable`` when Python gives no answer.
    func find(in sources: [ChangedSource], at workspace: Workspace) async throws(Failure) -> [Result] {
        let files = sources.map { source in
            JSONValue.object([
                "text": .string(String(validating: source.bytes, as: UTF8.self) ?? ""),
                "lines": .array(source.lines.sorted().map(JSONValue.int)),
            ])
        }
        let command = Command(
            python.program,
            ["-I", "-X", "utf8", "-c", PythonScript.text],
            in: workspace,
            input: Array(JSONValue.object(["files": .array(files)]).encoded()),
            timeout: .seconds(300),
            limit: OutputLimit(head: 64 << 20, tail: 0)
        )
        let finished = try await run(command)
        guard finished.status == 0, let answer = try? JSONValue(parsing: finished.output.bytes),
            let results = answer["files"]?.elements, results.count == sources.count
        else {
            let said = finished.errors.text.split(separator: "\n").last.map { ": \($0)" } ?? "."
            throw Failure(.unavailable, "'\(python.program)' could not tell what can be mutated\(said)")
        }
        return zip(sources, results).map { Result($0, $1) }
    }

    /// What Python says of one source.
    struct Result: Sendable {
        var changes: [SourceChange]
        /// Why it cannot be read.
        var problem: String?

        init(_ source: ChangedSource, _ json: JSONValue) {
            let isText = String(validating: source.bytes, as: UTF8.self) != nil
            problem = isText ? json["problem"]?.text : "it is not UTF-8"
            changes = (json["changes"]?.elements ?? []).compactMap { change in
                guard let start = change["start"]?.integer, let end = change["end"]?.integer,
                    let new = change["new"]?.text, let kind = change["kind"]?.text,
                    0 <= start, start <= end, end <= source.bytes.count
                else { return nil }
                return SourceChange(range: start..<end, replacement: Array(new.utf8), kind: kind)
            }
        }
    }
}
