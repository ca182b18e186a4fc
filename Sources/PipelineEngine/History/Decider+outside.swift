import PipelineKit

// What programs ask and tell that work in the directory of a run and are no part of it.
extension Decider {
    /// The most questions of such programs that may be open at once.
    static let mostOutsideQuestions = 100

    /// A question that was asked before is not asked again, whether or not it is answered.
    func ask(_ question: OutsideQuestion) throws(Refusal) -> [Event.Payload] {
        guard state.outside.approvals[question.key] == nil else { return [] }
        guard state.forkedFiles == nil else {
            throw .notTaken("The run is a fork that has no files yet: there is nothing that anybody could work on.")
        }
        let open = state.pendingApprovals.count { $0.approval.isFromOutside }
        guard open < Self.mostOutsideQuestions else {
            throw .notTaken("\(open) questions from outside are open in this run, which are the most. Answer some.")
        }
        let subject = Approval.Subject.outside(key: question.key, tool: question.tool)
        let input = question.form.map { Approval.Input($0) }
        return [self.question(subject, question.text, shown: question.shown, input: input, about: question.about)]
    }

    /// No answer could reach who asked any more, and an open question would keep people busy.
    var dropped: [Event.Payload] {
        state.pendingApprovals.filter(\.approval.isFromOutside).map { .approvalResolved($0.approval.id, .endOfAsker) }
    }

    /// All of them, or none.
    func report(_ reports: [OutsideReport]) throws(Refusal) -> [Event.Payload] {
        var work = state.outside
        let problems = reports.enumerated().compactMap { index, report in
            work.take(report).map { "Report \(index + 1): \($0)" }
        }
        guard problems.isEmpty else { throw .notTaken(problems.joined(separator: " ")) }
        return reports.map(Event.Payload.reported)
    }
}
