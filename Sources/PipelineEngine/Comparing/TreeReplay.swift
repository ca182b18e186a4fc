public import PipelineKit

/// Makes each request of a run again, and each of those that worked for it, up to the first that is another one today.
public struct TreeReplay: Sendable {
    /// The first request that is not what it was.
    public struct Difference: Sendable, Hashable {
        /// Of the run that made it.
        public var run: RunID
        /// For which step of the run that one worked: `step 'fix'`; empty for the run itself.
        public var work: String
        public var request: StrictReplay.Difference
    }

    /// Requests that were the same.
    public private(set) var count = 0
    public private(set) var difference: Difference?
    private let registry: Registry

    /// - Throws: as ``StrictReplay``; the message names the run, where it is one of those that worked for the run.
    public init(_ tree: RunTree, _ registry: Registry) throws(Failure) {
        self.registry = registry
        try replay(tree, "")
    }

    private mutating func replay(_ tree: RunTree, _ work: String) throws(Failure) {
        guard case .runStarted(let start)? = tree.events.first?.payload else {
            throw Failure(.invalidInput, "The history does not begin with a run's start.")
        }
        do throws(Failure) { try replay(start, tree.events, work) } catch {
            guard !work.isEmpty else { throw error }
            throw Failure(error.kind, "Run '\(start.run)', for \(work): \(error.message)")
        }
        for branch in tree.branches where difference == nil {
            try replay(branch.tree, work.isEmpty ? branch.words : "\(work): \(branch.words)")
        }
    }

    private mutating func replay(_ start: RunStart, _ events: [Event], _ work: String) throws(Failure) {
        var replay = try StrictReplay(start, registry)
        defer { count += replay.count }
        for event in events {
            guard let found = try replay.take(event) else { continue }
            difference = Difference(run: start.run, work: work, request: found)
            return
        }
    }
}
