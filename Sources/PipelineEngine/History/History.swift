import PipelineKit

/// Reads histories from a store, in pages, checking the chain on the way.
enum History {
    private static let page = 1_000

    /// Hands every event after a state to `body`, in order.
    ///
    /// - Throws: ``ServiceError/store(_:)`` at the first event that is missing, changed or unknown.
    static func read(
        _ run: RunID,
        in store: any EventStore,
        after state: RunState,
        _ body: (Event) -> Void
    ) async throws(ServiceError) {
        var (sequence, head) = (state.sequence, state.head)
        while true {
            let rows = try await rows(of: run, in: store, after: sequence)
            for row in rows {
                if let problem = Chain.problem(with: row, after: sequence, head: head) {
                    throw .store(.unreadable("The history of run '\(run)' is damaged. \(problem)"))
                }
                do throws(StoreError) { body(try EventCodec.decode(row)) } catch { throw .store(error) }
                (sequence, head) = (row.sequence, row.digest)
            }
            if rows.count < page { return }
        }
    }

    private static func rows(
        of run: RunID,
        in store: any EventStore,
        after sequence: Int
    ) async throws(ServiceError) -> [StoredEvent] {
        do throws(StoreError) {
            return try await store.events(of: run, after: sequence, limit: page)
        } catch {
            throw .store(error)
        }
    }
}
