public import PipelineKit

/// The tests that failed in the check before, to be run before all others: as long as one of them fails the goal does not
/// hold, and nobody has to wait for the rest to hear it.
///
/// Only a run of everything can hold: when all of these pass, everything is run.
public struct FailingFirst: Sendable {
    /// As the gate named them, in the order of the report.
    public let cases: [TestCase]

    /// Seconds that all tests together took, from which on it is worth it: a second run costs the start of the runner again.
    public static let leastSeconds = 5.0
    /// More are no small part of the tests, and a command line does not take names without end.
    public static let mostCases = 50

    /// `nil` when everything is to be run at once: nothing failed before, everything took little time, or so much failed
    /// that running it twice would cost more than it saves.
    public init?(_ context: GateContext) {
        cases = context.failedBefore
        let all = context.allBefore
        let seconds = all.reduce(0) { $0 + ($1.seconds ?? 0) }
        guard !cases.isEmpty, cases.count <= Self.mostCases, cases.count * 2 < all.count, seconds >= Self.leastSeconds
        else { return nil }
    }

    /// The files that these tests stand in, for a runner that is told files and no names.
    ///
    /// - Parameter directory: Where it runs, relative to the workspace; `nil` for the workspace itself.
    /// - Returns: relative to the directory, each once; `nil` when one is not known, or stands elsewhere.
    public func files(in directory: String? = nil) -> [String]? {
        let prefix = directory.map { $0.hasSuffix("/") ? $0 : "\($0)/" } ?? ""
        var files: [String] = []
        for test in cases {
            guard let file = test.file, file.hasPrefix(prefix), file.count > prefix.count else { return nil }
            let name = String(file.dropFirst(prefix.count))
            if !files.contains(name) { files.append(name) }
        }
        return files
    }

    /// Judges by the tests that failed before while one of them still fails, where that is worth it, and else by everything.
    ///
    /// - Parameters:
    ///   - first: Runs these tests alone, and judges them as it would judge all; `nil` when the runner cannot be told to.
    ///   - all: Runs everything.
    public static func judge(
        _ context: GateContext,
        first: (FailingFirst) async throws(Failure) -> Verdict?,
        all: () async throws(Failure) -> Verdict
    ) async throws(Failure) -> Verdict {
        if let verdict = try await verdict(context, run: first) { return verdict }
        return try await all()
    }

    /// - Returns: the verdict when one of the tests that failed before still fails; `nil` when everything has to be run.
    static func verdict(
        _ context: GateContext,
        run: (FailingFirst) async throws(Failure) -> Verdict?
    ) async throws(Failure) -> Verdict? {
        guard let first = FailingFirst(context), let verdict = try await run(first) else { return nil }
        return first.verdict(on: verdict)
    }

    /// What the run of these tests says of the goal; `nil` when that takes a run of everything.
    ///
    /// It has no score, as nobody knows how many of the others would pass.
    func verdict(on run: Verdict) -> Verdict? {
        let names = Set(cases.map(\.id))
        let tally = Tally(run.cases)
        let still = tally.failing.filter { names.contains($0.id) }.map(\.id)
        guard run.outcome == .failed, !still.isEmpty else { return nil }
        let verb = still.count == 1 ? "fails" : "fail"
        let count = cases.count == 1 ? "The 1 test that failed before still fails" : nil
        let opening = count ?? "\(still.count) of the \(cases.count) tests that failed before still \(verb)"
        return Verdict(
            .failed,
            "\(opening): \(still.named(atMost: 5)). The others were not run.",
            cases: tally.cases,
            details: tally.details
        )
    }
}
