import Foundation
public import PipelineKit
public import Testing

/// What every tool owes the engine, whatever it does.
///
/// - Parameters:
///   - arguments: Arguments of a call that succeeds in the workspace.
///   - settings: The settings of that call.
///   - required: Settings that have no default.
///   - files: What stands in the workspace, by relative path; nothing, as a rule.
///   - verdict: What the tool is told when it asks for the goal to be judged.
///   - transport: Answers what the tool asks of the network; nothing, as a rule.
///   - agents: Has agents work for the call; nobody, as a rule.
///   - confining: Puts up walls around a workspace, for a tool that does nothing without.
public func expectConformance<T: Tool>(
    of type: T.Type,
    arguments: JSONValue,
    settings: JSONValue = [:],
    required: Set<String> = [],
    files: [String: String] = [:],
    verdict: Verdict = .passed("The goal holds."),
    transport: any HTTPTransport = NoTransport(),
    agents: any AgentRunner = NoAgents(),
    confining: (Workspace) async throws -> Workspace = { $0 },
    at location: SourceLocation = #_sourceLocation
) async throws {
    var registry = Registry()
    registry.add(type)
    try await expectConformance(
        of: try #require(registry.tools[T.id], sourceLocation: location),
        arguments: arguments,
        settings: settings,
        required: required,
        files: files,
        verdict: verdict,
        transport: transport,
        agents: agents,
        confining: confining,
        at: location
    )
}

/// The same of a tool that no type stands for, as one that a pipeline declares.
public func expectConformance(
    of factory: ToolFactory,
    arguments: JSONValue,
    settings: JSONValue = [:],
    required: Set<String> = [],
    files: [String: String] = [:],
    verdict: Verdict = .passed("The goal holds."),
    transport: any HTTPTransport = NoTransport(),
    agents: any AgentRunner = NoAgents(),
    confining: (Workspace) async throws -> Workspace = { $0 },
    at location: SourceLocation = #_sourceLocation
) async throws {
    expectIdentity(factory.id, factory.aliases, factory.summary, at: location)
    #expect(!factory.reach.isEmpty, "A tool that touches nothing is no tool.", sourceLocation: location)
    expectSettings(factory.settings, required: required, settings, at: location) { json throws(FieldProblems) in
        _ = try factory.make(json)
    }
    expectSentences(factory.arguments, at: location)

    let tool = try factory.make(settings)
    try await expectRefusals(of: tool, factory.arguments, at: location)
    try await withTemporaryWorkspace(files) { workspace in
        let workspace = try await confining(workspace)
        let context = ToolContext(
            workspace: workspace,
            transport: transport,
            agents: agents,
            check: { () throws(Failure) in verdict }
        )
        let before = try Surroundings(of: workspace)
        let output = try await tool.call(arguments, context)
        #expect(!output.isError, "The call given must succeed: \(output.text)", sourceLocation: location)
        let after = try Surroundings(of: workspace)
        #expect(before.outside == after.outside, "A tool writes only in the workspace.", sourceLocation: location)
        if factory.reach.isDisjoint(with: [.writes, .runs]) {
            #expect(before.inside == after.inside, "A tool that only reads changes nothing.", sourceLocation: location)
        }
    }
    try await withTemporaryWorkspace(files) { workspace in
        let workspace = try await confining(workspace)
        let context = ToolContext(
            workspace: workspace,
            transport: transport,
            agents: agents,
            check: { () throws(Failure) in verdict }
        )
        await expectEnd(at: location) { () throws(Failure) in _ = try await tool.call(arguments, context) }
    }
}

/// Wrong arguments are refused before anything is done, each by name.
private func expectRefusals(
    of tool: ConfiguredTool,
    _ arguments: [FieldSchema],
    at location: SourceLocation
) async throws {
    let wrong = arguments.compactMap { argument in argument.nonsense.map { (argument.name, $0) } }
    var documents: [(JSONValue, names: [String])] = [(["no_such_argument": 1], ["no_such_argument"])]
    documents.append((.object(Dictionary(uniqueKeysWithValues: wrong)), wrong.map(\.0)))
    documents.append(([:], arguments.filter(\.isRequired).map(\.name)))
    for (json, names) in documents where !names.isEmpty {
        try await withTemporaryWorkspace { workspace in
            let before = try Surroundings(of: workspace)
            let failure = await #expect(throws: Failure.self, sourceLocation: location) {
                _ = try await tool.call(json, ToolContext(workspace: workspace))
            }
            #expect(failure?.kind == .invalidInput, sourceLocation: location)
            for name in names { #expect(failure?.message.contains("'\(name)") == true, sourceLocation: location) }
            #expect(try Surroundings(of: workspace) == before, sourceLocation: location)
        }
    }
}
