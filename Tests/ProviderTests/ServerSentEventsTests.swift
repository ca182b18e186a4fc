import PipelineKit
import ProviderKit
import Testing

struct ServerSentEventsTests {
    static let table: [(stream: String, events: [ServerSentEvent])] = [
        ("data: a\n\n", [ServerSentEvent(data: "a")]),
        ("data: a\r\n\r\n", [ServerSentEvent(data: "a")]),
        ("data: a\r\r", [ServerSentEvent(data: "a")]),
        ("data: a\r\n\rdata: b\n\r\n", [ServerSentEvent(data: "a"), ServerSentEvent(data: "b")]),
        ("data:a\ndata:  b\ndata\n\n", [ServerSentEvent(data: "a\n b\n")]),
        ("data\n\n", [ServerSentEvent(data: "")]),
        (": a comment\n\n:\n\n", []),
        ("event: ping\n\ndata: a\n\n", [ServerSentEvent(data: "a")]),
        ("event: error\ndata: {}\n\n", [ServerSentEvent(type: "error", data: "{}")]),
        (
            "id: 7\ndata: a\n\ndata: b\n\n",
            [ServerSentEvent(data: "a", lastID: "7"), ServerSentEvent(data: "b", lastID: "7")]
        ),
        ("id: 7\nid: 8\0\ndata: a\n\n", [ServerSentEvent(data: "a", lastID: "7")]),
        ("id: 7\nid\ndata: a\n\n", [ServerSentEvent(data: "a")]),
        ("\u{FEFF}data: a\n\n", [ServerSentEvent(data: "a")]),
        ("\u{FEFF}\u{FEFF}data: a\n\n", []),
        ("\n\n\r\n\rdata: a\n\n", [ServerSentEvent(data: "a")]),
        ("unknown: x\ndata: a: b\n\n", [ServerSentEvent(data: "a: b")]),
        ("data: Grüße 👩‍🚀\n\n", [ServerSentEvent(data: "Grüße 👩‍🚀")]),
        ("data: not the end\n", []),
        ("data: a\n\ndata: lost", [ServerSentEvent(data: "a")]),
    ]

    @Test(arguments: table.indices)
    func eventsAreReadByTheStandard(row: Int) throws {
        var reader = ServerSentEventReader()
        #expect(try reader.take(Array(Self.table[row].stream.utf8)) == Self.table[row].events)
    }

    @Test(arguments: table.indices)
    func itDoesNotMatterWhereTheStreamIsCut(row: Int) throws {
        let (stream, events) = Self.table[row]
        let bytes = Array(stream.utf8)
        for first in bytes.indices {
            for second in first..<bytes.count {
                var reader = ServerSentEventReader()
                let parts = [Array(bytes[..<first]), Array(bytes[first..<second]), Array(bytes[second...])]
                #expect(try parts.flatMap { try reader.take($0) } == events, "cut at \(first) and \(second)")
            }
        }
    }

    @Test func bytesThatAreNoTextAreReplaced() throws {
        var reader = ServerSentEventReader()
        let events = try reader.take(Array("data: a".utf8) + [0xFF] + Array("b\n\n".utf8))
        #expect(events == [ServerSentEvent(data: "a\u{FFFD}b")])
    }

    @Test func theStreamMaySayWhenToComeBack() throws {
        var reader = ServerSentEventReader()
        _ = try reader.take(Array("retry: 1500\nretry: soon\nretry\n\n".utf8))
        #expect(reader.retryMilliseconds == 1500)
    }

    @Test(arguments: ["data: 12345", "data: 1\ndata: 2", ":234567890a"])
    func anEventHasALimit(stream: String) {
        let failure = Failure(.unavailable, "The stream holds an event of more than 10 B.")
        #expect(throws: failure) {
            var reader = ServerSentEventReader(limit: 10)
            for byte in stream.utf8 { _ = try reader.take([byte]) }
        }
    }

    @Test func theLimitIsForEachEvent() throws {
        var reader = ServerSentEventReader(limit: 10)
        let events = try (0..<100).flatMap { _ in try reader.take(Array("data: 1234\n\n".utf8)) }
        #expect(events.count == 100)
    }
}
