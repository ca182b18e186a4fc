import GateKit
import PipelineKit

/// Benchmarks of one run of `cargo bench`, by name, in nanoseconds for each round.
enum BenchReport {
    /// What Criterion left: `NAME/new/estimates.json` beside `NAME/new/benchmark.json`, which has the whole name.
    /// https://bheisler.github.io/criterion.rs/book/user_guide/raw_data_files.html
    static func criterion(below directory: String) -> [String: Double] {
        var found: [String: Double] = [:]
        for path in ReportFile.paths(below: directory, ending: "estimates.json")
        where path.hasSuffix("/new/estimates.json") {
            let about = String(path.dropLast("estimates.json".count)) + "benchmark.json"
            guard let name = value(at: about)?["full_id"]?.text, let median = median(in: value(at: path)) else {
                continue
            }
            found[name] = median
        }
        return found
    }

    /// `{"median": {"point_estimate": 12.5, ...}, ...}`
    static func median(in estimates: JSONValue?) -> Double? {
        guard let number = estimates?["median"]?["point_estimate"]?.number, number.isFinite, number >= 0 else {
            return nil
        }
        return number
    }

    private static func value(at path: String) -> JSONValue? {
        ReportFile.bytes(at: path).flatMap { try? JSONValue(parsing: $0) }
    }

    /// What libtest prints: `test sums ... bench:       1,234.56 ns/iter (+/- 56.78)`.
    /// https://doc.rust-lang.org/unstable-book/library-features/test.html
    static func libtest(in output: String) -> [String: Double] {
        var found: [String: Double] = [:]
        for line in output.split(separator: "\n") {
            guard line.hasPrefix("test "), let range = line.firstRange(of: " ... bench: "),
                let end = line.firstRange(of: " ns/iter")
            else { continue }
            guard range.upperBound <= end.lowerBound else { continue }
            let digits = line[range.upperBound..<end.lowerBound].filter { $0 != "," && $0 != " " }
            guard let number = Double(digits), number.isFinite, number >= 0 else { continue }
            found[String(line[..<range.lowerBound].dropFirst("test ".count)).trimmed] = number
        }
        return found
    }
}
