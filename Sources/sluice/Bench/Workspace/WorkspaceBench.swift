import FoundationEssentials
import PipelineKit
import ProcessKit
import WorkspaceKit

/// What it costs to look at the files of a run, beside what git takes for the same tree in the same minutes.
struct WorkspaceBench {
    /// Of the tree.
    let files: Int
    /// How many files change from one look to the next.
    private static let changed = 10
    private static let rounds = 21
    /// Absolute path of a private directory.
    let directory: String
    let lines = BenchLines()

    private var project: String { "\(directory)/project" }
    private var tree: BenchTree { BenchTree(files: files, path: project) }
    private static let run: RunID = "bench"

    func run() async throws(CommandError) {
        do throws(Failure) { try await measure() } catch { throw .broken(error.message) }
    }

    private func measure() async throws(Failure) {
        try tree.layOut()
        _ = try await git(["init", "--quiet"])
        let keeper = GitWorkspaceKeeper(state: "\(directory)/state")
        let (opened, first) = try await Self.timed { () async throws(Failure) in
            try await keeper.open(WorkspaceOrder(project), for: Self.run)
        }
        let (_, gitFirst) = try await Self.timed { () async throws(Failure) in try await gitSnapshot() }
        tell("first", [first], git: [gitFirst])
        let workspace = opened.workspace
        var (ours, theirs): ([Duration], [Duration]) = ([], [])
        var last = opened.start
        // One after the other, so that both have the same disk; the first round tells git's ignored paths to the other.
        for round in 0...Self.rounds {
            try change(round)
            let (snapshot, own) = try await Self.timed { () async throws(Failure) in
                try await keeper.snapshot(workspace, of: Self.run)
            }
            let (_, other) = try await Self.timed { () async throws(Failure) in try await gitSnapshot() }
            guard snapshot != last else {
                throw Failure(.unavailable, "A snapshot did not see \(Self.changed) changes.")
            }
            last = snapshot
            if round > 0 {
                ours.append(own)
                theirs.append(other)
            }
        }
        tell("snapshot", ours, git: theirs)
        let end = last
        let (_, diff) = try await Self.timed { () async throws(Failure) in
            try await keeper.diff(workspace, from: opened.start, to: end)
        }
        tell("diff", [diff])
        let (_, rollback) = try await Self.timed { () async throws(Failure) in
            try await keeper.restore(opened.start, into: workspace, of: Self.run)
        }
        tell("rollback", [rollback])
    }

    private func change(_ round: Int) throws(Failure) {
        for number in 0..<Self.changed { try tree.write((number * 997 + round * 13) % files, "round \(round)") }
    }

    // MARK: - Git

    private func gitSnapshot() async throws(Failure) -> String {
        _ = try await git(["add", "--all"])
        return try await git(["write-tree"])
    }

    private func git(_ words: [String]) async throws(Failure) -> String {
        let finished = try await ProcessKit.run(GitCommand.make(words, in: project))
        guard finished.status == 0 else {
            throw Failure(.unavailable, "'git \(words[0])' exited with \(finished.status): \(finished.errors.text)")
        }
        return finished.output.text
    }

    // MARK: - Figures

    private static func timed<Value>(_ work: () async throws(Failure) -> Value) async throws(Failure) -> (
        Value, Duration
    ) {
        let clock = ContinuousClock()
        let begin = clock.now
        let value = try await work()
        return (value, clock.now - begin)
    }

    private func tell(_ what: String, _ times: [Duration], git: [Duration] = []) {
        var members: [String: JSONValue] = ["what": .string(what), "files": .int(files), "rounds": .int(times.count)]
        for (name, times) in [("", times), ("git_", git)] where !times.isEmpty {
            let sorted = times.sorted()
            members["\(name)median_ms"] = .double((sorted[sorted.count / 2] / .milliseconds(1)).rounded)
            members["\(name)p95_ms"] = .double((sorted[(sorted.count * 95 - 1) / 100] / .milliseconds(1)).rounded)
        }
        lines.tell("workspace", members)
    }
}
