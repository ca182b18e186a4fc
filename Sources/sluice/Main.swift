import ForeignTool
import FoundationEssentials
import Glibc
import PipelineKit

@main
struct Main {
    static let commands: [AnySubcommand] = [
        AnySubcommand(RunCommand.self), AnySubcommand(ResumeCommand.self), AnySubcommand(ApproveCommand.self),
        AnySubcommand(CancelCommand.self), AnySubcommand(RunsCommand.self), AnySubcommand(ShowCommand.self),
        AnySubcommand(EventsCommand.self), AnySubcommand(DiffCommand.self), AnySubcommand(RollbackCommand.self),
        AnySubcommand(CostCommand.self), AnySubcommand(ReportCommand.self), AnySubcommand(ReplayCommand.self),
        AnySubcommand(CompareCommand.self), AnySubcommand(VerifyCommand.self), AnySubcommand(LintCommand.self),
        AnySubcommand(GraphCommand.self),
        AnySubcommand(TestCommand.self), AnySubcommand(SchemaCommand.self), AnySubcommand(ModulesCommand.self),
        AnySubcommand(InitCommand.self),
        AnySubcommand(NewCommand.self),
        AnySubcommand(GenerateEvalCommand.self),
        AnySubcommand(ApplyCommand.self), AnySubcommand(ForkCommand.self), AnySubcommand(DoctorCommand.self),
        AnySubcommand(GCCommand.self), AnySubcommand(ServeCommand.self),
        AnySubcommand(MCPCommand.self), AnySubcommand(ACPCommand.self), AnySubcommand(WatchCommand.self),
        AnySubcommand(KeyCommand.self),
        AnySubcommand(BenchCommand.self), AnySubcommand(BenchModelsCommand.self),
        AnySubcommand(VersionCommand.self),
    ]

    static func main() async {
        let words = Array(CommandLine.arguments.dropFirst())
        if words == [ModuleHost.word] { return ModuleHost.run() }
        let status: ExitStatus
        do throws(CommandError) {
            status = try await run(words, Session())
        } catch {
            Output.error(error.message)
            status = error.status
        }
        Output.flush()
        exit(status.rawValue)
    }

    private static func run(_ words: [String], _ session: Session) async throws(CommandError) -> ExitStatus {
        guard let name = words.first else {
            throw .usage(Help.overview(commands))
        }
        if ["help", "--help", "-h"].contains(name) {
            let about = try words.dropFirst().first.map(command(named:))
            Output.line(about.map(Help.page) ?? Help.overview(commands))
            return .achieved
        }
        let command = try command(named: name == "--version" ? "version" : name)
        if words.contains("--help") || words.contains("-h") {
            Output.line(Help.page(command))
            return .achieved
        }
        return try await command.run(try Arguments(Array(words.dropFirst()), for: command), session)
    }

    private static func command(named name: String) throws(CommandError) -> AnySubcommand {
        if let command = commands.first(where: { $0.name == name }) { return command }
        let near = Suggestion.sentence(for: name, among: commands.map(\.name))
        throw .usage("There is no command '\(name)'.\(near) 'sluice help' lists them.")
    }
}
