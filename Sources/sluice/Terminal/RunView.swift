import FoundationEssentials
import PipelineEngine
import PipelineKit
import Synchronization

/// Shows a run while it goes on: a transcript that stays, and on a terminal one calm line below it that moves.
final class RunView: Sendable {
    enum Form: Sendable {
        /// A transcript with a line below that tells what is going on.
        case terminal
        case plain
        /// One event a line.
        case json

        /// What suits where the output goes.
        static func fitting(json: Bool) -> Form { json ? .json : (Output.isTerminal ? .terminal : .plain) }
    }

    private struct Screen {
        var transcript: Transcript
        var activity = ""
        /// Characters that the model has written since it was asked.
        var written = 0
        var isDrawn = false
    }

    private let form: Form
    private let run: RunID
    private let now: @Sendable () -> Instant
    private let screen: Mutex<Screen>

    init(_ form: Form, of run: RunID, now: @escaping @Sendable () -> Instant) {
        self.form = form
        self.run = run
        self.now = now
        screen = Mutex(Screen(transcript: Transcript(of: run)))
    }

    /// The run as far as it was shown.
    var state: RunState { screen.withLock(\.transcript.state) }

    func show(_ item: EventFeed.Item) {
        switch item {
        case .event(let run, let event) where run == self.run: show(event)
        case .piece(let run, let piece) where run == self.run: note(piece)
        default: break
        }
    }

    /// Takes in what happened before this process came, without printing it.
    func catchUp(_ events: [Event]) {
        screen.withLock { screen in
            for event in events { _ = screen.transcript.lines(for: event) }
        }
    }

    private func show(_ event: Event) {
        screen.withLock { screen in
            guard event.sequence > screen.transcript.state.sequence else { return }
            let lines = screen.transcript.lines(for: event)
            if let activity = Self.activity(after: event.payload) { screen.activity = activity }
            if case .modelRequested = event.payload { screen.written = 0 }
            switch form {
            case .json: Output.line(EventLine(event, of: run).text)
            case .plain: lines.forEach(Output.line)
            case .terminal:
                erase(&screen)
                lines.forEach(Output.line)
                draw(&screen)
            }
            if form == .json || form == .plain { Output.flush() }
        }
    }

    private func note(_ piece: LivePiece) {
        guard form == .terminal, case .model(_, let piece) = piece else { return }
        screen.withLock { screen in
            switch piece {
            case .text(let text), .reasoning(let text): screen.written += text.count
            case .call: break
            }
        }
    }

    /// Draws the moving line anew, with the time that has passed.
    func tick() {
        guard form == .terminal else { return }
        screen.withLock { screen in
            erase(&screen)
            draw(&screen)
        }
    }

    /// Takes the moving line away, for a question or the end.
    func rest() {
        guard form == .terminal else { return }
        screen.withLock { erase(&$0) }
    }

    private func erase(_ screen: inout Screen) {
        guard screen.isDrawn else { return }
        Output.raw(Array("\r\u{1b}[K".utf8))
        screen.isDrawn = false
    }

    private func draw(_ screen: inout Screen) {
        let state = screen.transcript.state
        guard !state.isFinished, !state.isWaiting, state.sequence > 0 else { return }
        let written = screen.written > 0 && state.intent != nil ? ", \(screen.written) characters" : ""
        let parts = [
            "\(screen.activity)\(written)", "iteration \(state.iteration)/\(state.iterationLimit)",
            Transcript.figures(state, at: now()).split(separator: " · ").dropFirst().joined(separator: " · "),
            state.lastCheck.map { "last check: \($0.reason)" } ?? "",
        ]
        let line = parts.filter { !$0.isEmpty }.joined(separator: " · ").fitted(to: Output.width - 2)
        Output.raw(Array(Style.dim(line).utf8))
        screen.isDrawn = true
    }

    private static func activity(after payload: Event.Payload) -> String? {
        switch payload {
        case .runStarted: "opening the workspace"
        case .workspaceOpened, .checkStarted: "checking the goal"
        case .modelRequested: "the model thinks"
        case .callProposed(let call): "calling \(call.call.tool)"
        case .checkFinished(_, let result): result.holds ? "ending" : "asking the model"
        case .callFinished: "asking the model"
        default: nil
        }
    }
}
