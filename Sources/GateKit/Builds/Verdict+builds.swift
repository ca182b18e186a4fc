public import PipelineKit

extension Verdict {
    /// Of a project whose tests could not even be built: `The project does not build: 2 errors in 1 file.`
    ///
    /// - Parameters:
    ///   - errors: What its compiler says; none where only the output tells.
    ///   - verb: What it does not do: `build`, `configure`.
    public static func broken(
        _ errors: [Finding],
        verb: String = "build",
        end: RunnerEnd,
        cases: [TestCase] = []
    ) -> Verdict {
        let list = FindingList(errors)
        let reason =
            errors.isEmpty
            ? "The project does not \(verb): \(end.words)." : "The project does not \(verb): \(list.count("error"))."
        var verdict = Verdict(.failed, reason, score: 0, cases: Tally(cases).cases)
        verdict.details = errors.isEmpty ? end.output.capped(to: 6_000) : list.details
        verdict.findings = list.findings
        return verdict
    }
}
