import CheckTool
import CommandGate
import FilesTool
import GitTool
import OpenAIProvider
public import PipelineKit
import ScriptedProvider
import SearchTool
import ShellTool
import TestsGate

extension Registry {
    /// Every module this product ships. To add one: a target in Package.swift, an import and a line here.
    public static func standard() -> Registry {
        var registry = Registry()
        // Gates
        registry.add(CommandGate.self)
        registry.add(PytestGate.self)
        // Tools
        registry.add(BashExecTool.self)
        registry.add(RunTestsTool.self)
        // Providers
        registry.add(OpenAIProvider.self)
        registry.add(ScriptedProvider.self)
        return registry
    }
}
