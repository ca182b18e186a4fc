import Foundation
import PipelineKit
import PipelineTesting
import ProcessKit
import Testing

/// Patches as git writes them, of files that are put together at random.
@Suite(.serialized) struct PatchOfGitTests {
    /// What git writes between two states of a file leads from one to the other, whatever the lines are.
    @Test(arguments: 0..<60)
    func aDiffOfGitLeadsWhereItCameFrom(seed: Int) async throws {
        var random = Dice(seed: UInt64(seed))
        let (old, new) = Self.pair(&random)
        try await withTemporaryWorkspace { workspace in
            let (one, other) = ("\(workspace.path)/a", "\(workspace.path)/b")
            for (path, text) in [(one, old), (other, new)] {
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
                try Data(text.utf8).write(to: URL(filePath: "\(path)/file"))
            }
            let words = ["diff", "--no-index", "--no-prefix", "-U\(seed % 4)", "a/file", "b/file"]
            let diff = try await ProcessKit.run(Command("git", words, in: workspace.path)).output.text
            guard old != new else { return }
            _ = try await ApplyPatchTests.apply(diff, in: Workspace(path: one))
            #expect(try String(contentsOfFile: "\(one)/file", encoding: .utf8) == new, "\(old)\n--\n\(diff)")
        }
    }

    private static func pair(_ random: inout Dice) -> (String, String) {
        let words = ["", "a", "b", "  a", "-- a", "++ b", "@@ x", "\\ c", "a\r", "*** End", "diff"]
        let old = (0..<Int.random(in: 1...30, using: &random)).map { _ in words.randomElement(using: &random) ?? "" }
        var new = old
        for _ in 0..<Int.random(in: 1...6, using: &random) where !new.isEmpty {
            let index = Int.random(in: new.indices, using: &random)
            switch Int.random(in: 0...2, using: &random) {
            case 0: new.remove(at: index)
            case 1: new[index] = "new \(index)"
            default: new.insert("more", at: index)
            }
        }
        func text(_ lines: [String]) -> String {
            lines.joined(separator: "\n") + (lines.isEmpty || Bool.random(using: &random) ? "" : "\n")
        }
        return (text(old), text(new))
    }
}
