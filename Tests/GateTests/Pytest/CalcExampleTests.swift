import FilesTool
import Foundation
import PipelineKit
import Testing

@testable import TestsGate

/// The example project and the scripted model beside it tell the story that they promise: red, half mended, green.
struct CalcExampleTests {
    private static let examples = "\(PythonProject.packageRoot)Pipelines/examples"

    private let tools: Registry = {
        var registry = Registry()
        registry.add(ListFilesTool.self)
        registry.add(ReadFileTool.self)
        registry.add(PatchFileTool.self)
        return registry
    }()

    @Test func theScriptMendsTheProjectInTwoIterations() async throws {
        let script = try JSONValue(
            parsing: [UInt8](Data(contentsOf: URL(filePath: "\(Self.examples)/calc.script.json")))
        )
        try await PythonProject.with([:]) { project in
            try project.remove("")
            try FileManager.default.copyItem(atPath: "\(Self.examples)/calc", toPath: project.tree)
            var reasons = [try await project.check().reason]
            for reply in try #require(script["replies"]).elements {
                let calls = reply["calls"]?.elements ?? []
                for call in calls { try await play(call, in: project) }
                // A reply without calls ends the iteration.
                if calls.isEmpty { reasons.append(try await project.check().reason) }
            }
            #expect(
                reasons == [
                    "3 of 5 tests fail: tests/test_calc.py::test_subtract, tests/test_calc.py::test_mean, "
                        + "tests/test_calc.py::test_mean_of_one_number.",
                    "2 of 5 tests fail: tests/test_calc.py::test_mean, tests/test_calc.py::test_mean_of_one_number.",
                    "All 5 tests pass.",
                ]
            )
        }
    }

    private func play(_ call: JSONValue, in project: PythonProject) async throws {
        let name = ModuleID(try #require(call["tool"]?.text))
        let tool = try #require(tools.tools[name], "The script calls '\(name)'.").make([:])
        let context = ToolContext(workspace: Workspace(path: project.tree))
        let output = try await tool.call(try #require(call["arguments"]), context)
        #expect(!output.isError, "\(output.text)")
    }
}
