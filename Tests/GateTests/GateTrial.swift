import Foundation
import PipelineKit
import PipelineTesting
import ProcessKit
import Testing
import WorkspaceKit

/// Small projects, judged by a gate with the real runner.
enum GateTrial {
    /// Writes the files, judges, and removes the project.
    ///
    /// - Parameters:
    ///   - before: What stood there at the start of the run; `nil` for no run.
    ///   - failed: The tests that failed in the check before, among thirty that took a second each.
    static func verdict<G: Gate>(
        of gate: G.Type,
        _ files: [String: String],
        _ settings: JSONValue = [:],
        before: [String: String]? = nil,
        failed: [String] = []
    ) async throws -> Verdict {
        let gate = try G(settings: G.Settings(json: settings))
        return try await withTemporaryWorkspace(files) { workspace in
            try await withTemporaryWorkspace(before ?? [:]) { base in
                try await withTemporaryWorkspace { scratch in
                    let lend: @Sendable (BasePoint) async throws(Failure) -> Workspace = { _ in base }
                    var context = GateContext(
                        scratch: { scratch.path },
                        base: before == nil ? GateContext.noBase : lend
                    )
                    context.note(failed: failed)
                    return try await gate.judge(workspace, in: context)
                }
            }
        }
    }

    /// What a gate throws instead of a verdict.
    static func failure<G: Gate>(
        of gate: G.Type,
        _ files: [String: String],
        _ settings: JSONValue = [:]
    ) async throws -> Failure? {
        do {
            _ = try await verdict(of: gate, files, settings)
            return nil
        } catch let failure as Failure {
            return failure
        }
    }

    /// What settings are refused for.
    static func refusal<G: Gate>(of gate: G.Type, _ settings: JSONValue) throws -> String? {
        let settings = try G.Settings(json: settings)
        do throws(Failure) {
            _ = try G(settings: settings)
            return nil
        } catch {
            return error.message
        }
    }

    /// The changes that do not count when work is judged under a policy.
    ///
    /// - Parameter work: What it leaves in the workspace; `nil` for a file that it deletes.
    static func refused(
        under policy: EditPolicy,
        start: [String: String],
        work: [String: String?]
    ) async throws -> [String] {
        try await judged(under: policy, start: start, work: work) { _, refused in refused }
    }

    /// Judges work in the tree that is rebuilt for it, and compares with what was judged at the start.
    ///
    /// - Parameter finish: Leaves more in the workspace, whose absolute path it is given.
    static func verdict<G: Gate>(
        of gate: G.Type,
        start: [String: String],
        work: [String: String?],
        _ settings: JSONValue = [:],
        finish: (String) throws -> Void = { _ in }
    ) async throws -> (verdict: Verdict, refused: [String]) {
        let baseline = try await verdict(of: gate, start, settings).cases
        let gate = try G(settings: G.Settings(json: settings))
        return try await judged(under: G.protection, start: start, work: work, finish) { workspace, refused in
            try await withTemporaryWorkspace(start) { base in
                try await withTemporaryWorkspace { scratch in
                    let context = GateContext(scratch: { scratch.path }, base: { _ in base })
                    return (try await gate.judge(workspace, in: context).compared(toBaseline: baseline), refused)
                }
            }
        }
    }

    private static func judged<Result>(
        under policy: EditPolicy,
        start: [String: String],
        work: [String: String?],
        _ finish: (String) throws -> Void = { _ in },
        _ body: (Workspace, [String]) async throws -> Result
    ) async throws -> Result {
        try await withTemporaryWorkspace(start) { project in
            try await withTemporaryWorkspace { state in
                let keeper = GitWorkspaceKeeper(state: state.path)
                let opened = try await keeper.open(WorkspaceOrder(project.path), for: "r1")
                for (path, text) in work {
                    let file = URL(filePath: "\(project.path)/\(path)")
                    guard let text else {
                        try FileManager.default.removeItem(at: file)
                        continue
                    }
                    let directory = file.deletingLastPathComponent()
                    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
                    try Data(text.utf8).write(to: file)
                }
                try finish(project.path)
                let judged = try await keeper.rebuild(
                    opened.workspace,
                    from: opened.start,
                    with: keeper.snapshot(opened.workspace, of: "r1"),
                    under: policy,
                    of: "r1"
                )
                let workspace = Workspace(path: judged.path, project: project.path)
                return try await body(workspace, judged.refused.map(\.path))
            }
        }
    }

    /// Whether a program is installed here.
    static func has(_ program: String) -> Bool { Programs.find(program) != nil }
}

extension GateContext {
    /// As after a check of thirty tests of a second each, of which these failed.
    mutating func note(failed names: [String]) {
        failedBefore = names.map { name in
            var test = TestCase(name, .failed, seconds: 1)
            // What stands in a file is named with it.
            test.file = name.firstRange(of: "::").map { String(name[..<$0.lowerBound]) }
            return test
        }
        allBefore = names.isEmpty ? [] : (1...30).map { TestCase("test \($0)", .passed, seconds: 1) }
    }
}
