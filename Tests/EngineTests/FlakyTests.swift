import Foundation
import PipelineEngine
import PipelineKit
import Testing

/// Holds at the first check of a workspace and never again; says which cases flickered.
struct FlickerGate: Gate {
    static let id: ModuleID = "flicker"
    static let summary = "Holds once."
    struct Settings: Fields {
        @Field("How many cases flicker.") var cases: Int = 0
        init() {}
    }
    let cases: Int
    init(settings: Settings) throws(Failure) { cases = settings.cases }

    func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        let mark = "\(workspace.path)/checked"
        let isFirst = !FileManager.default.fileExists(atPath: mark)
        _ = FileManager.default.createFile(atPath: mark, contents: nil)
        let steady = [TestCase("steady", .passed)]
        let flickering = (0..<cases).map { TestCase("t\($0)", isFirst ? .passed : .failed) }
        return Verdict(isFirst ? .passed : .failed, isFirst ? "It holds." : "It does not.", cases: steady + flickering)
    }
}

/// A goal that is to hold twice, and holds once.
struct FlakyTests {
    private static let opening = "Two checks of the same tree disagree: "

    @Test(arguments: [
        (0, "first: It holds. Then: It does not."),
        (1, "'t0' passed, then failed."),
        (
            7,
            "'t0' passed, then failed. 't1' passed, then failed. 't2' passed, then failed. 't3' passed, then failed. "
                + "'t4' passed, then failed. 2 more are left out."
        ),
    ])
    func whatFlickeredIsNamed(cases: Int, words: String) async throws {
        let bench = Bench()
        defer { bench.remove() }
        let pipeline = try Pipeline(json: [
            "name": "p", "model": "notes/x", "limits": ["iterations": 1], "tools": ["allow": ["look"]],
            "goal": ["gate": "flicker", "with": ["cases": .int(cases)], "confirm": 2],
        ])
        let order = RunOrder(run: "r1", pipeline: pipeline, project: bench.directory, origin: "test")
        _ = try await bench.services.runs.start(order)
        let state = try await bench.services.runs.carryOn("r1")
        #expect(state.baseline?.outcome == .flaky)
        #expect(state.baseline?.reason == Self.opening + words)
        #expect(state.baseline?.failing.count == cases)
        let report = "The goal does not hold yet. \(Self.opening)\(words)"
        guard case .user(let text)? = state.messages.first else { throw Refusal.outdated }
        #expect(text.hasPrefix(report))
        #expect(state.status == .notAchieved)
    }
}
