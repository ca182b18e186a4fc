import PipelineKit
import ProcessKit
import WorkspaceKit

/// Code that a program reads on standard input and runs, in the sandbox of a workspace and nowhere else.
struct Snippet {
    /// What runs code.
    struct Interpreter {
        /// An absolute path, or a path or name that somebody has set.
        var program: String
        var arguments: [String]
        var environment: [String: String] = [:]
    }

    let code: String
    /// In seconds.
    let timeout: Int

    /// What code may touch of which nothing is known; what the walls keep from it where they are known already.
    static func scope(in workspace: Workspace) -> CallScope {
        let isAlone = workspace.confinement.map { $0.network == .none } ?? false
        return CallScope(isAlone ? [.reads, .writes, .runs] : [.reads, .writes, .runs, .network])
    }

    /// - Parameter tool: Whose call it is, for the sentence that refuses it.
    /// - Throws: ``Failure/Kind/denied`` without a sandbox.
    func run(
        _ interpreter: (Workspace) throws(Failure) -> Interpreter,
        _ settings: SnippetSettings,
        for tool: ModuleID,
        in context: ToolContext
    ) async throws(Failure) -> ToolOutput {
        try check(settings)
        guard context.workspace.confinement != nil else {
            throw Failure(
                .denied,
                "'\(tool)' runs code in a sandbox only, and this run has none. Set 'sandbox: required' below 'workspace' in "
                    + "the pipeline; 'sluice doctor' tells what the machine lacks for it."
            )
        }
        let interpreter = try interpreter(context.workspace)
        let command = Command(
            interpreter.program,
            interpreter.arguments,
            in: context.workspace,
            environment: interpreter.environment,
            input: Array(code.utf8),
            timeout: .seconds(timeout),
            limit: .mostlyEnd(settings.maxOutput.bytes),
            output: .merged
        )
        return ToolOutput(try await outcome(of: command, progress: context.progress), of: command)
    }

    private func check(_ settings: SnippetSettings) throws(Failure) {
        let most = Int(settings.maxTimeout.seconds)
        guard (1...most).contains(timeout) else {
            throw Failure(.invalidInput, "Field 'timeout' must be from 1 to \(most), but is \(timeout).")
        }
        guard code.contains(where: { !$0.isWhitespace }) else {
            throw Failure(.invalidInput, "Field 'code' must be code, but is empty.")
        }
    }
}
