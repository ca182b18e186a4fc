public import PipelineKit

// What every store decides in the same way; a store only brings the rows.

extension Batch {
    /// Checks that the events carry on a history that ends at `last`, 0 for an unknown run.
    ///
    /// - Throws: ``StoreError/conflict(expected:found:)`` at the first number that is not the next one.
    public func check(after last: Int) throws(StoreError) {
        var end = last
        for event in events {
            guard event.sequence > 0, event.sequence - 1 == end else {
                throw .conflict(expected: event.sequence &- 1, found: end)
            }
            end = event.sequence
        }
    }

    /// The row to keep, under the run and the sequence of this batch whatever the summary says; `nil` for the row that is
    /// there.
    public var row: RunSummary? {
        guard var row = summary else {
            precondition((events.first?.sequence ?? 0) > 1, "The first events of run '\(run)' come without a row.")
            return nil
        }
        row.run = run
        row.sequence = events.last?.sequence ?? row.sequence
        return row
    }
}

extension Claim {
    /// Whether this claim keeps others out at `now`; an owner never keeps itself out.
    public func holds(against owner: String, at now: Instant, overriding dead: String?) -> Bool {
        self.owner != owner && self.owner != dead && until > now
    }
}

extension RunQuery {
    /// Whether a list shows this row, apart from the limit.
    public func matches(_ row: RunSummary) -> Bool {
        statuses.map { $0.contains(row.status) } ?? true
            && updatedBefore.map { row.updatedAt < $0 } ?? true
            && dueBy.map { deadline in row.wakeAt.map { $0 <= deadline } ?? false } ?? true
            && pipeline.map { row.pipeline == $0 } ?? true
            && project.map { row.project == $0 } ?? true
            && origin.map { row.origin == $0 } ?? true
            && group.map { row.group == $0 } ?? true
            && (!isAsking || row.isAsking)
            && (!isOwn || row.parent == nil)
            && after.map { $0.precedes(Place(of: row)) } ?? true
    }
}

extension UnclaimedQuery {
    /// Whether this run may be taken up, apart from the limit.
    public func matches(_ row: RunSummary, _ claim: Claim?) -> Bool {
        row.status == .running && row.updatedAt < updatedBefore
            && claim.map { $0.until <= now || dead.contains($0.owner) } ?? true
            && after.map { RunQuery.Place(of: row).precedes($0) } ?? true
    }
}

extension RunQuery.Place {
    /// The order of a list: by time, then by the bytes of the id, which is how databases compare text.
    public func precedes(_ other: Self) -> Bool {
        guard updatedAt == other.updatedAt else { return updatedAt > other.updatedAt }
        return other.run.value.utf8.lexicographicallyPrecedes(run.value.utf8)
    }
}
