import PipelineKit

// Ends of runs that come from outside, while nobody may be at work on them.
extension RunKeeper {
    /// How often a run that waits is asked for while somebody is about to let go of it, and how long it is waited in
    /// between.
    private static let attempts = 20
    private static let pause = Duration.milliseconds(100)

    /// Sends a command that may end the run.
    ///
    /// Hooks are told of that end once: by whoever works on the run, and where nobody does by this process, which holds
    /// the run meanwhile.
    func settle(_ command: RunCommand, of id: RunID) async throws(ServiceError) {
        try await settleAlone(command, of: id)
        await endAgents(of: id)
    }

    private func settleAlone(_ command: RunCommand, of id: RunID) async throws(ServiceError) {
        var attempts = Self.attempts
        while attempts > 0, try await isToTell(id) {
            attempts -= 1
            do throws(ServiceError) {
                return try await holding(id) { run throws(ServiceError) in
                    try await run.send(command)
                    try await self.tellEnd(of: run)
                }
            } catch .busy {
                if try await state(of: id).status == .running { break }  // whoever works on it hears of it
                await clock.sleep(clock.now() + Self.pause)
            }
        }
        try await send(command, to: id)
    }

    /// Whether somebody would have to tell hooks if the run ended now.
    private func isToTell(_ id: RunID) async throws(ServiceError) -> Bool {
        let state = try await state(of: id)
        return !state.isFinished && runner.tellsEnd(of: state)
    }

    /// In a task of its own: who asked for the end need not wait until all have heard of it, and they hear it all the same.
    private func tellEnd(of run: LiveRun) async throws(ServiceError) {
        let telling = Task { [runner] () async -> Result<Void, ServiceError> in
            do throws(ServiceError) { return .success(try await runner.tellEnd(of: run)) } catch {
                return .failure(error)
            }
        }
        try await telling.value.get()
    }
}
