import PipelineKit
import ProcessKit

/// A program that judges.
///
/// It reads its settings as a JSON object on standard input, and stands in the tree that is judged. It writes its verdict
/// to standard output as a JSON object; without one it exits with 0 when the goal holds and with 1 when it does not.
/// Anything else is no answer, and so no yes.
struct ProgramGate: Sendable {
    private let name: String
    private let declaration: CommandDeclaration

    init(_ name: String, _ declaration: CommandDeclaration) {
        self.name = name
        self.declaration = declaration
    }

    var declared: DeclaredGate {
        DeclaredGate(
            ModuleID(name),
            declaration.summary,
            protection: EditPolicy(protect: declaration.protect + declaration.run.judgingFiles),
            settings: declaration.arguments.fields,
            judge: judge
        )
    }

    @Sendable private func judge(_ given: JSONValue, _ workspace: Workspace, _ context: GateContext)
        async throws(Failure) -> Verdict
    {
        let command = declaration.command(given: given, in: workspace)
        switch try await outcome(of: command, progress: context.progress) {
        case .timedOut(let finished): throw finished.timeout(of: command)
        case .finished(let finished):
            if let problem = declaration.problem(with: finished, of: "gate '\(name)'") { throw problem }
            return try verdict(from: finished)
        }
    }

    private func verdict(from finished: Finished) throws(Failure) -> Verdict {
        let said = finished.output.text
        guard said.trimmed.hasPrefix("{") else {
            let outcome: Verdict.Outcome = finished.status == 0 ? .passed : .failed
            let details = [said, finished.errors.text].map(\.trimmed).filter { !$0.isEmpty }.joined(separator: "\n")
            return Verdict(outcome, "'\(name)' exited with \(finished.status).", details: details.shown(16_000))
        }
        guard !finished.output.isCut else { throw fault("it is longer than 8 MB.") }
        let read = try read(said)
        guard read.passed == (finished.status == 0) else {
            throw fault("it says 'passed: \(read.passed)', but the program exited with \(finished.status).")
        }
        return read.verdict
    }

    private func read(_ said: String) throws(Failure) -> ProgramVerdict {
        let json: JSONValue
        do throws(JSONError) { json = try JSONValue(parsing: Array(said.utf8)) } catch { throw fault("\(error)") }
        do throws(FieldProblems) { return try ProgramVerdict(json: json) } catch {
            throw fault(error.all.map(\.message).joined(separator: " "))
        }
    }

    private func fault(_ sentence: String) -> Failure {
        Failure(.unavailable, "The verdict of gate '\(name)' cannot be used: \(sentence)")
    }
}
