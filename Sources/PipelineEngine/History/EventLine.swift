public import PipelineKit

/// An event as one line of JSON, as it is shown, exported and verified.
///
/// `{"at":"2026-11-21T09:30:00.250Z","body":{…},"digest":"…","run":"…","sequence":1,"type":"run.started","version":1}`
public struct EventLine: Sendable, Hashable {
    public var run: RunID
    public var event: Event

    public init(_ event: Event, of run: RunID) {
        self.run = run
        self.event = event
    }

    public var json: JSONValue {
        [
            "run": .string(run.value), "sequence": .int(event.sequence), "at": .string(event.at.description),
            "type": .string(event.payload.type), "version": 1, "body": .object(event.payload.body),
            "digest": .string("\(event.digest)"),
        ]
    }

    /// Reads a line, and checks it against the one before it.
    ///
    /// - Throws: ``StoreError/unreadable(_:)`` with what is wrong, when the line is no event or the chain is broken.
    public init(_ line: String, after sequence: Int, head: Digest) throws(StoreError) {
        let json: JSONValue
        do throws(JSONError) {
            json = try JSONValue(parsing: line)
        } catch {
            throw .unreadable("The line after event \(sequence) is not JSON: \(error)")
        }
        guard let run = json["run"]?.text, let number = json["sequence"]?.integer, let type = json["type"]?.text,
            let at = json["at"]?.text.flatMap(Instant.init), let version = json["version"]?.integer,
            let body = json["body"], let digest = json["digest"]?.text.flatMap(Digest.init)
        else {
            throw .unreadable("The line after event \(sequence) is not an exported event.")
        }
        let row = StoredEvent(
            sequence: number,
            type: type,
            version: version,
            body: body.encoded(.compact),
            at: at,
            digest: digest
        )
        if let problem = Chain.problem(with: row, after: sequence, head: head) { throw .unreadable(problem) }
        self.run = RunID(run)
        event = try EventCodec.decode(row)
    }
}
