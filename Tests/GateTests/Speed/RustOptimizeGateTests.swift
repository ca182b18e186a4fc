import Foundation
import PipelineKit
import PipelineTesting
import Testing

@testable import SpeedGate

/// Rust projects whose benchmarks the real cargo runs.
@Suite(.serialized, .enabled(if: GateTrial.has("cargo"))) struct RustOptimizeGateTests {
    private static let manifest =
        "[package]\nname = \"calc\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[[bench]]\nname = \"sums\"\nharness = false\n"

    /// A benchmark that leaves what Criterion leaves.
    private static func project(_ nanoseconds: Double, _ end: String = "", library: String = "") -> [String: String] {
        [
            "Cargo.toml": manifest, "src/lib.rs": "pub fn one() -> u32 { 1 }\n\(library)",
            "benches/sums.rs": """
            use std::{env, fs};
            fn main() {
                assert!(env::args().any(|word| word == "sums/of two "), "the filter");
                assert_eq!(calc::one(), 1);
                let place = format!("{}/sums/of two/new", env::var("CRITERION_HOME").unwrap());
                fs::create_dir_all(&place).unwrap();
                fs::write(format!("{place}/benchmark.json"), r#"{"full_id": "sums/of two (2)"}"#).unwrap();
                fs::write(format!("{place}/estimates.json"), r#"{"median": {"point_estimate": \(nanoseconds)}}"#).unwrap();
                \(end)
            }
            """,
        ]
    }

    private static let settings: [String: JSONValue] = ["bench": "sums/of two (2)", "target_ns": 1_000]

    private func verdict(_ files: [String: String], _ settings: [String: JSONValue] = [:]) async throws -> Verdict {
        let all = Self.settings.merging(settings) { $1 }
        return try await GateTrial.verdict(of: RustOptimizeGate.self, files, .object(all))
    }

    @Test func keepsTheGatesPromises() async throws {
        try await expectConformance(
            of: RustOptimizeGate.self,
            settings: .object(Self.settings),
            required: ["bench", "target_ns"],
            files: Self.project(12.5)
        )
    }

    @Test func whatCriterionMeasuredIsRead() async throws {
        let verdict = try await verdict(Self.project(12.5))
        #expect(verdict.outcome == .passed, "\(verdict)")
        #expect(verdict.reason == "The benchmark 'sums/of two (2)' takes 12.5 ns (median of 5 runs), at most 1.00 µs.")
    }

    @Test func whatIsTooSlowDoesNotHold() async throws {
        let verdict = try await verdict(Self.project(2_000))
        #expect(
            verdict.reason == "The benchmark 'sums/of two (2)' takes 2.00 µs (median of 5 runs), not at most 1.00 µs."
        )
        #expect(verdict.score == 0.5)
    }

    @Test func aBenchmarkThatPanicsIsNamed() async throws {
        let verdict = try await verdict(Self.project(1, "panic!(\"no data\");"))
        #expect(verdict.reason == "cargo exited with 101 in run 1 of 5.")
        #expect(verdict.details.contains("no data"))
    }

    @Test func aProjectThatDoesNotBuildNamesItsErrors() async throws {
        let verdict = try await verdict(Self.project(1, library: "pub fn two() -> u32 { \"2\" }\n"))
        #expect(verdict.reason == "The project does not build: 1 error in 1 file.")
        #expect(verdict.findings.map(\.file) == ["src/lib.rs"])
    }

    @Test func aNameThatDoesNotRunIsNamedWithThoseThatDo() async throws {
        let verdict = try await verdict(Self.project(1), ["bench": "sums/of two (3)"])
        #expect(verdict.reason == "No benchmark 'sums/of two (3)' ran. These ran: sums/of two (2).")
    }

    @Test func aHangIsEnded() async throws {
        let failure = try await GateTrial.failure(
            of: RustOptimizeGate.self,
            Self.project(1, "loop {}"),
            .object(Self.settings.merging(["timeout": "20s"]) { $1 })
        )
        #expect(failure?.kind == .timedOut)
        #expect(failure?.message.hasPrefix("cargo was still running after 20s and was ended.") == true)
    }

    @Test func aDirectoryWithoutAProjectDoesNotHold() async throws {
        let verdict = try await verdict([:])
        #expect(
            verdict.reason
                == "There is no 'Cargo.toml' in the project. Write one, or name its directory with 'directory:'."
        )
    }

    /// libtest measures in nightly Rust only, or where that is switched on.
    @Test func whatLibtestMeasuredIsRead() async throws {
        let files = [
            "Cargo.toml": "[package]\nname = \"calc\"\nversion = \"0.1.0\"\nedition = \"2021\"\n",
            ".cargo/config.toml": "[env]\nRUSTC_BOOTSTRAP = \"1\"\n",
            "src/lib.rs": """
            #![feature(test)]
            extern crate test;
            #[bench] fn adds(b: &mut test::Bencher) { b.iter(|| test::black_box(1) + 1) }
            """,
        ]
        let verdict = try await verdict(files, ["bench": "adds", "target_ns": 1e9])
        #expect(verdict.outcome == .passed, "\(verdict)")
        #expect(verdict.reason.hasPrefix("The benchmark 'adds' takes "))
    }

    @Test(arguments: ["benches/sums.rs", ".cargo/config.toml"]) func theBenchmarkMayNotBeChanged(path: String)
        async throws
    {
        let start = [path: "start\n", "src/lib.rs": "old\n"]
        let work: [String: String?] = [path: "fast\n", "src/lib.rs": "new\n"]
        #expect(try await GateTrial.refused(under: RustOptimizeGate.protection, start: start, work: work) == [path])
    }

    @Test(
        arguments: [
            (["bench": "--help"], "Field 'bench' must be the name of a benchmark, but is '--help'."),
            (["bench": ""], "Field 'bench' must be the name of a benchmark, but is ''."),
            (["target_ns": 0], "Field 'target_ns' must be more than 0, but is 0.0."),
            (["runs": 3], "Field 'runs' must be from 5 to 100, but is 3: fewer cannot tell speed from noise."),
            (["args": ["--no-run"]], "Field 'args' must not hold '--no-run': the gate itself sets it."),
            (["timeout": "0s"], "Field 'timeout' must be longer than 0s."),
        ] as [([String: JSONValue], String)]
    )
    func aSettingThatCannotBeIsRefused(settings: [String: JSONValue], message: String) throws {
        let all = Self.settings.merging(settings) { $1 }
        #expect(try GateTrial.refusal(of: RustOptimizeGate.self, .object(all)) == message)
    }
}

/// What is read of benchmarks, also of those that somebody tampered with.
struct BenchReportTests {
    @Test func linesOfLibtestAreRead() {
        let output = """
            running 2 tests
            test sums::two ... bench:       1,234.56 ns/iter (+/- 56.78)
            test old       ... bench:   2,000 ns/iter (+/- 3)
            test bad ... bench: many ns/iter (+/- 1)
            test back ns/iter ... bench: 1
            test ok ... ok
            """
        #expect(BenchReport.libtest(in: output) == ["sums::two": 1_234.56, "old": 2_000])
    }

    @Test(arguments: ["{}", #"{"median": {"point_estimate": -1}}"#, #"{"median": {"point_estimate": "1"}}"#, "[1]"])
    func anEstimateThatIsNoneIsPassedOver(text: String) throws {
        #expect(BenchReport.median(in: try JSONValue(parsing: text)) == nil)
    }
}
