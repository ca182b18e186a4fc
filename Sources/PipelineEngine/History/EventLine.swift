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

    public var text: String { String(decoding: encoded, as: UTF8.self) }

    /// The text in UTF-8.
    public var encoded: [UInt8] {
        var writer = JSONWriter(capacity: 512)
        write(to: &writer)
        return writer.bytes
    }

    /// Writes the line as a value, its members sorted as a ``JSONValue`` sorts them.
    public func write(to writer: inout JSONWriter) {
        let row = EventCodec.encode(event.payload)
        writer.object {
            $0.member("at", event.at.description)
            $0.member("body") { $0.write(encoded: row.body) }
            $0.member("digest", "\(event.digest)")
            $0.member("run", run.value)
            $0.member("sequence", event.sequence)
            $0.member("type", row.type)
            $0.member("version", row.version)
        }
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
