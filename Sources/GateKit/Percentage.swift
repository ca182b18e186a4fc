/// Percent in words.
public enum Percentage {
    /// One digit behind the point, never rounded up to what it does not reach: `89.9`, `90`.
    public static func words(_ percent: Double) -> String {
        guard percent.isFinite, abs(percent) < 1e12 else { return "\(percent)" }
        let tenths = Int((percent * 10 + 1e-9).rounded(.down))
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(percent < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
    }
}
