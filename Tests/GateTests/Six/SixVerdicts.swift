import Foundation
import PipelineKit
import PipelineTesting
import Testing

/// What people are told of six things that can happen to a runner, by the projects of `Tests/Fixtures/Gates`.
struct SixVerdicts: Sendable {
    /// `passed: All 2 tests pass.`; of a text that ends with `…` only the beginning is compared.
    var passing: String
    var failing: String
    var crashing: String
    var hanging: String
    var empty: String
    var cheating: String

    /// Each with the name of its project.
    var rows: [(project: String, told: String)] {
        [
            ("passing", passing), ("failing", failing), ("crashing", crashing), ("hanging", hanging), ("empty", empty),
            ("cheating", cheating),
        ]
    }
}

/// Judges a project in a copy of it, and compares what is told.
///
/// One that hangs is ended after a time in which it has come to its tests on a machine that does much else.
func expectVerdict<G: Gate>(
    _ row: (project: String, told: String),
    of type: G.Type,
    _ settings: [String: JSONValue] = [:],
    at location: SourceLocation = #_sourceLocation
) async throws {
    let time: [String: JSONValue] = row.project == "hanging" ? ["timeout": "45s"] : [:]
    let gate = try G(settings: G.Settings(json: .object(settings.merging(time) { $1 })))
    let told = try await SixProject(gate: G.id, name: row.project).told(by: gate)
    guard row.told.hasSuffix("…") else {
        #expect(told == row.told, sourceLocation: location)
        return
    }
    #expect(told.hasPrefix(row.told.dropLast()), "\(told)", sourceLocation: location)
}

/// A project of `Tests/Fixtures/Gates/GATE/NAME`, with what all but the empty one have in `GATE/shared`.
private struct SixProject {
    private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "../../Fixtures/Gates"
    ).standardized

    var gate: ModuleID
    var name: String

    /// - Returns: `failed: 1 of 2 tests fails: adds.`, or the kind of the failure and its message when there is no verdict;
    ///   the directory of the project is called `TREE`.
    func told(by gate: some Gate) async throws -> String {
        try await withTemporaryWorkspace { tree in
            if name != "empty" { try copy("shared", to: tree) }
            try copy(name, to: tree)
            return try await withTemporaryWorkspace { scratch in
                do throws(Failure) {
                    let verdict = try await gate.judge(tree, in: GateContext(scratch: { scratch.path }))
                    return "\(verdict.outcome): \(verdict.reason)".replacing(tree.path, with: "TREE")
                } catch {
                    return "\(error.kind): \(error.message)".replacing(tree.path, with: "TREE")
                }
            }
        }
    }

    private func copy(_ folder: String, to tree: Workspace) throws {
        let source = Self.fixtures.appending(path: "\(gate)/\(folder)").path
        for path in (try? FileManager.default.subpathsOfDirectory(atPath: source)) ?? [] {
            let target = "\(tree.path)/\(path)"
            var isDirectory: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: "\(source)/\(path)", isDirectory: &isDirectory)
            if isDirectory.boolValue {
                try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
            } else {
                try FileManager.default.copyItem(atPath: "\(source)/\(path)", toPath: target)
            }
        }
    }
}
