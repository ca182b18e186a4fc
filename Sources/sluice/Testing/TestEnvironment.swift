import Glibc
import PipelineEngine
import PipelineKit

/// What `sluice test` tells the processes that it starts: that there is no network, and when to die.
enum TestEnvironment {
    /// Set to anything, no request leaves this process.
    static let offline = "SLUICE_OFFLINE"
    /// `r1:7` ends this process with SIGKILL as soon as event 7 of run 'r1' is on disk, before anything follows from it.
    static let kill = "SLUICE_KILL_AT"

    /// A JSON object of paths of scripts, by the names of the steps whose models they play.
    static let steps = "SLUICE_STEP_SCRIPTS"

    static func playing(_ scripts: [String: String]) -> [String: String] {
        [steps: JSONValue.object(scripts.mapValues(JSONValue.string)).jsonText]
    }

    /// Has scripts play the models of all steps: those that the test gives, and else the one of the pipeline.
    ///
    /// - Throws: when there is no step of such a name.
    static func play(_ pipeline: inout Pipeline, _ environment: [String: String]) throws(CommandError) {
        guard let text = environment[steps], let scripts = try? JSONValue(parsing: text).members else { return }
        let steps = pipeline.steps ?? []
        if let wrong = scripts.keys.sorted().first(where: { name in !steps.contains { $0.id == name } }) {
            let near = Suggestion.sentence(for: wrong, among: steps.map(\.id))
            throw .usage(
                "The test plays the step '\(wrong)', which the pipeline '\(pipeline.name)' does not have.\(near)"
            )
        }
        guard !steps.isEmpty else { return }
        pipeline.steps = steps.map { step in
            var step = step
            let script = scripts[step.id]?.text.flatMap { ModelName("scripted/\($0)") }.map { ModelChain($0) }
            if step.kind == .model { step.model = script ?? pipeline.model }
            if let model = script ?? pipeline.model, var called = step.pipeline?.members {
                called["model"] = model.json
                step.pipeline = .object(called)
            }
            return step
        }
    }

    static func killing(_ run: RunID, at number: Int) -> [String: String] { [kill: "\(run):\(number)"] }

    static func arm(_ feed: EventFeed, _ environment: [String: String]) {
        guard let words = environment[kill]?.split(separator: ":"), words.count == 2, let number = Int(words[1]) else {
            return
        }
        let run = RunID(String(words[0]))
        feed.observe { item in
            if case .event(run, let event) = item, event.sequence == number { Glibc.kill(getpid(), SIGKILL) }
        }
    }
}

/// Refuses every request, and says to whom it would have gone.
struct OfflineTransport: HTTPTransport {
    /// - Throws: ``Failure/Kind/denied``, always: to ask again would not help.
    func send(_ request: TransportRequest) async throws(Failure) -> TransportResponse {
        throw Failure(
            .denied,
            """
            '\(request.url)' was not asked: there is no network in a test. Whoever asks a model there has to be played \
            by the script, or left out of what is tested.
            """
        )
    }
}
