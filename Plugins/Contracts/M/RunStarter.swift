import ContractKit
import FoundationEssentials
import HTTPKit
import PipelineEngine
import PipelineKit

/// Makes a run of what a client asks for.
struct RunStarter: Sendable {
    let services: Services
    let settings: M.Settings

    /// Which run a repository is taken by, for those where it may be one only.
    static let turns = "m.turns"

    /// Checks all of it, then records the run and queues it.
    ///
    /// - Parameter key: The name of the client's key.
    /// - Throws: 409 when the repository has a run under way, and may have one only.
    func start(_ prompt: String, in repository: Repository, key: String?) async throws(HTTPError) -> RunID {
        let run = RunID(UUID().uuidString.lowercased())
        let pipeline = try pipeline(for: prompt, of: run)
        if !settings.runs.sideBySide { try await take(repository, for: run) }
        _ = try await asking { () async throws(ServiceError) in
            try await services.documents.put(
                Order(repository: repository.id, prompt: prompt).body,
                as: run.value,
                in: Order.collection
            )
        }
        let order = RunOrder(
            run: run,
            pipeline: pipeline,
            inputs: ["prompt": .string(prompt)],
            source: repository.gitURL.map(ProjectSource.git) ?? .nothing,
            origin: M.name,
            group: repository.id,
            key: key
        )
        do throws(HTTPError) { return try await services.startAndSubmit(order) } catch {
            await leave(repository)
            throw error
        }
    }

    /// The pipeline of the installation, which has an input for the prompt or is told it.
    private func pipeline(for prompt: String, of run: RunID) throws(HTTPError) -> Pipeline {
        let served: ServedPipeline
        do throws(PipelineError) { served = try services.pipelines.load(settings.runs.pipeline) } catch {
            throw HTTPError(error)
        }
        let takesPrompt = served.pipeline.inputs["prompt"] != nil
        var pipeline: Pipeline
        do throws(FieldProblems) {
            pipeline = try services.pipelines.resolved(served, inputs: takesPrompt ? ["prompt": .string(prompt)] : [:])
        } catch {
            throw HTTPError(error)
        }
        if !takesPrompt { pipeline.tell(prompt) }
        // The files are there for this run alone.
        pipeline.workspace.isolation = .none
        pipeline.model = pipeline.model ?? settings.model
        settings.runs.agent?.take(over: &pipeline, for: run, at: settings.address())
        try services.expectSound(pipeline)
        return pipeline
    }

    /// How long a repository is taken by a run that is about to be recorded; that of a process that died in between never is.
    private static let patience = Duration.seconds(30)

    /// Takes the repository for a run, unless one is under way there. Of two that ask at once one is faster.
    private func take(_ repository: Repository, for run: RunID) async throws(HTTPError) {
        let known = try await asking { () async throws(ServiceError) in
            try await services.documents.document(repository.id, in: Self.turns)
        }
        if let known, try await isTaken(known) { throw .busy }
        let body: JSONValue = ["run": .string(run.value), "at": .int(settings.now().milliseconds)]
        do throws(ServiceError) {
            try await services.documents.put(body, as: repository.id, in: Self.turns, expecting: known?.version ?? 0)
        } catch {
            if case .store(.stale) = error { throw .busy }
            throw HTTPError(error)
        }
    }

    private func isTaken(_ turn: StoredRecord) async throws(HTTPError) -> Bool {
        let run = RunID(turn.body["run"]?.text ?? "")
        let row = try await asking { () async throws(ServiceError) in try await services.runs.summary(of: run) }
        if let row { return !row.status.isFinal }
        let since = Instant(milliseconds: turn.body["at"]?.integer ?? 0)
        return settings.now() < since + Self.patience
    }

    /// Lets go of a repository for whose run there was no start.
    private func leave(_ repository: Repository) async {
        _ = try? await services.documents.remove(repository.id, from: Self.turns)
    }
}
