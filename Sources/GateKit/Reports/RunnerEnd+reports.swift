import FoundationEssentials
public import PipelineKit

extension RunnerEnd {
    /// What a runner wrote down, or the verdict when that is nothing to judge by.
    public enum Reported<Report: Sendable>: Sendable {
        case report(Report)
        case unreadable(Verdict)
    }

    /// Reads the report of a runner that has ended.
    ///
    /// - Parameter parse: Throws what is wrong with it, as a sentence.
    public func report<Report>(
        at path: String,
        _ parse: ([UInt8]) throws(Failure) -> Report
    ) -> Reported<Report> {
        guard FileManager.default.fileExists(atPath: path) else {
            return .unreadable(explained("\(words) before it had written its report."))
        }
        guard let bytes = ReportFile.bytes(at: path) else {
            return .unreadable(
                explained(
                    "\(words), but its report cannot be read: It is no regular file of at most \(ReportFile.limit) bytes."
                )
            )
        }
        do throws(Failure) {
            return .report(try parse(bytes))
        } catch {
            return .unreadable(explained("\(words), but its report cannot be read: \(error.message)"))
        }
    }

    /// A failed verdict that what the runner printed explains.
    public func explained(_ reason: String, cases: [TestCase] = []) -> Verdict {
        let tally = Tally(cases)
        return Verdict(
            .failed,
            reason,
            score: tally.score,
            cases: tally.cases,
            details: output.capped(to: 6_000)
        )
    }
}
