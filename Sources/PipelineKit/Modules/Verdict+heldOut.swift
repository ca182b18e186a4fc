extension Verdict {
    /// What a goal's gates found in a tree with the files that it holds out.
    ///
    /// It is for people: the model is told how many cases fail, as their names and messages say what is in the files.
    public struct HeldOut: Sendable, Hashable {
        public var outcome: Outcome
        public var reason: String
        /// Those of the other files too.
        public var cases: [TestCase]
        public var findings: [Finding]
        /// Capped.
        public var details: String

        public init(_ verdict: Verdict) {
            outcome = verdict.outcome
            reason = verdict.reason
            cases = verdict.cases
            findings = verdict.findings
            details = verdict.details
        }
    }

    /// Whether there is something in it that the work can be told by; a suite that is held out whole leaves nothing.
    public var isEmpty: Bool { cases.isEmpty && findings.isEmpty }

    /// The verdict of both trees: without what is held out, which is this one, and with it.
    ///
    /// Where the first has nothing to tell, the other alone decides; else both have to hold. Nothing but ``heldOut`` has
    /// words of the other.
    public func judged(withHeldOut other: Verdict) -> Verdict {
        var both = self
        both.heldOut = HeldOut(other)
        guard holds || isEmpty else { return both }
        both.outcome = other.outcome
        both.score = other.score
        both.metrics = other.metrics
        both.details = ""
        both.reason = other.holds ? "The goal holds, with the files that are held out too." : other.numbers
        return both
    }

    /// `With the files that are held out the goal does not hold: 2 of 9 cases fail.`
    private var numbers: String {
        let failing = cases.count { $0.outcome == .failed || $0.outcome == .error }
        let count = failing == 0 ? "" : ": \(failing) of \(cases.count) cases \(failing == 1 ? "fails" : "fail")"
        return "With the files that are held out the goal does not hold\(count)."
    }

    /// The verdict, given what was judged at the start in both trees; see ``compared(toBaseline:)``.
    public func compared(toBaseline baseline: [TestCase], heldOut hidden: [TestCase]) -> Verdict {
        var verdict = compared(toBaseline: baseline)
        guard verdict.holds, var held = verdict.heldOut else { return verdict }
        let compared = Verdict(held.outcome, held.reason, cases: held.cases).compared(toBaseline: hidden)
        guard !compared.holds else { return verdict }
        (held.outcome, held.reason) = (compared.outcome, compared.reason)
        verdict.heldOut = held
        verdict.outcome = .failed
        verdict.reason = "With the files that are held out, cases of the start are gone or are skipped now."
        return verdict
    }
}
