import FoundationEssentials
import Glibc
public import PipelineKit
import ProcessKit
import ShellGrammar
import WorkspaceKit

/// Runs a command line in the workspace.
public struct BashExecTool: Tool {
    public static let id: ModuleID = "bash_exec"
    public static let summary = "Runs a command line with bash in the workspace and returns what it printed."
    public static let example: JSONValue = ["command": "make check"]
    public static let reach: Set<Reach> = [.reads, .writes, .runs, .network, .outside]

    public struct Settings: Fields {
        @Field("The most time that a call may ask for.") var maxTimeout: Duration = .seconds(600)
        @Field("How much of the output is kept, most of it from the end.") var maxOutput = ByteCount(bytes: 32_000)
        @Field("Environment variables that a command may see besides PATH, HOME, LANG and their like.")
        var environment: [String] = []
        public init() {}
    }

    public struct Arguments: Fields {
        @Field("The command line, run by bash in the root of the workspace.") var command: String
        @Field("Seconds before the command is killed with everything it started.") var timeout: Int = 60
        public init() {}
    }

    private let settings: Settings

    public init(settings: Settings) throws(Failure) {
        guard settings.maxTimeout >= .seconds(1) else {
            let written = settings.maxTimeout.written
            throw Failure(.invalidInput, "Field 'max_timeout' must be at least '1s', but is '\(written)'.")
        }
        guard settings.maxOutput.bytes >= 1_000 else {
            throw Failure(.invalidInput, "Field 'max_output' must be at least '1 kB', but is '\(settings.maxOutput)'.")
        }
        self.settings = settings
    }

    public func scope(of arguments: Arguments, in workspace: Workspace) -> CallScope {
        guard Self.shell == "/bin/bash" else {
            // Other shells read some lines otherwise, and the grammar is that of bash.
            return CallScope(Self.reach, line: ProposedLine(argument: "command", commands: [], isKnown: false))
        }
        let isRepository = FileManager.default.fileExists(atPath: workspace.path + "/.git")
        let place = LineReach.Place(directory: workspace.path, isRepository: isRepository)
        var (scope, paths) = LineReach.scope(of: arguments.command, argument: "command", at: place)
        if paths.contains(where: { leadsOut($0, of: workspace) }) { scope.reach.insert(.outside) }
        return scope
    }

    /// Whether a path that is there leads out of the workspace by a symbolic link.
    private func leadsOut(_ path: String, of workspace: Workspace) -> Bool {
        guard let root = Self.resolve(workspace.path) else { return true }
        guard let real = Self.resolve(path.hasPrefix("/") ? path : "\(workspace.path)/\(path)") else { return false }
        return real != root && !real.hasPrefix(root == "/" ? "/" : root + "/") && !real.hasPrefix("/dev/")
    }

    private static func resolve(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }

    public func call(_ arguments: Arguments, in context: ToolContext) async throws(Failure) -> ToolOutput {
        let command = try command(arguments, in: context.workspace)
        return ToolOutput(try await outcome(of: command, progress: context.progress), of: command)
    }

    private func command(_ arguments: Arguments, in workspace: Workspace) throws(Failure) -> Command {
        let most = Int(settings.maxTimeout.seconds)
        guard (1...most).contains(arguments.timeout) else {
            throw Failure(.invalidInput, "Field 'timeout' must be from 1 to \(most), but is \(arguments.timeout).")
        }
        guard arguments.command.contains(where: { !$0.isWhitespace }) else {
            throw Failure(.invalidInput, "Field 'command' must be a command line, but is empty.")
        }
        return Command(
            Self.shell,
            ["-c", arguments.command],
            in: workspace,
            environment: Environment.passing(settings.environment),
            timeout: .seconds(arguments.timeout),
            limit: .mostlyEnd(settings.maxOutput.bytes),
            output: .merged
        )
    }

    /// Not every system has bash: Alpine's shell is BusyBox.
    private static let shell = FileManager.default.isExecutableFile(atPath: "/bin/bash") ? "/bin/bash" : "/bin/sh"
}
