public import PipelineKit
import ProcessKit

/// Runs JavaScript in the workspace's sandbox.
public struct JSExecTool: Tool {
    public static let id: ModuleID = "js_exec"
    public static let summary =
        "Runs JavaScript code in the workspace, in a sandbox, with Node.js, Deno or Bun, and returns what it printed."
    public static let example: JSONValue = ["code": "[1, 2, 3].map(n => n * n)"]
    public static let reach: Set<Reach> = [.reads, .writes, .runs, .network]

    public typealias Settings = SnippetSettings

    public struct Arguments: Fields {
        @Field("The code; packages and files of the workspace can be loaded, and each call starts anew.")
        var code: String
        @Field("Whether Node.js reads it as a module, with import and await, and not as a script with require.")
        var module: Bool = false
        @Field("Seconds before it is killed with everything it started.") var timeout: Int = 60
        public init() {}
    }

    private let settings: SnippetSettings

    public init(settings: Settings) throws(Failure) { self.settings = try settings.checked() }

    public func scope(of arguments: Arguments, in workspace: Workspace) -> CallScope { Snippet.scope(in: workspace) }

    public func call(_ arguments: Arguments, in context: ToolContext) async throws(Failure) -> ToolOutput {
        let snippet = Snippet(code: arguments.code, timeout: arguments.timeout)
        let choose = { (_: Workspace) throws(Failure) in try interpreter(isModule: arguments.module) }
        return try await snippet.run(choose, settings, for: Self.id, in: context)
    }

    private func interpreter(isModule: Bool) throws(Failure) -> Snippet.Interpreter {
        guard let program = settings.program ?? ["node", "deno", "bun"].lazy.compactMap(Programs.find).first else {
            throw Failure(
                .missing,
                "There is no 'node', 'deno' or 'bun' in PATH. Install one of them: apt-get install nodejs"
            )
        }
        // Each reads standard input when it is called so; the last two take modules and scripts alike.
        let arguments =
            switch program.split(separator: "/").last {
            case "deno": ["run", "--allow-all", "--no-prompt", "-"]
            case "bun": ["run", "-"]
            default: (isModule ? ["--input-type=module"] : []) + ["-"]
            }
        return Snippet.Interpreter(program: program, arguments: arguments, environment: ["NO_COLOR": "1"])
    }
}
