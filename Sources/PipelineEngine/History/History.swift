import PipelineKit

/// Reads histories from a store, in pages, checking the chain on the way.
enum History {
    /// Pages that are read while one is taken in: so many that neither side has to wait for the other to wake up.
    private static let ahead = 6

    /// Hands every event after a state to `body`, in order.
    ///
    /// - Throws: ``ServiceError/store(_:)`` at the first event that is missing, changed or unknown.
    static func read(
        _ run: RunID,
        in store: any EventStore,
        after state: RunState,
        _ body: (Event) -> Void
    ) async throws(ServiceError) {
        let place = HistoryPage.Place(sequence: state.sequence, head: state.head)
        let first = try await HistoryPage.read(run, in: store, after: place).get()
        if first.isFull { return try await readOn(run, in: store, from: first, body) }
        for event in first.events { body(event) }
    }

    /// Takes in pages one after the other while the next ones are read, checked and decoded beside that.
    ///
    /// Never inlined: what it works with has room in the frame of whoever begins it, and nearly all histories are short.
    @inline(never)
    private static func readOn(
        _ run: RunID,
        in store: any EventStore,
        from first: HistoryPage,
        _ body: (Event) -> Void
    ) async throws(ServiceError) {
        try await withTaskGroup(
            of: (Int, Result<HistoryPage, ServiceError>).self,
            returning: Result<Void, ServiceError>.self
        ) { group in
            defer { group.cancelAll() }
            var (page, begun) = (first, 0)
            var come: [Int: Result<HistoryPage, ServiceError>] = [:]
            for number in 0... {
                while begun < number + ahead {
                    let (turn, last) = (begun, first.end.sequence + begun * HistoryPage.size)
                    group.addTask { (turn, await HistoryPage.read(run, in: store, afterEvent: last)) }
                    begun += 1
                }
                for event in page.events { body(event) }
                guard page.isFull else { break }
                while come[number] == nil, let (turn, result) = await group.next() { come[turn] = result }
                do throws(ServiceError) {
                    guard let next = try come.removeValue(forKey: number)?.get() else { break }
                    try next.check(follows: page, of: run)
                    page = next
                } catch {
                    return .failure(error)
                }
            }
            return .success(())
        }.get()
    }
}
