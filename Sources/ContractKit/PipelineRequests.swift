public import HTTPKit
public import PipelineEngine
public import PipelineKit

/// How a client names a pipeline.
public enum PipelineRequest: Sendable, Hashable {
    /// A built-in, a gate, or a file in the directories of the server.
    case named(String)
    /// The pipeline itself, as YAML.
    case text(String)
}

extension Services {
    /// The pipeline that a client asks for, its inputs filled in.
    ///
    /// - Throws: 422 with every mistake.
    public func pipeline(
        _ request: PipelineRequest,
        inputs: [String: JSONValue]
    ) throws(HTTPError) -> Pipeline {
        let served: ServedPipeline
        do throws(PipelineError) {
            switch request {
            case .named(let name): served = try pipelines.load(name)
            case .text(let yaml): served = try pipelines.load(yaml: yaml)
            }
        } catch {
            throw HTTPError(error)
        }
        do throws(FieldProblems) { return try pipelines.resolved(served, inputs: inputs) } catch {
            throw HTTPError(error)
        }
    }

    /// The absolute path of a directory that a client wants to work on.
    ///
    /// - Throws: 422 when it is none, or none that this server works on.
    public func directory(_ name: String) throws(HTTPError) -> String {
        do throws(ServiceError) { return try pipelines.directory(name) } catch { throw HTTPError(error) }
    }

    /// Refuses a pipeline that a linter would refuse, now that its inputs and what the client set otherwise are in it.
    ///
    /// - Throws: 422 with every mistake.
    public func expectSound(_ pipeline: Pipeline) throws(HTTPError) {
        let errors = PipelineLinter(registry).findings(in: pipeline, .resolved).filter { $0.severity == .error }
        guard !errors.isEmpty else { return }
        throw HTTPError(FieldProblems(errors.map(\.problem)))
    }

    /// Refuses limits that a linter would refuse in the pipeline of a run.
    public func expectSound(_ limits: Limits?, of state: RunState) throws(HTTPError) {
        guard let limits, var pipeline = state.pipeline else { return }
        pipeline.limits = limits
        try expectSound(pipeline)
    }

    /// Records a run and queues it; it is carried on as soon as there is room.
    public func startAndSubmit(_ order: RunOrder) async throws(HTTPError) -> RunID {
        try await asking { () async throws(ServiceError) in
            let run = try await runs.start(order)
            runs.submit(run)
            return run
        }
    }
}
