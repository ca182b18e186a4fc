import PipelineKit

/// A run that this process works on.
struct LivePlace {
    let run: LiveRun
    /// When its claim is to be renewed.
    var renewal: Instant
    /// The sequence of what this process had recorded when the run was looked at last.
    var recorded = 0
}

/// Who attends to the runs that are under way.
struct Attention {
    /// The run whose driver does it for all of them.
    var attendant: RunID?
    /// When they are looked at the next time; `nil` while there are none.
    var look: Instant?
    /// The runs whose claims are being renewed, and who waits until that is over.
    var renewing: [RunID: [CheckedContinuation<Void, Never>]] = [:]
}

// Renews the claims, and takes in what other processes record. The driver of one run does it for all of this process: a
// task and a timer for each would be a good part of what a run takes while it waits, and a question to the store a second.
extension RunKeeper {
    /// - Returns: whether the driver of this run is to attend to all from now on.
    func takeAttention(_ id: RunID) -> Bool {
        guard attention.attendant == nil, live[id] != nil else { return false }
        attention.attendant = id
        attention.look = attention.look ?? clock.now() + Self.glance
        return true
    }

    /// Sees to it that others are attended to, and that nobody renews the claim of a run that is over and about to be given
    /// back.
    func leaveAttention(_ id: RunID) async {
        if live.isEmpty { attention.look = nil }
        await passAttentionOn()
        if attention.renewing[id] != nil { await withCheckedContinuation { attention.renewing[id]?.append($0) } }
    }

    /// Attends to all runs until the task is cancelled, because the run of its driver is over.
    func attend(for id: RunID) async {
        while !Task.isCancelled, let look = attention.look {
            await clock.sleep(look)
            if !Task.isCancelled { await takeInNews() }
            if !Task.isCancelled { await renewClaims() }
            // A look that was cut short is made again by whoever comes next.
            if !Task.isCancelled { attention.look = clock.now() + Self.glance }
        }
        attention.attendant = nil
        await passAttentionOn(except: id)
    }

    /// Has the driver of some run take it. One that is over itself does not, and passes it on in its turn.
    private func passAttentionOn(except id: RunID? = nil) async {
        guard attention.attendant == nil, let other = live.first(where: { $0.key != id }) else { return }
        await other.value.run.lookAround()
    }

    /// What others have recorded would have been in the way of what this process recorded, so only runs for which it
    /// recorded nothing are asked about, all at once.
    private func takeInNews() async {
        var quiet: [RunID: (run: LiveRun, sequence: Int)] = [:]
        for (id, place) in live {
            let (recorded, sequence) = await place.run.ends(at: clock.now())
            if recorded == place.recorded { quiet[id] = (place.run, sequence) }
            live[id]?.recorded = recorded
        }
        guard !quiet.isEmpty else { return }
        do throws(StoreError) {
            let ends = try await store.sequences(of: Array(quiet.keys))
            for (id, known) in quiet where ends[id, default: 0] > known.sequence { await known.run.takeInNews() }
        } catch {
            for known in quiet.values { await known.run.stop(.store(error)) }
        }
    }

    /// Side by side, so that they share a commit.
    private func renewClaims() async {
        let now = clock.now()
        let due = live.filter { $0.value.renewal <= now }.keys
        await withDiscardingTaskGroup { group in
            for id in due { group.addTask { await self.renew(id) } }
        }
    }

    private func renew(_ id: RunID) async {
        guard let run = live[id]?.run, attention.renewing[id] == nil else { return }
        attention.renewing[id] = []
        do throws(ServiceError) {
            try await claim(id)
            live[id]?.renewal = clock.now() + Self.heartbeat
        } catch {
            await run.stop(error)
        }
        for waiter in attention.renewing.removeValue(forKey: id) ?? [] { waiter.resume() }
    }
}
