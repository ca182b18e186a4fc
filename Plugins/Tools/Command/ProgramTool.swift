import PipelineKit
import ProcessKit

/// A program that the model calls.
///
/// It reads its arguments as a JSON object on standard input. What it writes to standard output is for the model: a text,
/// or a JSON object of `text` and `is_error`. It exits with 0 when the call was done, with 1 when it was not, for a reason
/// that the model should read, and with anything else when the program itself is at fault.
struct ProgramTool: Sendable {
    private struct Reply: Fields {
        @Field("What the model reads.") var text: String
        @Field("Whether it should read it as a mistake.") var isError: Bool = false
        init() {}
    }

    private let name: String
    private let declaration: CommandDeclaration

    init(_ name: String, _ declaration: CommandDeclaration) {
        self.name = name
        self.declaration = declaration
    }

    var declared: DeclaredTool {
        DeclaredTool(
            ModuleID(name),
            declaration.summary,
            reach: declaration.reach.map(Set.init) ?? Set(Reach.allCases),
            arguments: declaration.arguments.fields,
            call: call
        )
    }

    @Sendable private func call(_ arguments: JSONValue, in context: ToolContext) async throws(Failure) -> ToolOutput {
        let command = declaration.command(given: arguments, in: context.workspace)
        switch try await outcome(of: command, progress: context.progress) {
        case .timedOut(let finished): throw finished.timeout(of: command)
        case .finished(let finished):
            if let problem = declaration.problem(with: finished, of: "tool '\(name)'") { throw problem }
            return output(of: finished)
        }
    }

    private func output(of finished: Finished) -> ToolOutput {
        let said = finished.output.text
        if !finished.output.isCut, let json = try? JSONValue(parsing: Array(said.utf8)),
            let reply = try? Reply(json: json)
        {
            let isError = reply.isError || finished.status != 0
            return ToolOutput(reply.text, exitCode: finished.status, isError: isError)
        }
        guard finished.status == 0 else {
            let all = [said, finished.errors.text].map(\.trimmed).filter { !$0.isEmpty }.joined(separator: "\n")
            return ToolOutput(all.isEmpty ? "The call failed." : all, exitCode: finished.status, isError: true)
        }
        return ToolOutput(said.isEmpty ? "[Nothing was printed.]" : said, exitCode: 0)
    }
}

extension CommandDeclaration {
    /// The program, given what it reads.
    func command(given input: JSONValue, in workspace: Workspace) -> Command {
        let bytes = maxOutput.bytes
        return Command(
            run.words[0],
            Array(run.words.dropFirst()),
            in: workspace,
            environment: Environment.passing(environment),
            input: input.encoded(),
            timeout: timeout,
            limit: kind == .gate ? Self.verdict : OutputLimit(head: bytes / 4, tail: bytes - bytes / 4)
        )
    }

    /// How much of what a gate says is read.
    private static let verdict = OutputLimit(head: 8_000_000, tail: 0)

    /// Why a program gave no answer; `nil` when it did: with 0 or 1.
    ///
    /// - Parameter name: What people call it: `tool 'word_count'`.
    func problem(with finished: Finished, of name: String) -> Failure? {
        guard ![0, 1].contains(finished.status) else { return nil }
        let said = String((finished.errors.text.isEmpty ? finished.output.text : finished.errors.text).suffix(2_000))
        let words = said.trimmed.isEmpty ? "." : ":\n\(said.trimmed)"
        let isMissing = [126, 127].contains(finished.status)
        return Failure(
            isMissing ? .missing : .unavailable,
            "The program of \(name), '\(run.name)', is at fault: it exited with \(finished.status)\(words)"
        )
    }
}
