import PipelineEngine
import PipelineKit

/// A history told without what only a recovery adds to it.
///
/// A question to the model that the killed process left open is told as if it had not been asked, and a call that was
/// begun twice as if it had been begun once.
struct Retelling {
    private(set) var rest: [Event.Payload] = []
    /// What was left out.
    private(set) var additions: [Event.Payload] = []
    /// Calls that were interrupted and that a person did not let run again.
    private(set) var notRepeated: [CallID] = []

    private var failures: [Int: Int] = [:]
    private var repetitions: [ApprovalID: CallID] = [:]

    init(of events: [Event]) {
        for event in events { take(event.payload) }
    }

    private mutating func take(_ payload: Event.Payload) {
        switch payload {
        case .modelFailed(let turn, _, let failure, _) where failure.mayHaveCost:
            failures[turn, default: 0] += 1
            takeBack { if case .modelRequested(let intent) = $0 { intent.turn == turn } else { false } }
            additions.append(payload)
        case .modelRequested(var intent):
            intent.attempt -= failures[intent.turn] ?? 0
            rest.append(.modelRequested(intent))
        case .approvalRequested(let approval): ask(approval)
        case .approvalResolved(let id, let answer): answered(id, answer)
        default: rest.append(payload)
        }
    }

    private mutating func ask(_ approval: Approval) {
        if case .repetition(let call) = approval.subject {
            repetitions[approval.id] = call
            additions.append(.approvalRequested(approval))
        } else {
            var approval = approval
            approval.id = renumbered(approval.id)
            rest.append(.approvalRequested(approval))
        }
    }

    private mutating func answered(_ id: ApprovalID, _ answer: Resolution) {
        guard let call = repetitions[id] else { return rest.append(.approvalResolved(renumbered(id), answer)) }
        additions.append(.approvalResolved(id, answer))
        if answer.decision == .approved { takeBack { $0 == .callStarted(call) } } else { notRepeated.append(call) }
    }

    /// Questions are numbered through; those of the recovery leave no gap.
    private func renumbered(_ id: ApprovalID) -> ApprovalID {
        let number = Int(id.value.dropFirst()) ?? 0
        let earlier = repetitions.keys.count { Int($0.value.dropFirst()) ?? 0 < number }
        return ApprovalID("a\(number - earlier)")
    }

    private mutating func takeBack(_ isIt: (Event.Payload) -> Bool) {
        guard let index = rest.lastIndex(where: isIt) else { return }
        additions.append(rest.remove(at: index))
    }
}

extension [Event.Payload] {
    /// The same without the output of a call, and without what later requests hold of it: their size and digest.
    func withoutTraces(of call: CallID) -> Self {
        var isAfter = false
        return map { payload in
            switch payload {
            case .callFinished(call, _):
                isAfter = true
                return .callFinished(call, RecordedOutput(text: ""))
            case .modelRequested(var intent) where isAfter:
                intent.reserved = Spending()
                intent.request = Chain.start
                return .modelRequested(intent)
            default: return payload
            }
        }
    }
}
