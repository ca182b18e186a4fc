import FoundationEssentials
import PipelineKit
import Synchronization

/// What judging a goal gave: the verdict, and the changes that did not count.
struct Judgement: Sendable {
    var verdict: Verdict
    var refused: [FileChange]
    /// What its gates reached.
    var network: [NetworkUse] = []
}

extension Judgement {
    /// Together with what was found in the tree with the files that are held out.
    fileprivate func and(_ whole: Judgement) -> Judgement {
        Judgement(
            verdict: verdict.judged(withHeldOut: whole.verdict),
            refused: refused,
            network: network + whole.network
        )
    }

    /// Why there was no answer in the tree with the files that are held out is for people; it may quote them.
    ///
    /// - Throws: what the model cannot mend, which ends the run.
    fileprivate func hiding(_ failure: Failure) throws(Failure) -> Judgement {
        guard failure.kind != .cancelled, !failure.isForAPerson else { throw failure }
        return and(Judgement(verdict: .failed(failure.message), refused: []))
    }
}

/// Judges the goal of a run in a tree rebuilt from its start and the changes that its goal allows.
struct GoalJudge: Sendable {
    let registry: Registry
    let keeper: any WorkspaceKeeper
    let sandboxes: any SandboxKeeper
    let scratch: Scratch
    let redactor: Redactor
    /// Asks models; `nil` where none may be asked.
    let ask: JudgeAsker?
    /// Where its gates work.
    let rooms: GateRooms
    /// What its gates may know of earlier checks.
    var before: EarlierCases
    let emit: @Sendable (RunID, LivePiece) -> Void

    /// What is judged, and where it came from.
    struct Work {
        var goal: Goal
        var workspace: Workspace
        var start: SnapshotID
        var snapshot: SnapshotID
        var run: RunID
    }

    /// - Throws: ``Failure`` when a gate gave no answer.
    func judge(_ state: RunState, at snapshot: SnapshotID, of run: RunID) async throws(Failure) -> Judgement {
        guard let workspace = state.workspace, let start = state.startSnapshot else {
            throw Failure(.invalidInput, "The run has no workspace yet.")
        }
        guard let goal = state.pipeline?.goal else { return Judgement(verdict: state.workDone, refused: []) }
        let work = Work(goal: goal, workspace: workspace, start: start, snapshot: snapshot, run: run)
        var policy = try Self.policy(for: goal, registry)
        policy.protect += goal.holdout
        let shown = try await judge(work, under: policy)
        guard let heldOut = workspace.heldOut else { return shown }
        // The cases of the start are what later ones are compared with.
        guard shown.verdict.holds || shown.verdict.isEmpty || state.baseline == nil else { return shown }
        policy.adding = heldOut
        return try await judge(work, under: policy, besides: shown)
    }

    /// Judges with the files that are held out too, all cases of it.
    private func judge(
        _ work: Work,
        under policy: EditPolicy,
        besides shown: Judgement
    ) async throws(Failure) -> Judgement {
        var all = self
        all.before = EarlierCases()
        do throws(Failure) { return shown.and(try await all.judge(work, under: policy)) } catch {
            return try shown.hiding(redactor.clean(error))
        }
    }

    private func judge(_ work: Work, under policy: EditPolicy) async throws(Failure) -> Judgement {
        let tree = try await keeper.rebuild(
            work.workspace,
            from: work.start,
            with: work.snapshot,
            under: policy,
            of: work.run
        )
        let place = JudgedPlace(
            workspace: work.workspace.judged(at: tree.path),
            origin: work.workspace,
            start: work.start,
            run: work.run,
            confinedBy: rooms.policy
        )
        let isOne = work.goal.judge.gates(at: FieldPath()).count == 1
        let verdict = try await judge(work.goal.judge, place, naming: !isOne)
        return Judgement(verdict: verdict, refused: tree.refused, network: place.network.withLock { $0 })
    }

    /// What the goal says of files, or where it says nothing, what its gates say.
    static func policy(for goal: Goal, _ registry: Registry) throws(Failure) -> EditPolicy {
        if let editable = goal.editable { return EditPolicy(editable: editable) }
        if let protect = goal.protect { return EditPolicy(protect: protect) }
        var policy = EditPolicy()
        for gate in goal.judge.gates(at: FieldPath()) {
            let protection = try registry.gate(gate.id).protection
            policy.protect += protection.protect
            policy.sections += protection.sections
        }
        return policy
    }

    private func judge(_ judge: Judge, _ place: JudgedPlace, naming: Bool) async throws(Failure) -> Verdict {
        switch judge {
        case .gate(let id, let settings):
            let verdict = try await ask(id, settings, place)
            return naming ? verdict.named(id) : verdict
        case .all(let parts):
            let verdicts = try await each(parts, place)
            guard let scored = parts.firstIndex(where: \.isBest) else { return Verdict(all: verdicts) }
            return Verdict(all: verdicts, scoredBy: scored)
        case .best(let part):
            return try await self.judge(part, place, naming: naming).scored
        case .any(let parts):
            return Verdict(any: try await each(parts, place))
        case .not(let part):
            return try await self.judge(part, place, naming: naming).negated
        }
    }

    /// The verdicts of all parts, in their order: side by side those that measure nothing, and the others alone after them.
    ///
    /// - Throws: what the first part that gave no verdict says, when all have ended; which of them was slower says nothing.
    private func each(_ parts: [Judge], _ place: JudgedPlace) async throws(Failure) -> [Verdict] {
        let besides = parts.indices.filter { !measures(parts[$0]) }
        var results = await Self.sideBySide(besides) { await self.result(parts[$0], place) }
        for index in parts.indices where results[index] == nil { results[index] = await result(parts[index], place) }
        var verdicts: [Verdict] = []
        for index in parts.indices { if let result = results[index] { verdicts.append(try result.get()) } }
        return verdicts
    }

    private func measures(_ part: Judge) -> Bool {
        part.gates(at: FieldPath()).contains { registry.gates[$0.id]?.measures == true }
    }

    private func result(_ part: Judge, _ place: JudgedPlace) async -> Result<Verdict, Failure> {
        do throws(Failure) { return .success(try await judge(part, place, naming: true)) } catch {
            return .failure(error)
        }
    }

    /// Does work for each of these, so many at a time as the machine has processors, and two at least.
    private static func sideBySide<Value: Sendable>(
        _ indices: [Int],
        _ work: @escaping @Sendable (Int) async -> Value
    ) async -> [Int: Value] {
        await withTaskGroup(of: (Int, Value).self) { group in
            var (waiting, done) = (indices[...], [Int: Value]())
            func begin() {
                if let index = waiting.popFirst() { group.addTask { (index, await work(index)) } }
            }
            for _ in 0..<max(2, ProcessInfo.processInfo.activeProcessorCount) { begin() }
            while let (index, value) = await group.next() {
                done[index] = value
                begin()
            }
            return done
        }
    }

    private func ask(_ id: ModuleID, _ settings: JSONValue, _ place: JudgedPlace) async throws(Failure) -> Verdict {
        let factory = try registry.gate(id)
        let gate: any Gate
        do throws(FieldProblems) { gate = try factory.make(settings) } catch { throw error.failure }
        let room = try await rooms.take(for: place.workspace)
        var judge = self
        judge.before = before.own(by: id)
        let verdict: Result<Verdict, Failure>
        do throws(Failure) {
            verdict = .success(
                try await withBase(of: place, room.directory) { [judge] base throws(Failure) in
                    try await judge.ask(gate, room.workspace, room.directory, base, place.run)
                }
            )
        } catch {
            verdict = .failure(error)
        }
        place.note(await rooms.leave(room))
        return try verdict.get()
    }

    private func ask(
        _ gate: any Gate,
        _ place: Workspace,
        _ directory: ScratchDirectory,
        _ base: BaseTree,
        _ run: RunID
    ) async throws(Failure) -> Verdict {
        let pieces = redactor.pieces()
        let show: @Sendable (String) -> Void = { if !$0.isEmpty { emit(run, .check(output: $0)) } }
        var context = GateContext(
            scratch: directory.path,
            progress: { show(pieces?.next($0) ?? $0) },
            base: { point throws(Failure) in try await base.workspace(at: point) }
        )
        if let ask { context.ask = ask }
        (context.failedBefore, context.allBefore) = (before.failed, before.all)
        do throws(Failure) {
            let verdict = try await gate.judge(place, in: context)
            if let pieces { show(pieces.end()) }
            return redactor.clean(verdict)
        } catch {
            throw redactor.clean(error)
        }
    }
}

extension Registry {
    /// - Throws: ``Failure/Kind/missing`` for a gate that is not there, with the nearest that is.
    func gate(_ id: ModuleID) throws(Failure) -> GateFactory {
        guard let gate = gates[id] else {
            let near = Suggestion.sentence(for: id.value, among: gates.keys.map(\.value))
            throw Failure(.missing, "There is no gate '\(id)'.\(near)")
        }
        return gate
    }
}
