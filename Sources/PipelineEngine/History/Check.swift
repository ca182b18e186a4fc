public import PipelineKit

/// Which check: after which iteration, and the how manieth on the same tree. Iteration 0 is the baseline.
public struct CheckName: Sendable, Hashable {
    public var iteration: Int
    /// From 1.
    public var round: Int

    public init(iteration: Int, round: Int = 1) {
        self.iteration = iteration
        self.round = round
    }
}

/// What a check of the goal found.
public struct CheckResult: Sendable, Hashable {
    public enum Outcome: String, Sendable, Hashable, CaseIterable {
        case passed
        case failed
        case flaky
        /// The gate could not answer, which is not a yes.
        case unanswered
    }

    public var outcome: Outcome
    public var reason: String
    public var score: Double?
    /// How many cases ended which way.
    public var counts: [TestCase.Outcome: Int]
    /// The cases that do not pass; capped.
    public var failing: [TestCase]
    /// What linters and type checkers found; capped.
    public var findings: [Verdict.Finding] = []
    /// Numbers that were measured, by name.
    public var metrics: [String: Double] = [:]
    /// Output for the model; capped.
    public var details: String
    /// Changes that did not count, because the pipeline protects those files.
    public var refused: [FileChange]
    /// All cases and findings as JSON, for later checks to compare with.
    public var report: Digest?
    /// Why there is no answer.
    public var failure: Failure?
    /// The iteration whose check this is the result of: nothing has been done since, and it was not made again.
    public var unchangedSince: Int? = nil
    /// What was found with the files that the goal holds out, for people; `nil` when they were not judged with.
    public var heldOut: HeldOut? = nil

    public init(
        _ outcome: Outcome,
        _ reason: String,
        score: Double? = nil,
        counts: [TestCase.Outcome: Int] = [:],
        failing: [TestCase] = [],
        details: String = "",
        refused: [FileChange] = [],
        report: Digest? = nil,
        failure: Failure? = nil
    ) {
        self.outcome = outcome
        self.reason = reason
        self.score = score
        self.counts = counts
        self.failing = failing
        self.details = details
        self.refused = refused
        self.report = report
        self.failure = failure
    }

    public var holds: Bool { outcome == .passed }
}

extension CheckResult {
    /// The most failing cases, and the most findings, that an event keeps; the report has them all.
    public static let mostFailing = 50

    /// A verdict as it is recorded.
    public init(_ verdict: Verdict, refused: [FileChange], report: Digest?) {
        self.init(
            Outcome(verdict.outcome),
            verdict.reason,
            score: verdict.score,
            counts: verdict.cases.counts,
            failing: verdict.cases.failing,
            details: verdict.details,
            refused: refused,
            report: report
        )
        findings = Array(verdict.findings.prefix(Self.mostFailing))
        metrics = verdict.metrics
        heldOut = verdict.heldOut.map(HeldOut.init)
    }

    /// A gate that could not answer.
    public init(unanswered failure: Failure) {
        self.init(.unanswered, failure.message, failure: failure)
    }
}

extension CheckResult {
    /// What a check found with the files that the goal holds out.
    public struct HeldOut: Sendable, Hashable {
        public var outcome: Outcome
        public var reason: String
        /// How many cases ended which way.
        public var counts: [TestCase.Outcome: Int]
        /// The cases that do not pass; capped.
        public var failing: [TestCase]

        public init(
            _ outcome: Outcome,
            _ reason: String,
            counts: [TestCase.Outcome: Int] = [:],
            failing: [TestCase] = []
        ) {
            self.outcome = outcome
            self.reason = reason
            self.counts = counts
            self.failing = failing
        }

        init(_ verdict: Verdict.HeldOut) {
            self.init(
                Outcome(verdict.outcome),
                verdict.reason,
                counts: verdict.cases.counts,
                failing: verdict.cases.failing
            )
        }
    }
}

extension [TestCase] {
    fileprivate var counts: [TestCase.Outcome: Int] { reduce(into: [:]) { $0[$1.outcome, default: 0] += 1 } }

    /// As many as an event keeps.
    fileprivate var failing: [TestCase] {
        Array(filter { $0.outcome == .failed || $0.outcome == .error }.prefix(CheckResult.mostFailing))
    }
}

extension CheckResult.Outcome {
    init(_ outcome: Verdict.Outcome) {
        switch outcome {
        case .passed: self = .passed
        case .failed: self = .failed
        case .flaky: self = .flaky
        }
    }
}
