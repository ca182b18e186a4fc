import Glibc
import PipelineEngine
import PipelineKit

/// What `sluice test` tells the processes that it starts: that there is no network, and when to die.
enum TestEnvironment {
    /// Set to anything, no request leaves this process.
    static let offline = "SLUICE_OFFLINE"
    /// `r1:7` ends this process with SIGKILL as soon as event 7 of run 'r1' is on disk, before anything follows from it.
    static let kill = "SLUICE_KILL_AT"
    /// Set to anything, commands have the network that the pipeline gives them.
    static let network = "SLUICE_TEST_NETWORK"

    /// The scripts that play the models of steps, as ``PlayedSteps`` reads them.
    static let steps = "SLUICE_STEP_SCRIPTS"

    /// - Parameter model: The path of the script of all others.
    static func playing(_ scripts: LaidScripts, model: String) -> [String: String] {
        let json: JSONValue = ["model": .string(model), "steps": .object(scripts.paths)]
        return [steps: json.jsonText]
    }

    /// Has scripts play the models of all steps, and no command reach a network, in a process of a test.
    ///
    /// - Throws: when no run could ever play what the test gives.
    static func play(_ pipeline: inout Pipeline, _ environment: [String: String]) throws(CommandError) {
        guard let played = PlayedSteps(environment) else { return }
        let problems = played.problems(in: pipeline)
        guard problems.isEmpty else { throw .usage(problems.joined(separator: "\n")) }
        played.play(&pipeline)
        played.deny(&pipeline)
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
