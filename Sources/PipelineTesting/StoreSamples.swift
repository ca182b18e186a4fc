public import PipelineEngine
public import PipelineKit

/// Events and summaries for tests of stores: their content says which run and number they belong to.
public enum StoreSamples {
    /// 2026-01-01T00:00:00Z, from which the samples count a millisecond per event.
    public static let start = Instant(milliseconds: 1_767_225_600_000)

    public static func event(_ sequence: Int, of run: RunID, type: String = "noted") -> StoredEvent {
        let body = Array("{\"run\":\"\(run)\",\"number\":\(sequence)}".utf8)
        let at = Instant(milliseconds: start.milliseconds + sequence)
        return StoredEvent(
            sequence: sequence,
            type: type,
            version: 1,
            body: body,
            at: at,
            digest: Digest(of: body)
        )
    }

    public static func summary(
        of run: RunID,
        at sequence: Int,
        status: RunStatus = .running,
        updatedAt: Instant? = nil,
        wakeAt: Instant? = nil,
        pipeline: String = "fix-tests",
        details: JSONValue? = nil
    ) -> RunSummary {
        RunSummary(
            run: run,
            pipeline: pipeline,
            status: status,
            sequence: sequence,
            startedAt: start,
            updatedAt: updatedAt ?? Instant(milliseconds: start.milliseconds + sequence),
            wakeAt: wakeAt,
            details: details
                ?? ["goal": "pytest", "iteration": .int(sequence), "approvals": [["id": "a1", "open": true]]]
        )
    }

    /// The events of a run with these numbers.
    public static func batch(_ numbers: ClosedRange<Int>, of run: RunID, artifacts: [Artifact] = []) -> Batch {
        Batch(
            run: run,
            events: numbers.map { event($0, of: run) },
            summary: summary(of: run, at: numbers.upperBound),
            artifacts: artifacts
        )
    }
}
