import PipelineKit

extension Decider {
    func beginCheck(_ name: CheckName, _ snapshot: SnapshotID) throws(Refusal) -> [Event.Payload] {
        guard state.phase == .checking(name) else { throw .outdated }
        // After a restart the check begins again; nothing new happened unless the workspace differs.
        if state.openCheck == name, state.snapshots[name.iteration] == snapshot { return [] }
        return [.checkStarted(name, snapshot: snapshot)]
    }

    func finishCheck(_ name: CheckName, _ result: CheckResult) throws(Refusal) -> [Event.Payload] {
        guard state.phase == .checking(name), state.openCheck == name else { throw .outdated }
        return [.checkFinished(name, result)] + (result.holds ? afterYes(name, result) : afterNo(name, result))
    }

    private func afterYes(_ name: CheckName, _ result: CheckResult) -> [Event.Payload] {
        if name.iteration == 0, state.goal?.mustFailFirst == true {
            let reason =
                "The goal holds before any work, and 'must_fail_first' asks for one that does not: \(result.reason)"
            return [.runFinished(.notAchieved, reason: reason)]
        }
        if name.round < state.goal?.confirm ?? 1 { return [] }
        if name.iteration == 0, state.worksAnyway { return [] }
        if name.iteration > 0, human.gate == .afterCheck {
            return [question(.check(name), "The goal holds. End the run? \(result.reason)", shown: shown(result))]
        }
        return [.runFinished(.achieved, reason: result.reason)]
    }

    private func afterNo(_ name: CheckName, _ result: CheckResult) -> [Event.Payload] {
        if let failure = result.failure, name.iteration == 0 || failure.isForAPerson {
            return [.runFinished(.failed, reason: "The goal could not be checked. \(failure.message)")]
        }
        guard name.iteration > 0 else { return [] }
        let best = state.facts.best(with: name, result)
        if name.iteration >= state.iterationLimit { return end(with: outOfIterations(result), best) }
        guard [.afterCheck, .afterFailedCheck].contains(human.gate) else { return [] }
        let opening = Report.opening(result, after: name, of: nil, best: best)
        return [question(.check(name), "\(opening) Go on? \(result.reason)", shown: shown(result))]
    }

    func outOfIterations(_ result: CheckResult?) -> Event.Payload {
        let count = state.iterationLimit
        let reason = "The goal does not hold after \(count) iteration\(count == 1 ? "" : "s"). \(result?.reason ?? "")"
        return .runFinished(.notAchieved, reason: reason)
    }

    private func shown(_ result: CheckResult) -> Digest { Digest(of: Array(result.reason.utf8)) }
}

extension Failure {
    /// Whether the model cannot mend this and trying again is in vain.
    var isForAPerson: Bool { kind == .missing || kind == .invalidInput || kind == .denied }
}
