public import PipelineKit

extension RunService {
    /// The history of a run, with those of all runs that worked for it.
    public func tree(of run: RunID) async throws(ServiceError) -> RunTree { try await tree(try await events(of: run)) }

    /// The same for a history that is at hand, as it is in a file; other runs are looked for when this one is known here.
    public func tree(_ events: [Event]) async throws(ServiceError) -> RunTree {
        var reader = TreeReader(runs: self, isKnown: try await knows(events))
        return try await reader.read(events)
    }

    /// Whether it is of a run that is here, and not of another one of the same name.
    private func knows(_ events: [Event]) async throws(ServiceError) -> Bool {
        guard let first = events.first, let run = RunTree([first]).run else { return false }
        return try await page(of: run, after: 0, limit: 1).first?.digest == first.digest
    }
}

/// Reads the histories of runs that worked for others, each once.
private struct TreeReader {
    private let runs: RunService
    private let isKnown: Bool
    private var read: Set<RunID> = []

    init(runs: RunService, isKnown: Bool) {
        self.runs = runs
        self.isKnown = isKnown
    }

    /// More of them are not read.
    private static let most = 2_000

    mutating func read(_ events: [Event]) async throws(ServiceError) -> RunTree {
        var tree = RunTree(events)
        if let run = tree.run { read.insert(run) }
        for work in HandedWork.all(in: tree) {
            var gone: [RunTree.Missing] = []
            for index in work.runs.indices { gone += try await grow(&tree, work, index) }
            if gone.count != work.leftOut { tree.missing += gone }
        }
        tree.missing += tree.branches.flatMap(\.tree.missing)
        return tree
    }

    /// Adds all tries of one piece of work.
    ///
    /// - Returns: the one that was made and is not there.
    private mutating func grow(
        _ tree: inout RunTree,
        _ work: HandedWork,
        _ index: Int
    ) async throws(ServiceError) -> [RunTree.Missing] {
        var attempt = 1
        while true {
            let run = work.runs[index].attempt(attempt)
            let words = work.words(index, attempt: attempt)
            func missing(_ reason: String) -> [RunTree.Missing] {
                [RunTree.Missing(run: run, parent: tree.run, words: words, reason: reason)]
            }
            guard read.count < Self.most else {
                return missing("more than \(Self.most) runs work for each other here.")
            }
            guard !read.contains(run) else { return [] }
            guard let events = try await events(of: run) else {
                return work.mustHaveBegun(run) ? missing(reason) : []
            }
            let branch = RunTree.Branch(
                work: work.work,
                words: words,
                isSettled: work.isOver,
                tree: try await read(events)
            )
            tree.branches.append(branch)
            guard attempt < work.attempts, !events.endAchieved else { return [] }
            attempt += 1
        }
    }

    private var reason: String {
        isKnown ? "it was removed, or never began." : "the run that it worked for is not in this database."
    }

    /// - Returns: `nil` when there is no such run.
    private func events(of run: RunID) async throws(ServiceError) -> [Event]? {
        guard isKnown else { return nil }
        do throws(ServiceError) { return try await runs.events(of: run) } catch .noSuchRun { return nil }
    }
}

extension [Event] {
    fileprivate var endAchieved: Bool {
        let end = last { if case .runFinished = $0.payload { true } else { false } }
        if case .runFinished(.achieved, _)? = end?.payload { return true }
        return false
    }
}
