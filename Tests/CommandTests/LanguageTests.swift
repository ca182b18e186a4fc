import Foundation
import Testing

/// The examples with which the language was thought out, word for word.
struct LanguageTests {
    @Test(arguments: ["smallest", "full", "composed"]) func everyExampleLintsAndIsDrawn(name: String) async throws {
        try await withBench { bench in
            var text = try String(
                contentsOfFile: "\(Bench.package)/Tests/Fixtures/Language/\(name).yaml",
                encoding: .utf8
            )
            // A goal alone is a part of a pipeline.
            if name == "composed" { text = "name: composed\nmodel: openai/gpt-5.2\n\(text)" }
            try bench.write(text, to: "\(name).yaml")
            let ended = try await bench.sluice("lint", "\(name).yaml")
            #expect(ended.status == 0 && ended.output == "\(name).yaml: no mistakes.\n", "\(ended)")
            let warnings = ended.errors.split(separator: "\n")
            #expect(warnings.allSatisfy { $0.contains("There is no key for") }, "\(warnings)")
            #expect(try await bench.sluice("graph", "\(name).yaml").status == 0)
        }
    }

    /// In a worktree and a sandbox, with files that are held out, through its steps and questions, and past a kill.
    @Test func theFullOneIsCarriedOutToItsEnd() async throws {
        try await withBench { bench in
            for name in ["full.yaml", "full.test.yaml"] {
                let text = try String(
                    contentsOfFile: "\(Bench.package)/Tests/Fixtures/Language/\(name)",
                    encoding: .utf8
                )
                try bench.write(text, to: name)
            }
            let ended = try await bench.sluice("test", "full.test.yaml")
            #expect(ended.status == 0, "\(ended)")
        }
    }
}
