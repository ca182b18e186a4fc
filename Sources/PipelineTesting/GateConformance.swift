import Foundation
public import PipelineKit
public import Testing

/// What every gate owes the engine, whatever it judges.
///
/// - Parameters:
///   - settings: Settings with which the gate reaches a verdict in the workspace.
///   - required: Settings that have no default.
///   - files: What stands in the workspace, by relative path; nothing, as a rule.
///   - ask: What models answer, to a gate that asks any.
/// - Returns: the verdict, for what is special to the gate.
@discardableResult
public func expectConformance<G: Gate>(
    of type: G.Type,
    settings: JSONValue = [:],
    required: Set<String> = [],
    files: [String: String] = [:],
    ask: JudgeAsker? = nil,
    at location: SourceLocation = #_sourceLocation
) async throws -> Verdict {
    var registry = Registry()
    registry.add(type)
    return try await expectConformance(
        of: try #require(registry.gates[G.id], sourceLocation: location),
        settings: settings,
        required: required,
        files: files,
        ask: ask,
        at: location
    )
}

/// The same of a gate that no type stands for, as one that a pipeline declares.
@discardableResult
public func expectConformance(
    of factory: GateFactory,
    settings: JSONValue = [:],
    required: Set<String> = [],
    files: [String: String] = [:],
    ask: JudgeAsker? = nil,
    at location: SourceLocation = #_sourceLocation
) async throws -> Verdict {
    expectIdentity(factory.id, factory.aliases, factory.summary, at: location)
    expectSettings(factory.settings, required: required, settings, at: location) { json throws(FieldProblems) in
        _ = try factory.make(json)
    }

    let gate = try factory.make(settings)
    let verdict = try await judged(by: gate, files, ask, at: location)
    #expect(isSentence(verdict.reason), "A reason is a sentence: \(verdict.reason)", sourceLocation: location)
    #expect((0...1).contains(verdict.score ?? 0), "A score is from 0 to 1.", sourceLocation: location)
    let ids = verdict.cases.map(\.id)
    #expect(Set(ids).count == ids.count, "A test is named once.", sourceLocation: location)
    try await withTemporaryWorkspace(files) { workspace in
        try await withTemporaryWorkspace { scratch in
            let context = GateContext(of: workspace, scratch, ask)
            await expectEnd(at: location) { () throws(Failure) in _ = try await gate.judge(workspace, in: context) }
        }
    }
    return verdict
}

/// Judges twice, as a gate that changed what it judges would say something else the second time.
private func judged(
    by gate: any Gate,
    _ files: [String: String],
    _ ask: JudgeAsker?,
    at location: SourceLocation
) async throws -> Verdict {
    try await withTemporaryWorkspace(files) { workspace in
        let before = try Surroundings(of: workspace)
        var verdicts: [Verdict] = []
        for _ in 1...2 {
            try await withTemporaryWorkspace { scratch in
                verdicts.append(try await gate.judge(workspace, in: GateContext(of: workspace, scratch, ask)))
            }
        }
        let after = try Surroundings(of: workspace)
        #expect(
            before.outside == after.outside,
            "A gate writes only in its scratch directory.",
            sourceLocation: location
        )
        #expect(
            verdicts[0].outcome == verdicts[1].outcome,
            "The same work is judged the same.",
            sourceLocation: location
        )
        return verdicts[0]
    }
}

extension GateContext {
    /// What is compared with the start is compared with itself.
    fileprivate init(of workspace: Workspace, _ scratch: Workspace, _ ask: JudgeAsker?) {
        self.init(scratch: { scratch.path }, base: { _ in workspace })
        if let ask { self.ask = ask }
    }
}
