import Foundation
import PipelineKit
import Testing

/// A way to make a check hold without doing the work, and what becomes of it.
struct Cheat: Sendable, CustomTestStringConvertible {
    /// In a few words: `a nested conftest`.
    let name: String
    /// What it leaves in the workspace; `nil` for a file that it deletes.
    var work: [String: String?] = [:]
    /// A link that it leaves, and where that leads.
    var link: (path: String, target: String)?
    /// Whether its files may be executed.
    var isProgram = false
    /// Its changes that do not count.
    var refused: [String] = []
    /// What the verdict says in the end.
    let reason: String

    var testDescription: String { name }

    /// Leaves what cannot be written down as text.
    func finish(in project: String) throws {
        if let link {
            let path = "\(project)/\(link.path)"
            try? FileManager.default.removeItem(atPath: path)
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: link.target)
        }
        for path in work.keys where isProgram {
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(project)/\(path)")
        }
    }
}

/// Judges a cheat from the first snapshot to the verdict, under the protection of the gate itself.
func expectRefusal<G: Gate>(
    of cheat: Cheat,
    by gate: G.Type,
    start: [String: String],
    _ settings: JSONValue = [:]
) async throws {
    let (verdict, refused) = try await GateTrial.verdict(of: gate, start: start, work: cheat.work, settings) {
        try cheat.finish(in: $0)
    }
    #expect(verdict.outcome == .failed, "\(cheat.name)")
    #expect(verdict.reason == cheat.reason, "\(cheat.name): \(verdict.details)")
    #expect(refused.sorted() == cheat.refused.sorted(), "\(cheat.name)")
}
