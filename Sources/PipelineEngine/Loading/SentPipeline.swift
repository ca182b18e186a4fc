import PipelineKit

/// What a pipeline that a client sent as text may not say, since its author may be nobody who may read and run what the
/// server can.
struct SentPipeline {
    private(set) var pipeline: Pipeline
    private let roots: ServedRoots

    init(_ pipeline: Pipeline, _ roots: ServedRoots) {
        self.pipeline = pipeline
        self.roots = roots
    }

    /// What would bring the environment, keys and programs of the server into a client's hands.
    func expectNoneOfTheServers() throws(FieldProblems) {
        let problems = [
            ("env", !pipeline.env.isEmpty, "read environment variables"),
            ("hooks", pipeline.hooks != nil, "have hooks: they run outside of the sandbox"),
            ("modules", pipeline.modules != nil, "load libraries of this server"),
            ("foreign", pipeline.foreign != nil, "call functions of libraries of this server"),
            ("mcp", pipeline.mcp != nil, "start or reach servers"),
            ("providers", !pipeline.providers.isEmpty, "set up model services: where keys are sent, and what is run"),
        ].filter(\.1).map { key, _, words in Self.problem(FieldPath().appending(key), words) }
        let all = problems + passedOn + ofAgents
        guard all.isEmpty else { throw FieldProblems(all) }
    }

    private static func problem(_ path: FieldPath, _ words: String) -> FieldProblem {
        FieldProblem(path, "A pipeline that is sent as text may not \(words). Keep it in a file.")
    }

    /// Variables of this process that tools and programs would be shown: by every module's convention, the setting
    /// `environment`.
    private var passedOn: [FieldProblem] {
        let tools = FieldPath().appending("tools").appending("with")
        let given = pipeline.tools.with.map { (tools.appending($0), $1) }
        let commands = (pipeline.commands ?? [:]).map { (FieldPath().appending("commands").appending($0), $1) }
        return (given + commands).filter { $1["environment"].map { $0 != [] } ?? false }.map { path, _ in
            Self.problem(path.appending("environment"), "show programs the environment of the server")
        }.sorted { "\($0.path)" < "\($1.path)" }
    }

    /// The same of its agents, which a client may have written into the text.
    private var ofAgents: [FieldProblem] {
        (pipeline.agents ?? [:]).sorted { $0.key < $1.key }.flatMap { name, agent -> [FieldProblem] in
            let place = FieldPath().appending("agents").appending(name).appending("pipeline")
            guard let json = agent["pipeline"], let pipeline = try? Pipeline(json: json) else { return [] }
            var problems: [FieldProblem] = []
            do throws(FieldProblems) { try SentPipeline(pipeline, roots).expectNoneOfTheServers() } catch {
                problems = error.all.map { FieldProblem(place.appending($0.path), $0.message) }
            }
            for key in ["readable", "writable"] where json["workspace"]?[key]?.elements.isEmpty == false {
                problems.append(
                    Self.problem(place.appending("workspace").appending(key), "show commands of agents more places")
                )
            }
            return problems
        }
    }

    /// Takes the real paths of what commands are shown, once references are replaced.
    ///
    /// - Throws: those that are not within the roots.
    mutating func confine() throws(FieldProblems) {
        var problems: [FieldProblem] = []
        pipeline.workspace.readable = real(pipeline.workspace.readable, "readable", &problems)
        pipeline.workspace.writable = real(pipeline.workspace.writable, "writable", &problems)
        guard problems.isEmpty else { throw FieldProblems(problems) }
    }

    private func real(_ paths: [String], _ key: String, _ problems: inout [FieldProblem]) -> [String] {
        let place = FieldPath().appending("workspace").appending(key)
        return paths.enumerated().compactMap { index, path in
            if path.hasPrefix("/"), let real = roots.place(path) { return real }
            let sentence = "'\(path)' is nothing within the directories that this server works on: \(roots.list)."
            problems.append(FieldProblem(place.appending(index), sentence))
            return nil
        }
    }
}
