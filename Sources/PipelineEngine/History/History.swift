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
        while let last = rows.last {
            let (this, begin) = (rows, place)
            guard this.count == page else {
                if let problem = begin.problem(with: this) { throw damaged(run, problem) }
                return try take(this, body)
            }
            async let problem = checking(this, from: begin)
            async let next = Self.rows(of: run, in: store, after: last.sequence)
            let outcome = Result { () throws(ServiceError) in try take(this, body) }
            if let problem = await problem { throw damaged(run, problem) }
            try outcome.get()
            rows = try await next.get()
            place = Place(sequence: last.sequence, head: last.digest)
        }
    }

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
