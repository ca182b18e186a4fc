public import PipelineKit
import ProcessKit

/// Runs Python in the workspace's sandbox.
public struct PythonExecTool: Tool {
    public static let id: ModuleID = "python_exec"
    public static let summary =
        "Runs Python code in the workspace, in a sandbox, and returns what it printed and the value of its last expression."
    public static let example: JSONValue = ["code": "sum(range(10))"]
    public static let reach: Set<Reach> = [.reads, .writes, .runs, .network]

    public typealias Settings = SnippetSettings

    public struct Arguments: Fields {
        @Field("The code; modules of the workspace can be imported, and each call starts anew.") var code: String
        @Field("Seconds before it is killed with everything it started.") var timeout: Int = 60
        public init() {}
    }

    private let settings: SnippetSettings

    public init(settings: Settings) throws(Failure) { self.settings = try settings.checked() }

    public func scope(of arguments: Arguments, in workspace: Workspace) -> CallScope { Snippet.scope(in: workspace) }

    public func call(_ arguments: Arguments, in context: ToolContext) async throws(Failure) -> ToolOutput {
        let snippet = Snippet(code: arguments.code, timeout: arguments.timeout)
        return try await snippet.run(interpreter, settings, for: Self.id, in: context)
    }

    private func interpreter(in workspace: Workspace) throws(Failure) -> Snippet.Interpreter {
        let places = [workspace.path, workspace.project].flatMap {
            ["\($0)/.venv/bin/python", "\($0)/venv/bin/python"]
        }
        let program = settings.program ?? places.first(where: Programs.isExecutable) ?? Programs.find("python3")
        guard let program else {
            throw Failure(
                .missing,
                "There is no Python: neither '.venv/bin/python' nor 'python3'. Install it: apt-get install python3"
            )
        }
        return Snippet.Interpreter(
            program: program,
            // Without a buffer, so that what is printed is there when the time is up, in the order written.
            arguments: ["-u", "-c", PythonPrelude.text],
            environment: ["PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"]
        )
    }
}
