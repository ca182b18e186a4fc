import Foundation
import PipelineKit
import Testing

@testable import PipelineEngine

/// Reads what stood at the start, twice, and says where.
struct BaseGate: Gate {
    static let id: ModuleID = "base"
    static let summary = "Holds."

    struct Settings: Fields {
        @Field("The commit to ask for besides.") var commit: String? = nil
        init() {}
    }
    let settings: Settings
    init(settings: Settings) throws(Failure) { self.settings = settings }

    func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        let (first, second) = (try await context.base(), try await context.base())
        if let commit = settings.commit { _ = try await context.base(.commit(commit)) }
        let text = (try? String(contentsOfFile: "\(first.path)/out", encoding: .utf8)) ?? "nothing"
        return .passed("\(first == second) \(first.path == workspace.path) \(text) \(first.path)")
    }
}

/// What the work is compared with is there for a gate that asks, once, and gone afterwards.
struct BaseTreeTests {
    private func judged(_ settings: JSONValue = [:]) async throws -> (state: RunState, left: [String]) {
        var registry = Bench.registry
        registry.add(BaseGate.self)
        let bench = Bench(Bench.temporary(), registry: registry)
        defer { bench.remove() }
        let run = try await bench.start([["text": "Done."]], goal: ["gate": "base", "with": settings])
        let state = try await bench.services.runs.carryOn(run)
        let left = try? FileManager.default.contentsOfDirectory(atPath: bench.directory + ".scratch")
        return (state, left ?? [])
    }

    @Test func theStartIsLaidOutOnceAndRemoved() async throws {
        let (state, left) = try await judged()
        let words = try #require(state.lastCheck?.reason).split(separator: " ").map(String.init)
        #expect(words.prefix(3) == ["true", "false", "start"])
        #expect(!FileManager.default.fileExists(atPath: words[3]))
        #expect(left == [])
    }

    @Test func aGateComparesWithOneThing() async throws {
        let (state, left) = try await judged(["commit": "main"])
        #expect(state.lastCheck?.failure?.message == "A gate compares the work with one thing, not with two.")
        #expect(left == [])
    }
}
