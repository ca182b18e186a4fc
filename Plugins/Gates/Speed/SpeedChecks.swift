import GateKit
import PipelineKit

/// What the settings of these gates have in common.
enum SpeedChecks {
    /// - Throws: ``PipelineKit/Failure/Kind/invalidInput`` for a number of runs that cannot tell noise from speed, or
    ///   takes for ever.
    static func require(runs: Int, warmup: Int) throws(Failure) {
        guard (5...100).contains(runs) else {
            throw Failure(
                .invalidInput,
                "Field 'runs' must be from 5 to 100, but is \(runs): fewer cannot tell speed from noise."
            )
        }
        guard (0...100).contains(warmup) else {
            throw Failure(.invalidInput, "Field 'warmup' must be from 0 to 100, but is \(warmup).")
        }
    }

    /// What a benchmark is made of, by the names that people give it.
    static let benchmarks = [
        "**/bench.*", "**/bench_*", "**/bench-*", "**/*_bench.*", "**/*-bench.*", "**/*.bench.*", "**/benchmark.*",
        "**/benchmark_*", "**/*_benchmark.*", "**/bench/**", "**/benches/**", "**/benchmark/**", "**/benchmarks/**",
    ]
}
