import Foundation
import PipelineKit
import StandardModules
import Testing

/// Modules as the product offers them, in the reference and under test.
struct RegistryTests {
    @Test func theReferenceSaysWhatTheModulesSay() throws {
        let path = "Docs/Reference/Modules.md"
        let written = try House.text(path)
        let current = ModuleReference.markdown(Registry.standard().cards)
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
}
