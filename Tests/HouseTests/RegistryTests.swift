import Foundation
import PipelineEngine
import PipelineKit
import StandardModules
import Testing

/// Modules as the product offers them, in the reference and under test.
struct RegistryTests {
    @Test func theReferenceSaysWhatTheModulesSay() throws {
        let path = "Docs/Reference/Modules.md"
        let written = try House.text(path)
        let current = ModuleReference.markdown(PipelineTests.registry.cards)
        let lines = zip(written.split(separator: "\n"), current.split(separator: "\n"))
        let first = lines.first { $0 != $1 }.map { ": '\($0)' should be '\($1)'" } ?? ""
        #expect(
            written == current,
            """
            \(path) is not what the modules say of themselves\(first).
            Renew it: swift run sluice modules --markdown > \(path)
            """
        )
    }

    @Test(arguments: PipelineTests.registry.cards)
    func everyExampleIsAPieceOfAPipeline(card: ModuleCard) throws {
        let goal = card.kind == .gate ? "" : "goal: git-clean\n"
        let tools = card.kind == .tool ? "" : "tools: [file_read]\n"
        do throws(Diagnostics) {
            _ = try PipelineTests.loader.load(
                "name: example\n\(goal)\(tools)\(card.example)\n",
                file: "\(card.id).yaml"
            )
        } catch {
            Issue.record("\(error)")
        }
    }

    @Test(arguments: PipelineTests.registry.tools.values.map(\.id).sorted())
    func everyToolTakesTheCallOfItsExample(id: ModuleID) throws {
        let factory = try #require(PipelineTests.registry.tools[id])
        let tool = try factory.make(factory.exampleSettings)
        #expect(throws: Never.self) { try tool.scope(factory.example, Workspace(path: "/nowhere")) }
    }
}
