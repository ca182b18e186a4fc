public import PipelineKit

/// The stored form of events: a type name, a version, and a JSON object, written by hand.
///
/// Names and shapes are promises to every history ever recorded. A change of shape is a new version, and a
/// function in ``Upcasts`` that lifts the old one.
public enum EventCodec {
    /// A payload as it is stored.
    public struct Row: Sendable, Hashable {
        public var type: String
        public var version: Int
        public var body: [UInt8]

        public init(type: String, version: Int, body: [UInt8]) {
            self.type = type
            self.version = version
            self.body = body
        }
    }

    public static func encode(_ payload: Event.Payload) -> Row {
        Row(type: payload.type, version: 1, body: payload.shortBody ?? JSONValue.object(payload.body).encoded(.compact))
    }

    /// - Throws: ``StoreError/unreadable(_:)`` when the row is damaged or from a newer version.
    public static func decode(_ row: StoredEvent) throws(StoreError) -> Event {
        if row.version == 1, let payload = Event.Payload(type: row.type, shortBody: row.body) {
            return Event(sequence: row.sequence, at: row.at, payload: payload, digest: row.digest)
        }
        let name = "Event \(row.sequence) ('\(row.type)')"
        let body: JSONValue
        do throws(JSONError) {
            body = try JSONValue(parsing: row.body)
        } catch {
            throw .unreadable("\(name) is damaged: \(error)")
        }
        let (version, lifted) = Upcasts.lift(row.type, version: row.version, body: body)
        guard version == 1, let payload = Event.Payload(type: row.type, body: EventBody(lifted)) else {
            let sentence = "\(name), version \(row.version), is not known to this version of Sluice, or it is damaged."
            throw .unreadable(sentence)
        }
        return Event(sequence: row.sequence, at: row.at, payload: payload, digest: row.digest)
    }
}

extension Event.Payload {
    /// The name under which the event is stored and shown: `tool_call.finished`.
    public var type: String {
        switch self {
        case .runStarted: "run.started"
        case .workspaceOpened: "workspace.opened"
        case .checkStarted: "check.started"
        case .checkFinished: "check.finished"
        case .judgeRequested: "judge.requested"
        case .judgeReplied: "judge.replied"
        case .judgeFailed: "judge.failed"
        case .iterationStarted: "iteration.started"
        case .modelRequested: "model.requested"
        case .modelReplied: "model.replied"
        case .modelFailed: "model.failed"
        case .modelFellBack: "model.fell_back"
        case .conversationCompacted: "conversation.compacted"
        case .callProposed: "tool_call.proposed"
        case .callAssessed: "tool_call.assessed"
        case .callStarted: "tool_call.started"
        case .callFinished: "tool_call.finished"
        case .callRefused: "tool_call.refused"
        case .agentStarted: "agent.started"
        case .agentFinished: "agent.finished"
        case .stepStarted: "step.started"
        case .raceDecided: "race.decided"
        case .stepFinished: "step.finished"
        case .approvalRequested: "approval.requested"
        case .approvalResolved: "approval.resolved"
        case .messageAdded: "message.added"
        case .limitsChanged: "limits.changed"
        case .settingsChanged: "settings.changed"
        case .bestChosen: "best.chosen"
        case .rolledBack: "workspace.rolled_back"
        case .networkUsed: "network.used"
        case .changesApplied: "workspace.applied"
        case .runForked: "run.forked"
        case .runFinished: "run.finished"
        case .runReopened: "run.reopened"
        case .hookFailed: "hook.failed"
        case .reported: "outside.reported"
        }
    }

    /// What the event says, as a JSON object's members.
    public var body: [String: JSONValue] {
        switch self {
        case .runStarted(let start): start.body
        case .workspaceOpened(let workspace, let start):
            [
                "path": .string(workspace.path), "project": .string(workspace.project),
                "snapshot": .string(start.value),
            ].adding([
                "sandbox": workspace.sandbox?.body, "held_out": workspace.heldOut.map { .string($0.value) },
            ])
        case .checkStarted(let name, let snapshot): name.body.adding(["snapshot": .string(snapshot.value)])
        case .checkFinished(let name, let result): name.body.adding(result.body)
        case .judgeRequested(let intent): intent.body
        case .judgeReplied(let reply): reply.body
        case .judgeFailed(let number, let attempt, let failure):
            ["number": .int(number), "attempt": .int(attempt), "failure": .object(failure.body)]
        case .iterationStarted(let number): ["iteration": .int(number)]
        case .modelRequested(let intent): intent.body
        case .modelReplied(let reply): reply.body
        case .modelFailed(let turn, let attempt, let failure, let retryAt):
            ["turn": .int(turn), "attempt": .int(attempt), "failure": .object(failure.body)].adding([
                "retry_at": retryAt?.body
            ])
        case .modelFellBack(let from, let to): ["from": from.json, "to": to.json]
        case .conversationCompacted(let compaction):
            ["dropped": .int(compaction.dropped), "text": .string(compaction.text)]
        case .callProposed(let call): call.body
        case .callAssessed(let id, let hooked): hooked.body.adding(["call": .string(id.value)])
        case .callStarted(let id): ["call": .string(id.value)]
        case .callFinished(let id, let output): output.body.adding(["call": .string(id.value)])
        case .agentStarted(let id, let agent): agent.body.adding(["call": .string(id.value)])
        case .agentFinished(let id, let spent):
            ["call": .string(id.value), "tokens": .int(spent.tokens)].adding(["cost": spent.cost?.json])
        case .stepStarted(let place, let runs):
            place.body.adding(["runs": runs.isEmpty ? JSONValue?.none : .array(runs.map { .string($0.value) })])
        case .raceDecided(let place, let decision): place.body.merging(decision.body) { $1 }
        case .stepFinished(let place, let result, let spent):
            place.body.merging(result.body) { $1 }
                .adding(["tokens": .int(spent.tokens), "cost": spent.cost?.json])
        case .callRefused(let id, let reason): ["call": .string(id.value), "reason": .string(reason)]
        case .approvalRequested(let approval): approval.body
        case .approvalResolved(let id, let answer): answer.body.adding(["approval": .string(id.value)])
        case .messageAdded(let text, let by): ["text": .string(text), "by": .string(by)]
        case .limitsChanged(let limits, let by): ["limits": limits.json, "by": .string(by)]
        case .settingsChanged(let change): change.body
        case .bestChosen(let choice): choice.body
        case .rolledBack(let back): back.body
        case .networkUsed(let report): report.body
        case .changesApplied(let applied): applied.body
        case .runForked(let fork): fork.body
        case .runFinished(let status, let reason): ["status": .string(status.rawValue), "reason": .string(reason)]
        case .runReopened(let by): ["by": .string(by)]
        case .hookFailed(let failure):
            ["hook": .string(failure.hook), "moment": .string(failure.moment), "reason": .string(failure.reason)]
        case .reported(let report): report.body
        }
    }
}

extension Instant {
    var body: JSONValue { .int(milliseconds) }
}

extension RunStart {
    fileprivate var body: [String: JSONValue] {
        [
            "run": .string(run.value), "pipeline": pipeline, "inputs": .object(inputs), "project": .string(project),
            "origin": .string(origin), "version": .string(version),
        ].adding([
            "source": source?.body, "group": group.isEmpty ? JSONValue?.none : .string(group),
            "key": key.map(JSONValue.string),
            "forked_from": forkedFrom?.body, "parent": parent?.body,
        ])
    }
}

extension CheckName {
    var body: [String: JSONValue] { ["iteration": .int(iteration), "round": .int(round)] }
}

extension CheckResult {
    fileprivate var body: [String: JSONValue] {
        ["outcome": .string(outcome.rawValue), "reason": .string(reason)].adding([
            "score": score.map(JSONValue.double),
            "counts": counts.body,
            "failing": failing.isEmpty ? nil : .array(failing.map(\.body)),
            "findings": findings.isEmpty ? nil : .array(findings.map(\.body)),
            "metrics": metrics.isEmpty ? nil : .object(metrics.mapValues(JSONValue.double)),
            "details": details.isEmpty ? nil : .string(details),
            "refused": refused.isEmpty ? nil : .array(refused.map(\.body)),
            "report": report.map { .string("\($0)") },
            "failure": failure.map { .object($0.body) },
            "unchanged_since": unchangedSince.map(JSONValue.int),
            "held_out": heldOut.map { .object($0.body) },
        ])
    }
}

extension CheckResult.HeldOut {
    fileprivate var body: [String: JSONValue] {
        ["outcome": .string(outcome.rawValue), "reason": .string(reason)].adding([
            "counts": counts.body,
            "failing": failing.isEmpty ? nil : .array(failing.map(\.body)),
        ])
    }
}

extension [TestCase.Outcome: Int] {
    /// `nil` where there were no cases.
    fileprivate var body: JSONValue? {
        guard !isEmpty else { return .none }
        return .object([String: JSONValue](uniqueKeysWithValues: map { ($0.key.rawValue, .int($0.value)) }))
    }
}

extension TestCase {
    /// The case as JSON, in events and in reports.
    var body: JSONValue {
        .object(
            ["id": .string(id), "outcome": .string(outcome.rawValue)].adding([
                "message": message.isEmpty ? nil : .string(message),
                "seconds": seconds.map(JSONValue.double),
                "file": file.map(JSONValue.string), "line": line.map(JSONValue.int),
            ])
        )
    }
}

extension FileChange {
    fileprivate var body: JSONValue { ["kind": .string(kind.rawValue), "path": .string(path)] }
}

extension Failure {
    fileprivate var body: [String: JSONValue] {
        ["kind": .string(kind.rawValue), "message": .string(message)]
            .adding([
                "retry_after": retryAfter.map(JSONValue.double), "may_have_cost": mayHaveCost ? true : nil,
                "postponed": isPostponed ? true : nil, "too_long": isTooLong ? true : nil,
            ])
    }
}

extension SettingsChange {
    fileprivate var body: [String: JSONValue] {
        ["by": .string(by)].adding([
            "model": model.map(\.json),
            "human_gate": gate.map { .string($0.rawValue) },
            "instructions": instructions.map(JSONValue.string),
        ])
    }
}

extension Rollback {
    fileprivate var body: [String: JSONValue] {
        [
            "iteration": .int(iteration), "snapshot": .string(snapshot.value),
            "replaced": .string(replaced.value), "by": .string(by),
        ]
    }
}

extension ModelIntent {
    fileprivate var body: [String: JSONValue] {
        [
            "turn": .int(turn), "attempt": .int(attempt), "model": .string(model),
            "reserved_tokens": .int(reserved.tokens), "request": .string("\(request)"),
        ].adding([
            "reserved_cost": reserved.cost?.json, "purpose": purpose == .reply ? nil : .string(purpose.rawValue),
        ])
    }
}

extension RecordedReply {
    fileprivate var body: [String: JSONValue] {
        ["turn": .int(turn), "text": .string(text), "stop": .string(stop.rawValue)]
            .adding(usage.members).adding(["cost": cost?.json, "keepsake": keepsake])
    }
}

extension Usage {
    /// As members of an event.
    var members: [String: JSONValue?] {
        [
            "input_tokens": .int(input), "cached_tokens": .int(cached), "output_tokens": .int(output),
            "cache_write_tokens": cacheWrites == 0 ? nil : .int(cacheWrites),
            "reasoning_tokens": reasoning == 0 ? nil : .int(reasoning),
        ]
    }
}

extension ProposedCall {
    fileprivate var body: [String: JSONValue] {
        [
            "call": .string(id.value), "service_id": .string(call.id.value), "tool": .string(call.tool),
            "arguments": .string(call.arguments), "reach": .array(reach.map(\.rawValue).sorted().map(JSONValue.string)),
        ].adding(["policy": policy.map(JSONValue.string), "hooks": awaitsHooks ? true : nil])
    }
}

extension RecordedOutput {
    fileprivate var body: [String: JSONValue] {
        ["text": .string(text)].adding([
            "exit_code": exitCode.map(JSONValue.int),
            "is_error": isError ? true : nil,
            "whole": whole.map { .string("\($0)") },
            "images": images.isEmpty ? nil : .array(images.map(\.body)),
            "snapshot": snapshot.map { .string($0.value) },
        ])
    }
}

extension RecordedImage {
    fileprivate var body: JSONValue {
        ["media_type": .string(mediaType.rawValue), "bytes": .int(size), "digest": .string("\(digest)")]
    }
}
