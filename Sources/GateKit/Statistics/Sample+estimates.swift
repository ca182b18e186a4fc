import Glibc

extension Sample {
    /// The median, and between which two of the values the median of all runs there could be lies.
    ///
    /// The k-th smallest and the k-th largest value have it between them unless fewer than k values fell on one of its
    /// sides, and of those there are binomially many, with one half; exact for every distribution and every number of
    /// values. W. J. Conover, Practical Nonparametric Statistics, 3rd edition, 3.2; H. A. David and H. N. Nagaraja,
    /// Order Statistics, 7.1.
    public var estimatedMedian: Estimate {
        let count = sorted.count
        var share = pow(0.5, Double(count))
        var missed = share
        var rank = 1
        while rank < (count + 1) / 2 {
            share *= Double(count - rank + 1) / Double(rank)
            guard missed + share <= (1 - Interval.usual) / 2 else { break }
            missed += share
            rank += 1
        }
        let interval = Interval(
            low: sorted[rank - 1],
            high: sorted[count - rank],
            confidence: max(0, 1 - 2 * missed)
        )
        return Estimate(median, interval)
    }

    /// The mean, and where the mean of all runs there could be lies, if what disturbs them is normally distributed:
    /// Student's t.
    public var estimatedMean: Estimate {
        let count = Double(values.count)
        guard count > 1 else {
            return Estimate(mean, Interval(low: -.infinity, high: .infinity, confidence: Interval.usual))
        }
        let mean = mean
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
        let reach = Self.student(count - 1) * (variance / count).squareRoot()
        return Estimate(mean, Interval(low: mean - reach, high: mean + reach, confidence: Interval.usual))
    }

    /// What Student's t is below in 95 of 100 cases; M. Abramowitz and I. A. Stegun, Handbook of Mathematical Functions,
    /// 26.7.5, right to 1 in 500 from four degrees of freedom on.
    static func student(_ freedom: Double) -> Double {
        let z = 1.644853627
        let (z3, z5, z7) = (pow(z, 3), pow(z, 5), pow(z, 7))
        let first = (z3 + z) / 4
        let second = (5 * z5 + 16 * z3 + 3 * z) / 96
        let third = (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / 384
        let fourth = (79 * pow(z, 9) + 776 * z7 + 1482 * z5 - 1920 * z3 - 945 * z) / 92_160
        return z + first / freedom + second / pow(freedom, 2) + third / pow(freedom, 3) + fourth / pow(freedom, 4)
    }
}
