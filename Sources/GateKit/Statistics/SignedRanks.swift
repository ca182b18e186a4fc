import Glibc

/// Where the centre of differences lies that come in pairs, by Wilcoxon's signed ranks.
///
/// The estimate is that of Hodges and Lehmann, the median of the means of every two differences; the interval is
/// Tukey's, between two of those means, exact for differences that are distributed alike on both sides of their centre.
/// M. Hollander, D. A. Wolfe and E. Chicken, Nonparametric Statistical Methods, 3rd edition, 3.1 to 3.3.
enum SignedRanks {
    /// - Parameter differences: At least one.
    static func centre(of differences: [Double]) -> Estimate {
        var means: [Double] = []
        for (index, one) in differences.enumerated() {
            for other in differences[index...] { means.append((one + other) / 2) }
        }
        means.sort()
        let (rank, missed) = rank(for: differences.count)
        let interval = Interval(
            low: means[rank - 1],
            high: means[means.count - rank],
            confidence: max(0, 1 - 2 * missed)
        )
        return Estimate(Sample.middle(of: means), interval)
    }

    /// How many means are left out at each end, less one, and how often the centre lies beyond one end all the same.
    static func rank(for count: Int) -> (rank: Int, missed: Double) {
        let shares = shares(for: count)
        var (rank, missed) = (1, shares[0])
        while rank < (shares.count - 1) / 2, missed + shares[rank] <= (1 - Interval.usual) / 2 {
            missed += shares[rank]
            rank += 1
        }
        return (rank, missed)
    }

    /// How likely each sum of positive ranks is where there is no difference: every rank is in the sum or not, evenly.
    private static func shares(for count: Int) -> [Double] {
        var shares = [Double](repeating: 0, count: count * (count + 1) / 2 + 1)
        shares[0] = 1
        for rank in 1...count {
            for sum in shares.indices.reversed() {
                shares[sum] = (shares[sum] + (sum >= rank ? shares[sum - rank] : 0)) / 2
            }
        }
        return shares
    }
}
