import PipelineKit

/// Some events of a history that follow each other, read from a store and checked.
struct HistoryPage: Sendable {
    static let size = 500
    /// Of the first page: what follows a short one is begun the earlier, and most histories are no longer.
    private static let first = 250

    /// Where in a chain somebody is.
    struct Place: Sendable, Equatable {
        var sequence: Int
        var head: Digest
    }

    /// What they follow.
    private let begin: Place
    let events: [Event]
    /// Whether there may be more.
    let isFull: Bool

    var end: Place { events.last.map { Place(sequence: $0.sequence, head: $0.digest) } ?? begin }

    /// The first page, after a place that is known to be right.
    @concurrent
    static func read(
        _ run: RunID,
        in store: any EventStore,
        after place: Place
    ) async -> Result<HistoryPage, ServiceError> {
        await result { () async throws(ServiceError) in
            let rows = try await rows(run, in: store, after: place.sequence, first)
            return try HistoryPage(rows[...], after: place, of: run, isFull: rows.count == first)
        }
    }

    /// A page after an event of which only the number is known; whether it is right is for ``check(follows:of:)`` to
    /// say.
    @concurrent
    static func read(
        _ run: RunID,
        in store: any EventStore,
        afterEvent sequence: Int
    ) async -> Result<HistoryPage, ServiceError> {
        await result { () async throws(ServiceError) in
            let rows = try await rows(run, in: store, after: sequence - 1, size + 1)
            // Without the event itself there is nothing after it either: it is checked, as the last of the page before.
            let place = Place(sequence: sequence, head: rows.first?.digest ?? Chain.start)
            return try HistoryPage(rows.dropFirst(), after: place, of: run, isFull: rows.count == size + 1)
        }
    }

    /// - Throws: ``ServiceError/store(_:)`` when the page does not begin where another one ends.
    func check(follows other: HistoryPage, of run: RunID) throws(ServiceError) {
        guard events.isEmpty || begin == other.end else {
            throw .damaged(run, "Event \(other.end.sequence) was changed while it was read.")
        }
    }

    private init(_ rows: ArraySlice<StoredEvent>, after place: Place, of run: RunID, isFull: Bool)
        throws(ServiceError)
    {
        var last = place
        var events: [Event] = []
        events.reserveCapacity(rows.count)
        for row in rows {
            if let problem = Chain.problem(with: row, after: last.sequence, head: last.head) {
                throw .damaged(run, problem)
            }
            last = Place(sequence: row.sequence, head: row.digest)
            do throws(StoreError) { events.append(try EventCodec.decode(row)) } catch { throw .store(error) }
        }
        begin = place
        self.isFull = isFull
        self.events = events
    }

    private static func rows(_ run: RunID, in store: any EventStore, after sequence: Int, _ limit: Int)
        async throws(ServiceError) -> [StoredEvent]
    {
        do throws(StoreError) {
            return try await store.events(of: run, after: sequence, limit: limit)
        } catch {
            throw .store(error)
        }
    }

    private static func result(
        _ body: () async throws(ServiceError) -> HistoryPage
    ) async -> Result<HistoryPage, ServiceError> {
        do throws(ServiceError) { return .success(try await body()) } catch { return .failure(error) }
    }
}

extension ServiceError {
    static func damaged(_ run: RunID, _ problem: String) -> ServiceError {
        .store(.unreadable("The history of run '\(run)' is damaged. \(problem)"))
    }
}
