import HTTPKit
import SocketTesting
import Testing

@testable import HTTPServer

/// Server-sent events over a real socket.
struct EventStreamTests {
    private func talk<Result: Sendable>(
        _ settings: ListenerSettings = ListenerSettings(),
        buffer: Int32 = 0,
        _ body: @escaping @Sendable (RawClient, ScriptedStream, HTTPListener) throws -> Result
    ) async throws -> Result {
        let stream = ScriptedStream()
        return try await serving(settings, stream.routes) { listener in
            let client = RawClient(listener.port, buffer: buffer)
            let response = client.ask("GET /events HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n")
            #expect(response?.status == 200)
            #expect(response?.fields["content-type"] == "text/event-stream")
            #expect(response?.fields["cache-control"] == "no-store")
            #expect(response?.fields["x-accel-buffering"] == "no")
            #expect(response?.fields["connection"] == "close")
            #expect(stream.opened.wait())
            return try body(client, stream, listener)
        }
    }

    @Test func eventsHaveTheirFieldsAndTheResponseEnds() async throws {
        let text = try await talk { client, stream, _ in
            stream.push(1, #"{"a":1}"#)
            stream.push(nil, #"{"b":2}"#, name: "piece")
            stream.push(2, "{}")
            stream.sink.close(.normal, "")
            return String(decoding: client.rest(), as: UTF8.self)
        }
        #expect(text == "id: 1\ndata: {\"a\":1}\n\nevent: piece\ndata: {\"b\":2}\n\nid: 2\ndata: {}\n\n")
    }

    @Test func aHeartbeatCarriesTheLastSequence() async throws {
        let text = try await talk(settings { $0.heartbeat = .milliseconds(60) }) { client, stream, _ in
            stream.push(7, "{}")
            return client.take(through: ": 7\n\n")
        }
        #expect(text.replacing(": 0\n\n", with: "") == "id: 7\ndata: {}\n\n: 7\n\n")
    }

    @Test func aClientThatGoesIsNoticedAtOnce() async throws {
        let (isClosed, streams) = try await talk { client, stream, listener in
            client.endSending()
            return (stream.closed.wait(), listener.figures.streams)
        }
        #expect(isClosed)
        #expect(streams == 0)
    }

    @Test func whoReadsTooSlowlyIsCutOff() async throws {
        let figures = try await talk(settings { $0.outputLimit = 64 << 10 }, buffer: 4096) { _, stream, listener in
            while listener.figures.dropped == 0 { stream.push(nil, String(repeating: "x", count: 1000)) }
            stream.closed.wait()
            return listener.figures
        }
        #expect(figures.dropped == 1)
        #expect(figures.streams == 0)
    }

    @Test func aStreamIsReportedWhenItHasEnded() async throws {
        let finished = Collected<FinishedRequest>()
        let stream = ScriptedStream()
        try await serving(ListenerSettings(), stream.routes, observe: finished.add) { listener in
            let client = RawClient(listener.port)
            _ = client.ask("GET /events HTTP/1.1\r\nHost: a\r\n\r\n")
            stream.opened.wait()
            #expect(finished.all.isEmpty)
            stream.push(1, "{}")
            stream.sink.close(.normal, "")
            _ = client.rest()
            stream.closed.wait()
        }
        #expect(finished.all.map(\.pattern) == ["/events"])
        #expect(finished.all.map(\.bytesOut) == ["id: 1\ndata: {}\n\n".utf8.count])
    }

    @Test func aStreamHasNoHead() async throws {
        let stream = ScriptedStream()
        let response = try await serving(ListenerSettings(), stream.routes) { listener in
            RawClient(listener.port).ask("HEAD /events HTTP/1.1\r\nHost: a\r\n\r\n", hasBody: false)
        }
        #expect(response?.status == 405)
        #expect(response?.fields["allow"] == "GET")
    }
}
