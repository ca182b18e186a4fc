import PipelineKit

/// Reads histories from a store, in pages, checking the chain on the way.
enum History {
    private static let page = 1_000

    /// Hands every event after a state to `body`, in order.
    ///
    /// A long history is read, checked and taken in side by side, so `body` may have been handed events from a damaged
    /// page before that is told.
    ///
    /// - Throws: ``ServiceError/store(_:)`` at the first event that is missing, changed or unknown.
    static func read(
        _ run: RunID,
        in store: any EventStore,
        after state: RunState,
        _ body: (Event) -> Void
    ) async throws(ServiceError) {
        var place = Place(sequence: state.sequence, head: state.head)
        var rows = try await rows(of: run, in: store, after: place.sequence).get()
        while rows.count == page, let last = rows.last {
            rows = try await take(rows, from: place, to: last.sequence, of: run, in: store, body)
            place = Place(sequence: last.sequence, head: last.digest)
        }
        if let problem = place.problem(with: rows) { throw damaged(run, problem) }
        try take(rows, body)
    }

    /// Checks and takes in a whole page, and reads the next one beside that.
    ///
    /// Never inlined: the two tasks have room in the frame of whoever begins them, and nearly all histories are short.
    @inline(never)
    private static func take(
        _ rows: [StoredEvent],
        from place: Place,
        to last: Int,
        of run: RunID,
        in store: any EventStore,
        _ body: (Event) -> Void
    ) async throws(ServiceError) -> [StoredEvent] {
        async let problem = checking(rows, from: place)
        async let next = Self.rows(of: run, in: store, after: last)
        let outcome = Result { () throws(ServiceError) in try take(rows, body) }
        if let problem = await problem { throw damaged(run, problem) }
        try outcome.get()
        return try await next.get()
    }

    /// Never inlined, for the same reason.
    @inline(never)
    private static func take(_ rows: [StoredEvent], _ body: (Event) -> Void) throws(ServiceError) {
        for row in rows {
            do throws(StoreError) { body(try EventCodec.decode(row)) } catch { throw .store(error) }
        }
    }

    @concurrent
    private static func checking(_ rows: [StoredEvent], from place: Place) async -> String? {
        place.problem(with: rows)
    }

    private static func damaged(_ run: RunID, _ problem: String) -> ServiceError {
        .store(.unreadable("The history of run '\(run)' is damaged. \(problem)"))
    }

    private static func rows(
        of run: RunID,
        in store: any EventStore,
        after sequence: Int
    ) async -> Result<[StoredEvent], ServiceError> {
        do throws(StoreError) {
            return .success(try await store.events(of: run, after: sequence, limit: page))
        } catch {
            return .failure(.store(error))
        }
    }
}

/// Where in a chain somebody is.
private struct Place: Sendable {
    var sequence: Int
    var head: Digest

    /// What is wrong with the first of these rows that is not right.
    func problem(with rows: [StoredEvent]) -> String? {
        var place = self
        for row in rows {
            if let problem = Chain.problem(with: row, after: place.sequence, head: place.head) { return problem }
            place = Place(sequence: row.sequence, head: row.digest)
        }
        return nil
    }
}
