import PipelineKit
import Synchronization

// One task hands out to all followers. All it shares with the runs is the queue.
extension EventFeed {
    /// How many events are read at once.
    private static let page = 500
    /// How far back a first follower begins where a run has just been moved on. An event is dated when it is decided
    /// upon, and is there once the disk has it.
    private static let slack = Duration.seconds(30)

    /// Hands out until the task is cancelled.
    func pump() async {
        let (signals, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        wake(signal)
        await withDiscardingTaskGroup { group in
            group.addTask {
                while !Task.isCancelled {
                    await self.clock.sleep(self.clock.now() + Self.interval)
                    self.lookSoon()
                }
            }
            for await _ in signals { await handOut() }
            group.cancelAll()
        }
        wake(nil)
    }

    /// Hands out what there is now.
    func handOut() async {
        if takeLook() { await look() }
        for run in state.withLock(\.behind) { await begin(run) }
        for item in takeQueue() { await pass(item) }
        for run in state.withLock(\.behind) { await catchUp(run) }
    }

    /// Asks the store, for all runs at once, which of them have been moved on.
    private func look() async {
        let runs = state.withLock { $0.followed.filter { $0.value.last != nil }.map(\.key) }
        guard !runs.isEmpty, let found = try? await store.sequences(of: runs) else { return }
        state.withLock { state in
            for (run, sequence) in found where state.followed[run]?.last.map({ $0 < sequence }) ?? false {
                state.behind.insert(run)
            }
        }
    }

    /// Finds where the first follower of a run begins, so that it has all that was recorded since it registered.
    private func begin(_ run: RunID) async {
        guard let followed = state.withLock({ $0.followed[run] }), followed.last == nil else { return }
        guard let last = try? await end(of: run, before: followed.since + (.zero - Self.slack)) else { return }
        state.withLock { state in
            if state.followed[run]?.number == followed.number { state.followed[run]?.last = last }
        }
    }

    /// A sequence up to which everything is older than a moment, and at most a hundred events before the last such one.
    private func end(of run: RunID, before moment: Instant) async throws(StoreError) -> Int {
        guard let row = try await store.summary(of: run) else { return 0 }
        var (last, isOlder) = (row.sequence, row.updatedAt < moment)
        while !isOlder, last > 0 {
            last = max(0, last - 100)
            isOlder = try await store.events(of: run, after: last, limit: 1).first.map { $0.at < moment } ?? false
        }
        return last
    }

    private func pass(_ item: Item) async {
        let (followed, isBehind) = state.withLock { ($0.followed[item.run], $0.behind.contains(item.run)) }
        guard let followed, let last = followed.last else { return }
        switch item {
        case .event(let run, let event):
            if event.sequence == last + 1 { return deliver(item, to: followed.number, sequence: event.sequence) }
            if event.sequence > last { await catchUp(run) }
        case .piece:
            // Between events that are missing, nobody knows what it belongs to.
            if !isBehind { deliver(item, to: followed.number, sequence: nil) }
        }
    }

    /// Hands out what the store holds beyond what was handed out.
    private func catchUp(_ run: RunID) async {
        let begun = state.withLock { state -> Followed? in
            guard let followed = state.followed[run], followed.last != nil else { return nil }
            state.behind.remove(run)
            return followed
        }
        guard let begun, var last = begun.last else { return }
        do throws(StoreError) {
            var isMore = true
            while isMore {
                let rows = try await store.events(of: run, after: last, limit: Self.page)
                for row in rows {
                    let event = try EventCodec.decode(row)
                    deliver(.event(run, event), to: begun.number, sequence: event.sequence)
                    last = event.sequence
                }
                isMore = rows.count == Self.page && state.withLock { $0.followed[run]?.number == begun.number }
            }
        } catch {
            state.withLock { state in
                if state.followed[run]?.number == begun.number { state.behind.insert(run) }
            }
        }
    }

    private func deliver(_ item: Item, to number: Int, sequence: Int?) {
        let receivers = state.withLock { state -> [Receiver] in
            guard let followed = state.followed[item.run], followed.number == number else { return [] }
            if let sequence { state.followed[item.run]?.last = sequence }
            return Array(followed.receivers.values)
        }
        for receive in receivers { receive(item) }
    }
}
