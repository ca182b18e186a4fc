import GateKit
public import PipelineKit

/// Which number of several runs counts.
public enum Statistic: String, Choice {
    case median
    case mean
    /// The fastest run, as it was.
    case min
    /// The slowest run, as it was.
    case max
}

extension Statistic {
    /// What there is to say of runs; the fastest and the slowest are what they are and no estimates.
    func estimate(of sample: Sample) -> Estimate {
        switch self {
        case .median: sample.estimatedMedian
        case .mean: sample.estimatedMean
        case .min: Estimate(exactly: sample.least)
        case .max: Estimate(exactly: sample.greatest)
        }
    }

    /// `median of 5 runs`
    func words(of runs: Int) -> String {
        let name =
            switch self {
            case .median: "median"
            case .mean: "mean"
            case .min: "fastest"
            case .max: "slowest"
            }
        return "\(name) of \(runs) runs"
    }
}
