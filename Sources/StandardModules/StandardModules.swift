import AgentsTool
import AnthropicProvider
import CheckTool
import CommandGate
import CommandProvider
import CommandTool
import DatabaseTool
import FilesTool
import ForeignTool
import GitTool
import GoogleProvider
import HumanTool
import InterpretersTool
import JudgesGate
import LSPTool
import LintersGate
import MCPTool
import ManagedGate
import MutationGate
import NativeGate
import NodeGate
import OpenAIProvider
import OutputsTool
public import PipelineKit
import ReportsGate
import RepositoryGate
import ResultsGate
import ScriptedProvider
import SearchTool
import ServicesGate
import ShellTool
import SpeedGate
import TestsGate
import TodoTool
import WebTool

extension Registry {
    /// Every module this product ships. To add one: a target in Package.swift, an import and a line here.
    public static func standard() -> Registry {
        var registry = Registry()
        addGates(to: &registry)
        addTools(to: &registry)
        addProviders(to: &registry)
        addLocalSources(to: &registry)
        return registry
    }

    /// Adds what reads the modules that pipelines bring along.
    ///
    /// - Parameters:
    ///   - transport: Reaches servers elsewhere.
    ///   - secrets: Looks up what declarations refer to.
    ///   - version: What servers are told of this program.
    public mutating func addSources(
        transport: any HTTPTransport,
        secrets: @escaping SecretResolver,
        version: String
    ) {
        add(MCPSource(transport: transport, secrets: secrets, version: version))
    }

    private static func addGates(to registry: inout Registry) {
        registry.add(AIEvalGate.self)
        registry.add(APITestGate.self)
        registry.add(BenchCompareGate.self)
        registry.add(BunTestGate.self)
        registry.add(CTestGate.self)
        registry.add(CancerResearchGate.self)
        registry.add(CargoTestGate.self)
        registry.add(CommandLineGate.self)
        registry.add(CoverageGate.self)
        registry.add(CreativeGate.self)
        registry.add(DBMigrateGate.self)
        registry.add(DependencyGate.self)
        registry.add(DockerBuildGate.self)
        registry.add(DotNetTestGate.self)
        registry.add(ESLintGate.self)
        registry.add(GitCleanGate.self)
        registry.add(GoTestGate.self)
        registry.add(GradleGate.self)
        registry.add(HTTPGate.self)
        registry.add(JUnitGate.self)
        registry.add(LintGate.self)
        registry.add(MakeTestGate.self)
        registry.add(MavenGate.self)
        registry.add(MetricGate.self)
        registry.add(MutationGate.self)
        registry.add(MypyGate.self)
        registry.add(NodeTestGate.self)
        registry.add(NpmTestGate.self)
        registry.add(PerfCheckGate.self)
        registry.add(PyrightGate.self)
        registry.add(PytestGate.self)
        registry.add(ResearchGate.self)
        registry.add(RuffGate.self)
        registry.add(RustOptimizeGate.self)
        registry.add(SARIFGate.self)
        registry.add(SQLBenchmarkGate.self)
        registry.add(ScoreGate.self)
        registry.add(SolveGate.self)
        registry.add(SwiftTestGate.self)
        registry.add(TextImproveGate.self)
        registry.add(UnchangedGate.self)
        registry.add(UnittestGate.self)
        registry.add(VitestGate.self)
    }

    private static func addTools(to registry: inout Registry) {
        registry.add(ApplyPatchTool.self)
        registry.add(AskHumanTool.self)
        registry.add(BashExecTool.self)
        registry.add(DeleteFileTool.self)
        registry.add(FindFilesTool.self)
        registry.add(GitBranchTool.self)
        registry.add(GitCommitTool.self)
        registry.add(GitDiffTool.self)
        registry.add(GitLogTool.self)
        registry.add(GitStatusTool.self)
        registry.add(GrepTool.self)
        registry.add(InsertFileTool.self)
        registry.add(JSExecTool.self)
        registry.add(LSPQueryTool.self)
        registry.add(ListFilesTool.self)
        registry.add(PatchFileTool.self)
        registry.add(PythonExecTool.self)
        registry.add(ReadFileTool.self)
        registry.add(RenameFileTool.self)
        registry.add(RunTestsTool.self)
        registry.add(SQLQueryTool.self)
        registry.add(TodoTool.self)
        registry.add(ViewImageTool.self)
        registry.add(WebFetchTool.self)
        registry.add(WebSearchTool.self)
        registry.add(WriteFileTool.self)
    }

    private static func addLocalSources(to registry: inout Registry) {
        registry.add(AgentSource())
        registry.add(CommandSource())
        let host = [ModuleHost.program, ModuleHost.word]
        registry.add(ForeignSource(host: host))
        registry.add(ModuleLibrarySource(host: host))
        registry.add(OutputSource())
    }

    private static func addProviders(to registry: inout Registry) {
        registry.add(AnthropicProvider.self)
        registry.add(CommandProvider.self)
        registry.add(GoogleProvider.self)
        registry.add(OpenAIProvider.self)
        registry.add(ScriptedProvider.self)
    }
}
