import PipelineKit
import Testing

/// A verdict that holds must hold with all the tests of the start.
struct BaselineTests {
    private func verdict(_ cases: TestCase...) -> Verdict {
        Verdict(.passed, "All pass.", score: 1, cases: cases)
    }

    @Test func theSameTestsOrMoreStillHold() {
        let now = verdict(
            TestCase("a.py::x", .passed),
            TestCase("a.py::y", .skipped, "s"),
            TestCase("a.py::z", .passed)
        )
        #expect(now.compared(toBaseline: []) == now)
        #expect(now.compared(toBaseline: [TestCase("a.py::x", .failed), TestCase("a.py::y", .skipped)]) == now)
    }

    @Test func aTestThatIsGoneFails() {
        let judged = verdict(TestCase("tests/test_a.py::test_y", .passed)).compared(toBaseline: [
            TestCase("tests/test_a.py::test_x", .failed), TestCase("tests/test_a.py::test_y", .passed),
        ])
        #expect(judged.outcome == .failed)
        #expect(judged.reason == "The test 'tests/test_a.py::test_x' was there at the start and is gone.")
        #expect(judged.score == 0.5)
        #expect(judged.cases.count == 1)
    }

    @Test func aTestThatIsNewlySkippedFailsWithItsReason() {
        let judged = verdict(TestCase("a::x", .skipped, "not today"), TestCase("a::y", .skipped)).compared(toBaseline: [
            TestCase("a::x", .failed), TestCase("a::y", .error),
        ])
        #expect(
            judged.reason == """
                The test 'a::x' is skipped now, and was not at the start: "not today". \
                The test 'a::y' is skipped now, and was not at the start.
                """
        )
        #expect(judged.score == 0)
    }

    @Test func manyLossesAreCapped() {
        let judged = verdict(TestCase("a::new", .passed)).compared(
            toBaseline: (0..<8).map { TestCase("a::\($0)", .passed) }
        )
        #expect(judged.reason.hasSuffix("The test 'a::4' was there at the start and is gone. 3 more are left out."))
    }

    @Test func aVerdictThatFailsStaysAsItIs() {
        let failed = Verdict(.failed, "1 of 1 test fails.", cases: [TestCase("a::x", .failed)])
        #expect(failed.compared(toBaseline: [TestCase("a::y", .passed)]) == failed)
    }

    /// At the start a file, a class or a directory could not be collected; then its tests take its place.
    @Test(arguments: ["t/test_a.py", "t/test_a.py::TestX", "t"])
    func whatCouldNotBeCollectedIsReplacedByItsTests(container: String) {
        let now = verdict(TestCase("t/test_a.py::TestX::test_x[a/b::c]", .passed))
        #expect(now.compared(toBaseline: [TestCase(container, .error)]) == now)
    }

    @Test(arguments: [
        ([], "The test 't/test_a.py' was there at the start and is gone."),
        ([TestCase("t/test_a.pyc::test_x", .passed)], "The test 't/test_a.py' was there at the start and is gone."),
        (
            [TestCase("t/test_a.py::test_x", .skipped, "no")],
            "The test 't/test_a.py::test_x' is skipped now, and was not at the start: \"no\"."
        ),
        (
            [TestCase("t/test_a.py", .skipped, "no")],
            "The test 't/test_a.py' is skipped now, and was not at the start: \"no\"."
        ),
    ])
    func whatCouldNotBeCollectedMustNotVanish(cases: [TestCase], reason: String) {
        let judged = Verdict(.passed, "", cases: cases).compared(toBaseline: [TestCase("t/test_a.py", .error)])
        #expect(judged.outcome == .failed)
        #expect(judged.reason == reason)
    }

    /// Only what broke outside of a test stands for others: a failed test is a test.
    @Test func aFailedTestIsNotReplacedByTestsBelowIt() {
        let judged = verdict(TestCase("a::x::y", .passed)).compared(toBaseline: [TestCase("a::x", .failed)])
        #expect(judged.reason == "The test 'a::x' was there at the start and is gone.")
    }
}

/// Two checks of one tree.
struct ConfirmationTests {
    private let passed = Verdict(.passed, "All 2 tests pass.", cases: [TestCase("a", .passed), TestCase("b", .passed)])

    @Test func twoThatAgreeAreTheLater() {
        let again = Verdict(.passed, "Again.", cases: passed.cases)
        #expect(passed.confirmed(by: again) == again)
        let failed = Verdict(.failed, "No.")
        #expect(failed.confirmed(by: Verdict(.failed, "Still no.")) == Verdict(.failed, "Still no."))
    }

    @Test func twoThatDisagreeNameTheCasesThatDiffer() {
        let failed = Verdict(
            .failed,
            "1 fails.",
            cases: [TestCase("b", .failed), TestCase("c", .error), TestCase("a", .passed)]
        )
        let flaky = passed.confirmed(by: failed)
        #expect(flaky.outcome == .flaky)
        #expect(
            flaky.reason
                == "Two checks of the same tree disagree: 'b' passed, then failed. 'c' was not there, then broke."
        )
        #expect(flaky.cases == failed.cases)
        #expect(failed.confirmed(by: passed).outcome == .flaky)
        #expect(flaky.confirmed(by: passed) == flaky)
        #expect(passed.confirmed(by: flaky) == flaky)
    }

    @Test func twoWithoutCasesQuoteTheirReasons() {
        let flaky = Verdict(.passed, "'make' exited with 0.").confirmed(by: Verdict(.failed, "'make' exited with 2."))
        #expect(
            flaky.reason
                == "Two checks of the same tree disagree: first: 'make' exited with 0. Then: 'make' exited with 2."
        )
    }
}
