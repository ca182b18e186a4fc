import PipelineKit

/// Reads histories from a store, in pages, checking the chain on the way.
enum History {
    private static let page = 1_000

    /// Rows that stand as they were recorded, and where they end.
    private struct Page: Sendable {
        var rows: [StoredEvent]
        var end: Place
    }

    /// Hands every event after a state to `body`, in order.
    ///
    /// A page is read and checked while the one before it is taken in.
    ///
    /// - Throws: ``ServiceError/store(_:)`` at the first event that is missing, changed or unknown.
    static func read(
        _ run: RunID,
        in store: any EventStore,
        after state: RunState,
        _ body: (Event) -> Void
    ) async throws(ServiceError) {
        let place = Place(sequence: state.sequence, head: state.head)
        var page = try await page(of: run, in: store, after: place).get()
        while page.rows.count == Self.page { page = try await take(page, of: run, in: store, body) }
        try take(page.rows, body)
    }

    /// Takes in a page, and reads the next one beside that.
    ///
    /// Never inlined: the task has room in the frame of whoever begins it, and nearly all histories are short.
    @inline(never)
    private static func take(
        _ page: Page,
        of run: RunID,
        in store: any EventStore,
        _ body: (Event) -> Void
    ) async throws(ServiceError) -> Page {
        async let next = Self.page(of: run, in: store, after: page.end)
        let outcome = Result { () throws(ServiceError) in try take(page.rows, body) }
        let read = await next
        try outcome.get()
        return try read.get()
    }

    /// Never inlined, for the same reason.
    @inline(never)
    private static func take(_ rows: [StoredEvent], _ body: (Event) -> Void) throws(ServiceError) {
        for row in rows {
            do throws(StoreError) { body(try EventCodec.decode(row)) } catch { throw .store(error) }
        }
    }

    @concurrent
    private static func page(
        of run: RunID,
        in store: any EventStore,
        after place: Place
    ) async -> Result<Page, ServiceError> {
        do throws(StoreError) {
            var page = Page(rows: try await store.events(of: run, after: place.sequence, limit: page), end: place)
            if let problem = page.end.pass(page.rows) {
                throw .unreadable("The history of run '\(run)' is damaged. \(problem)")
            }
            return .success(page)
        } catch {
            return .failure(.store(error))
        }
    }
}

/// Where in a chain somebody is.
private struct Place: Sendable {
    var sequence: Int
    var head: Digest

    /// Goes on to the end of these rows.
    ///
    /// - Returns: what is wrong with the first of them that is not right.
    mutating func pass(_ rows: [StoredEvent]) -> String? {
        for row in rows {
            if let problem = Chain.problem(with: row, after: sequence, head: head) { return problem }
            self = Place(sequence: row.sequence, head: row.digest)
        }
        return nil
    }
}
