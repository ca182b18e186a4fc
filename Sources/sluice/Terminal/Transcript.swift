import PipelineEngine
import PipelineKit

/// What a person reads of a run, an event after the other; the same live and afterwards.
struct Transcript {
    private(set) var state = RunState()
    let run: RunID
    /// What the last check or the last failure of the model said.
    private var said = ""

    init(of run: RunID) { self.run = run }

    /// The lines for an event; none for those that only the engine needs.
    mutating func lines(for event: Event) -> [String] {
        state.apply(event)
        defer { note(event.payload) }
        return words(event.payload)
    }

    private mutating func note(_ payload: Event.Payload) {
        switch payload {
        case .checkFinished(_, let result): said = result.reason
        case .modelFailed(_, _, let failure, _): said = failure.message
        default: break
        }
    }

    private func words(_ payload: Event.Payload) -> [String] {
        switch payload {
        case .runStarted(let start): started(start)
        case .workspaceOpened(let workspace, _): opened(workspace)
        case .checkFinished(_, let result): check(result)
        case .judgeReplied(let reply): [row("judge", Style.dim(reply.text.harmlessLine.fitted(to: 100)))]
        case .judgeFailed(_, let attempt, let failure):
            [row("judge", Style.yellow("gave no answer (attempt \(attempt)): \(failure.message)".harmlessLine))]
        case .iterationStarted(let number): ["", Style.bold("iteration \(number) of \(state.iterationLimit)")]
        case .modelReplied(let reply): model(reply)
        case .modelFailed(_, let attempt, let failure, let retryAt): failed(failure, attempt, isRetried: retryAt != nil)
        case .modelFellBack(let from, let to): [row("model", Style.yellow("\(to) stands in for \(from)"))]
        case .conversationCompacted(let compaction):
            [row("summary", "of the first \(compaction.dropped) messages, as the conversation grew too long")]
        case .callProposed(let call): [row("call", "\(call.call.tool) \(Self.arguments(call.call.arguments))")]
        case .callFinished(let id, let output): result(id, output)
        case .callRefused(let id, let reason): [row("", Style.yellow("\(name(id)): \(reason.harmless)"))]
        case .agentStarted(_, let agent): [row("agent", "\(agent.agent) works in run \(agent.run)".harmlessLine)]
        case .agentFinished: []  // the result of the call tells of it
        case .stepStarted(let place, let runs): [row("step", Self.words(place, runs).harmlessLine)]
        case .raceDecided(_, let decision): [row("race", decision.words.harmlessLine)]
        case .stepFinished(let place, let result, _): ended(place, result)
        case .approvalRequested(let approval): question(approval)
        case .approvalResolved(let id, let answer):
            [row("answer", "\(id) \(answer.decision.rawValue) by \(answer.by)\(remark(answer.message))")]
                + details(of: answer)
        case .messageAdded(let text, let by): [row(by, text.harmless)]
        case .limitsChanged(_, let by): [row("limits", "changed by \(by)")]
        case .settingsChanged(let change): [row("settings", Self.words(change))]
        case .bestChosen: []  // the end gives the reason
        case .rolledBack(let back): [row("files", "set back to the end of iteration \(back.iteration) by \(back.by)")]
        case .networkUsed(let report): report.uses.map(network)
        case .changesApplied(let applied): [row("applied", Self.words(applied))]
        case .runForked(let fork): ["", row("fork", "goes on from here, by \(fork.by)")]
        case .runFinished(let status, let reason): finished(status, reason)
        case .runReopened(let by): ["", row("again", "taken up by \(by)")]
        case .callAssessed(let id, let hooked): assessed(id, hooked)
        case .hookFailed(let failure):
            [row("hook", Style.yellow("\(failure.hook) (\(failure.moment)): \(failure.reason)".harmlessLine))]
        case .reported(let report): told(report)
        case .checkStarted, .judgeRequested, .modelRequested, .callStarted: []
        }
    }

    /// `work  in run r1-1-2`
    private static func words(_ place: StepPlace, _ runs: [RunID]) -> String {
        guard let first = runs.first else { return place.step }
        return "\(place.step)  in run \(first)" + (runs.count > 1 ? " and \(runs.count - 1) more" : "")
    }

    private func ended(_ place: StepPlace, _ result: StepResult) -> [String] {
        let summary = result.summary.isEmpty ? "" : "  \(result.summary.harmless)"
        return switch result.status {
        case .passed: [row("", "\(Style.green("✓")) \(place.step)\(summary)")]
        case .failed: [row("", "\(Style.red("✗")) \(place.step)\(summary)")]
        case .skipped: [row("", Style.dim("– \(place.step)  left out"))]
        }
    }

    private func failed(_ failure: Failure, _ attempt: Int, isRetried: Bool) -> [String] {
        let said = row("model", Style.red(failure.message.harmless))
        return isRetried ? [said, row("", "attempt \(attempt + 1) follows")] : [said]
    }

    private func network(_ use: NetworkUse) -> String {
        row("network", "\(use.isAllowed ? "" : Style.yellow("refused: "))\(use.host.harmless):\(use.port)")
    }

    private func assessed(_ id: CallID, _ hooked: HookedCall) -> [String] {
        let change = hooked.arguments.map { row("hook", "other arguments: \(Self.arguments($0))") }
        guard let decision = hooked.decision else { return [change].compactMap(\.self) }
        let said = row("hook", "\(hooked.hook): \(decision.rawValue) \(hooked.reason)".harmlessLine)
        return [change, said].compactMap(\.self)
    }

    private func details(of answer: Resolution) -> [String] {
        [
            answer.answer.map { row("", Self.arguments($0.jsonText)) },
            answer.edit.map { row("", "with other arguments: \(Self.arguments($0.arguments))") },
            answer.grant.map { row("", "for the rest of the run: \($0.words.harmlessLine)") },
            answer.coveredBy.map { row("", "by the answer to \($0)") },
        ]
        .compactMap(\.self)
    }

    private static func words(_ change: SettingsChange) -> String {
        let parts = [
            change.model.map { "model \($0)" }, change.gate.map { "a person is asked: \($0.rawValue)" },
            change.instructions.map { _ in "other instructions" },
        ]
        return "\(parts.compactMap(\.self).joined(separator: ", ")), set by \(change.by)"
    }

    private var isolation: String { (state.pipeline?.workspace.isolation ?? .worktree).rawValue }

    private static func words(_ applied: Application) -> String {
        let files = "\(applied.files) file\(applied.files == 1 ? "" : "s")"
        let place = applied.branch.map { " on branch \($0)" } ?? ""
        let commit = applied.commit.map { ", commit \($0.prefix(12))" } ?? ""
        return "\(files)\(place)\(commit), by \(applied.by)".harmlessLine
    }

    private func started(_ start: RunStart) -> [String] {
        let race = state.pipeline?.race?.models.map(\.description).joined(separator: ", ")
        let model = race ?? state.pipeline?.model?.description ?? ""
        let first = "\(Style.bold("run \(run)"))  \(state.pipeline?.name ?? "")  \(model)  \(start.project)"
            .harmlessLine
        return [first] + (start.forkedFrom.map { [row("forked", "from run \($0.run) at event \($0.sequence)")] } ?? [])
    }

    /// That commands are confined is what a person expects; that they are not has to be seen.
    private func opened(_ workspace: Workspace) -> [String] {
        let place = workspace.path == workspace.project ? [] : [row(isolation, workspace.path)]
        guard let sandbox = workspace.sandbox, !sandbox.isConfined, state.pipeline?.workspace.sandbox != .off else {
            return place
        }
        return place + [row("sandbox", Style.yellow("none: \(sandbox.reason.harmless)"))]
    }

    private func check(_ result: CheckResult) -> [String] {
        let color: Style = result.holds ? .green : (result.outcome == .unanswered ? .yellow : .red)
        if let since = result.unchangedSince {
            let moment = since == 0 ? "at the start" : "after iteration \(since)"
            return [row("check", color("Nothing was done, so it is as \(moment): \(result.reason.harmless)"))]
        }
        // Without a goal there is nothing to say of how it is at the start.
        if state.pipeline?.goal == nil, state.iteration == 0 { return [] }
        let cases = result.failing.prefix(5).flatMap { [$0.id.harmless] + Self.beginning(of: $0.message) }
        let more = result.failing.count > 5 ? ["and \(result.failing.count - 5) more"] : []
        let details = result.failing.isEmpty && !result.holds ? Self.beginning(of: result.details) : []
        let refused = result.refused.prefix(10)
            .map { row("", Style.yellow("does not count: \($0.path.harmless) (\($0.kind.rawValue))")) }
        let findings = (cases + more + details).map { row("", Style.dim($0)) }
        return [row("check", color(result.reason.harmless))] + findings + heldOut(result) + refused
    }

    /// The model reads none of it.
    private func heldOut(_ result: CheckResult) -> [String] {
        guard let held = result.heldOut, held.outcome != .passed else { return [] }
        let cases = held.failing.prefix(5).flatMap { [$0.id.harmless] + Self.beginning(of: $0.message) }
        return ["held out, for you alone: \(held.reason.harmlessLine)"].map { row("", Style.yellow($0)) }
            + cases.map { row("", Style.dim($0)) }
    }

    /// The first lines of what a case or a command said, indented.
    private static func beginning(of text: String) -> [String] {
        let lines = text.split(whereSeparator: \.isNewline)
        let more = lines.count > 4 ? ["  …"] : []
        return lines.prefix(4).map { "  " + String($0).fitted(to: 100) } + more
    }

    private func model(_ reply: RecordedReply) -> [String] {
        reply.text.isEmpty ? [] : [row("model", reply.text.harmless)]
    }

    private func result(_ id: CallID, _ output: RecordedOutput) -> [String] {
        let first = output.text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        let count = output.text.split(whereSeparator: \.isNewline).count
        let more = count > 1 ? Style.dim(" (\(count) lines)") : ""
        let mark = output.isError ? Style.red("✗") : Style.green("✓")
        let images = output.images.map { row("", Style.dim("  [\($0.mediaType.rawValue), \($0.size) bytes]")) }
        return [row("", "\(mark) \(Style.dim(name(id))) \(first.fitted(to: 100))\(more)")] + images
    }

    private func question(_ approval: Approval) -> [String] {
        [row("ask", Style.yellow("\(approval.id): \(approval.inFull.harmless)"))]
    }

    /// What a program tells of that is no part of the run.
    private func told(_ report: OutsideReport) -> [String] {
        switch report {
        case .output(let stream, let text):
            return [row(stream.rawValue, (text.hasSuffix("\n") ? String(text.dropLast()) : text).harmless)]
        case .callBegun(_, let tool, let input):
            return [row("call", "\(tool.harmless) \(Self.arguments(input.jsonText))")]
        case .callEnded(_, let tool, let isError, let duration, let error):
            let mark = isError ? Style.red("✗") : Style.green("✓")
            let reason = error.map { "  \($0.harmless)" } ?? ""
            return [row("", "\(mark) \(Style.dim("\(tool.harmless) (\(duration.written))"))\(reason)")]
        }
    }

    private func remark(_ message: String) -> String { message.isEmpty ? "" : ": \(message.harmless)" }

    private func finished(_ status: RunStatus, _ reason: String) -> [String] {
        let color: Style = status == .achieved ? .green : .red
        let figures = Self.figures(state, at: state.updatedAt)
        let words = status == .achieved ? reason : unsaid(reason)
        return ["", "\(color(status.words))  \(Style.dim(figures))"] + (words.isEmpty ? [] : [row("", words.harmless)])
    }

    /// A reason without the sentences that stand just above it.
    private func unsaid(_ reason: String) -> String {
        guard !said.isEmpty, reason.hasSuffix(said) else { return reason }
        let rest = reason.dropLast(said.count).split(separator: " ").joined(separator: " ")
        return rest.isEmpty || rest.hasSuffix(".") ? rest : reason
    }

    /// `2 iterations · 12s · 3840 tokens · 0.012 USD`
    static func figures(_ state: RunState, at now: Instant) -> String {
        let seconds = Duration.seconds(Int(state.elapsed(at: now).seconds.rounded()))
        let parts = [
            "\(state.iteration) iteration\(state.iteration == 1 ? "" : "s")", seconds.written,
            "\(state.spent.tokens) tokens",
            state.spent.cost.map { "\($0)" },
        ]
        return parts.compactMap(\.self).joined(separator: " · ")
    }

    private func name(_ id: CallID) -> String { state.calls[id]?.proposed.call.tool ?? id.value }

    /// A word in the margin and text beside it, further lines below each other.
    private func row(_ margin: String, _ text: String) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line in
            Output.isTerminal ? String(line).wrapped(to: Output.width - 10) : [String(line)]
        }
        let indent = String(repeating: " ", count: 10)
        return Style.cyan(margin.padded(to: 8)) + "  " + lines.joined(separator: "\n\(indent)")
    }

    /// `path="calc.py" occurrence=2`, shortened.
    static func arguments(_ text: String) -> String {
        guard case .object(let members)? = try? JSONValue(parsing: text) else { return text.fitted(to: 100) }
        let words = members.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.jsonText.fitted(to: 60))" }
        return words.joined(separator: " ").fitted(to: 120)
    }
}

extension String {
    fileprivate var harmlessLine: String { Output.hasColor ? self : harmless }
}
