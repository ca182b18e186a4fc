import PipelineKit

/// A run that does a part of the work of another one.
///
/// It works for that one alone: what it asks is asked there, what it spends is spent there, and it ends when that one ends.
struct LedRun: Sendable {
    let id: RunID
    /// What it works for.
    let parent: LiveRun
    /// The files it works on, or has its own made of.
    let workspace: Workspace
    let runs: RunService
    let clock: EngineClock

    /// What it is started with; once, whoever starts it, and however often.
    ///
    /// - Parameter pipeline: What it works by, for whoever it works for as that one is now.
    func begin(
        as work: ParentWork.Work,
        inputs: [String: JSONValue],
        _ pipeline: (RunState) -> Pipeline
    ) async throws(ServiceError) {
        guard try await runs.summary(of: id) == nil else { return }
        let state = await parent.state
        var order = RunOrder(
            run: id,
            pipeline: pipeline(state),
            inputs: inputs,
            project: workspace.path,
            origin: state.start?.origin ?? "",
            key: state.start?.key
        )
        order.parent = ParentWork(run: parent.id, work: work, account: state.start?.parent?.account)
        _ = try await runs.start(order)
    }

    /// How far it has come.
    enum Stop {
        case ended(RunState)
        /// A person has to answer this first.
        case asks(Approval)
        /// This process begins nothing more: another one goes on with it.
        case leftOpen
    }

    /// Works until it has ended or asks what a person has to answer.
    func carryOn() async throws(ServiceError) -> Stop {
        let state = try await work()
        if state.isFinished { return .ended(state) }
        return state.pendingApprovals.first.map { .asks($0.approval) } ?? .leftOpen
    }

    private func work() async throws(ServiceError) -> RunState {
        var patience = Self.patience
        while true {
            do throws(ServiceError) {
                let state = try await runs.keeper.carryOn(id)
                guard let limit = state.limitReached else { return state }
                let no = Resolution(.rejected, by: "run \(parent.id)", message: "")
                try await runs.keeper.settle(.resolve(limit, no, shown: nil), of: id)
            } catch {
                // A process that died may hold it for as long as its claim lasts.
                guard case .busy = error, patience > 0, !Task.isCancelled else { throw error }
                patience -= 1
                await clock.sleep(clock.now() + Self.pause)
            }
        }
    }

    private static let patience = 60
    private static let pause = Duration.seconds(1)

    /// What became of the files that it changed in a place of its own.
    enum Handover {
        /// It worked where whoever it works for does.
        case inPlace
        case brought(String)
        /// Why they are not there.
        case left(String)
    }

    /// Brings what it changed in a place of its own to the files of whoever it works for.
    func handOver(_ state: RunState) async throws(ServiceError) -> Handover {
        guard let place = state.workspace, place.path != workspace.path else { return .inPlace }
        guard state.status == .achieved else {
            return .left("What it changed stays in its own place: its goal was not reached.")
        }
        do throws(ServiceError) {
            guard case .done(let application, _) = try await runs.apply(id, as: .files, by: "run \(parent.id)") else {
                return .brought("What it changed was brought here before.")
            }
            let files = application.files
            return .brought(files == 0 ? "It changed no file." : "\(files) files it changed were brought here.")
        } catch .refused(let refusal) {
            return .left("What it changed was not brought here. \(refusal)")
        }
    }
}

extension RunState {
    /// Why the run has ended; empty while it has not.
    var endReason: String { if case .finished(_, let reason) = self.phase { reason } else { "" } }

    /// What the model said last, no longer than others are told it.
    var lastWords: String {
        let words = self.lastReply
        return words.count > 8_000 ? words.prefix(8_000) + "…" : words
    }

    /// The question whether a limit may be passed that the run it works for has given it, which nobody but that one may.
    fileprivate var limitReached: ApprovalID? {
        self.pendingApprovals.lazy.map(\.approval).first { approval in
            switch approval.subject {
            case .limit(.cost), .limit(.tokens), .limit(.wall): true
            case .limit, .call, .repetition, .input, .check, .plan, .step, .outside: false
            }
        }?.id
    }
}
