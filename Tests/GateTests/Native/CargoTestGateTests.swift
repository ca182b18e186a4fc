import NativeGate
import PipelineKit
import PipelineTesting
import Testing

/// Rust projects, judged by the real cargo.
@Suite(.serialized, .enabled(if: GateTrial.has("cargo"))) struct CargoTestGateTests {
    private static func project(_ sum: String, _ more: [String: String] = [:]) -> [String: String] {
        [
            "Cargo.toml":
                "[package]\nname = \"calc\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[lib]\ndoctest = false\n",
            "src/lib.rs": "pub fn add(a: i32, b: i32) -> i32 { let _ = b; \(sum) }\n",
            "tests/calc.rs": """
            #[test]
            fn adds() {
                assert_eq!(calc::add(1, 2), 3);
            }
            #[test]
            fn nothing() {
                assert_eq!(calc::add(0, 0), 0);
            }
            """,
        ].merging(more) { $1 }
    }

    @Test func keepsTheGatesPromises() async throws {
        try await expectConformance(of: CargoTestGate.self, files: Self.project("a + b"))
    }

    @Test func aPassingSuiteHolds() async throws {
        let verdict = try await GateTrial.verdict(of: CargoTestGate.self, Self.project("a + b"))
        #expect(verdict.reason == "All 2 tests pass.", "\(verdict.details)")
        #expect(verdict.outcome == .passed)
        #expect(
            verdict.story.sorted() == ["calc/tests/calc.rs::adds: passed", "calc/tests/calc.rs::nothing: passed"]
        )
    }

    @Test func whatFailedBeforeComesFirst() async throws {
        let adds = "calc/tests/calc.rs::adds"
        let red = try await GateTrial.verdict(of: CargoTestGate.self, Self.project("a + b + 1"), failed: [adds])
        #expect(
            red.reason == "The 1 test that failed before still fails: \(adds). The others were not run.",
            "\(red.details)"
        )
        #expect(red.story == ["\(adds): failed"])
        let mended = Self.project("if a == 0 { 1 } else { a + b }")
        let whole = try await GateTrial.verdict(of: CargoTestGate.self, mended, failed: [adds])
        #expect(whole.reason == "1 of 2 tests fails: calc/tests/calc.rs::nothing.")
        // One after the other, so that they end in the order of their names.
        let chosen: JSONValue = ["args": ["--", "--skip", "later", "--test-threads=1"]]
        let other = try await GateTrial.verdict(
            of: CargoTestGate.self,
            Self.project("a + b + 1"),
            chosen,
            failed: [adds]
        )
        #expect(other.reason == "2 of 2 tests fail: \(adds), calc/tests/calc.rs::nothing.")
    }

    @Test func aFailingSuiteNamesItsTestsAndTheirAssertions() async throws {
        let source = """
            /// ```
            /// assert_eq!(calc::add(1, 2), 3);
            /// ```
            pub fn add(a: i32, b: i32) -> i32 { a - b }
            #[cfg(test)]
            mod tests {
                #[test] #[ignore = "no disk"] fn later() {}
                #[test] #[should_panic] fn panics() { panic!("x") }
            }
            """
        let manifest = Self.project("")["Cargo.toml", default: ""].replacing("doctest = false", with: "")
        let files = Self.project("", ["src/lib.rs": source, "Cargo.toml": manifest])
        let verdict = try await GateTrial.verdict(of: CargoTestGate.self, files)
        #expect(
            verdict.reason
                == "2 of 4 tests fail: calc/tests/calc.rs::adds, calc/doc::src/lib.rs - add; 1 is skipped."
        )
        let cases = Dictionary(uniqueKeysWithValues: verdict.cases.map { ($0.id, $0) })
        #expect(cases["calc/src/lib.rs::tests::later"]?.outcome == .skipped)
        #expect(cases["calc/src/lib.rs::tests::later"]?.message == "no disk")
        #expect(cases["calc/src/lib.rs::tests::panics"]?.outcome == .passed)
        let adds = cases["calc/tests/calc.rs::adds"]
        #expect(adds?.file == "tests/calc.rs")
        #expect(adds?.line == 3)
        #expect(adds?.message.hasSuffix("assertion `left == right` failed\n  left: -1\n right: 3") == true)
        #expect(cases["calc/doc::src/lib.rs - add"]?.file == "src/lib.rs")
    }

    @Test func whatDoesNotCompileIsFound() async throws {
        let verdict = try await GateTrial.verdict(of: CargoTestGate.self, Self.project("a + c"))
        #expect(verdict.reason == "The project does not build: 1 error in 1 file.")
        #expect(
            verdict.findings == [
                Verdict.Finding(
                    .error,
                    "cannot find value `c` in this scope",
                    rule: "E0425",
                    file: "src/lib.rs",
                    line: 1,
                    column: 52
                )
            ]
        )
    }

    @Test func aManifestThatCannotBeReadIsAnError() async throws {
        let verdict = try await GateTrial.verdict(of: CargoTestGate.self, ["Cargo.toml": "[package]\n"])
        #expect(verdict.reason == "The project does not build: 1 error.")
        #expect(verdict.findings.first?.message.hasPrefix("failed to parse manifest at ") == true)
    }

    @Test(arguments: [
        ("std::process::abort()", "'calc/tests/calc.rs' was ended by SIGABRT before all its tests had run."),
        (
            "std::process::exit(0)",
            "'calc/tests/calc.rs' left before all its tests had run: 0 of 2 are known."
        ),
    ])
    func leavingEarlyIsNotPassing(code: String, reason: String) async throws {
        let verdict = try await GateTrial.verdict(of: CargoTestGate.self, Self.project("let _ = a; \(code)"))
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason == reason)
    }

    @Test func aHangIsEnded() async throws {
        let failure = try await GateTrial.failure(
            of: CargoTestGate.self,
            Self.project("loop { std::thread::sleep(std::time::Duration::from_secs(a as u64 + 1)); }"),
            ["timeout": "40s"]
        )
        #expect(
            failure
                == Failure(
                    .timedOut,
                    "cargo was still running after 40s and was ended. It printed last: running 2 tests"
                )
        )
    }

    @Test func aProjectWithoutTestsDoesNotHold() async throws {
        let files = Self.project("a + b", ["tests/calc.rs": ""])
        let verdict = try await GateTrial.verdict(of: CargoTestGate.self, files)
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason == "No test ran. Write functions with #[test], or files in 'tests/'.")
        let empty = try await GateTrial.verdict(of: CargoTestGate.self, [:])
        #expect(
            empty.reason
                == "There is no 'Cargo.toml' in the workspace. Write one, or name its directory with 'directory:'."
        )
    }

    @Test(
        arguments: [
            ("tests/calc.rs", "#[test] fn adds() {}\n"), ("tests/calc.rs", nil),
            (".cargo/config.toml", "[target.x86_64-unknown-linux-gnu]\nrunner = \"true\"\n"),
            ("Cargo.toml", Self.project("")["Cargo.toml", default: ""] + "test = false\n"),
            (
                "Cargo.toml",
                Self.project("")["Cargo.toml", default: ""].replacing("[lib]", with: "autotests = false\n[lib]")
            ),
            ("rust-toolchain", "nowhere"),
        ] as [(String, String?)]
    )
    func whatTheGateProtectsChangesNothing(path: String, text: String?) async throws {
        let start = Self.project("a - b")
        let refused = try await GateTrial.refused(under: CargoTestGate.protection, start: start, work: [path: text])
        #expect(refused == [path])
    }
}

/// What needs no cargo.
struct CargoSettingTests {
    @Test(
        arguments: [
            (["timeout": "0s"], "Field 'timeout' must be longer than 0s."),
            (["args": ["--", "--nocapture"]], "Field 'args' must not hold '--nocapture': the gate itself sets it."),
        ] as [(JSONValue, String)]
    )
    func aSettingThatCannotBeIsRefused(settings: JSONValue, message: String) throws {
        #expect(try GateTrial.refusal(of: CargoTestGate.self, settings) == message)
    }

    @Test func aCargoThatIsNotThereIsNamed() async throws {
        let failure = try await GateTrial.failure(of: CargoTestGate.self, ["Cargo.toml": ""], ["program": "cargo0"])
        #expect(failure == Failure(.missing, "The program 'cargo0' that 'program:' names was not found in PATH."))
    }
}
