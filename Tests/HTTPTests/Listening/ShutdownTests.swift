import HTTPKit
import SocketTesting
import Testing

@testable import HTTPServer

/// The end of a listener.
struct ShutdownTests {
    @Test func requestsUnderWayAreAnsweredAndTheRestIsClosed() async throws {
        let (began, gate) = (TestGate(), TestGate())
        let slow = Route.get("/slow") { _ in
            began.open()
            await gate.pass()
            return .text("at last")
        }
        let (response, idle, late) = try await serving(ListenerSettings(), SampleRoutes.all + [slow]) { listener in
            let (busy, idle) = (RawClient(listener.port), RawClient(listener.port))
            _ = idle.ask("GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
            busy.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\nGET /health HTTP/1.1\r\nHost: a\r\n\r\n")
            began.wait()
            listener.shutDown(within: .seconds(10))
            // Once the idle one is closed, the end has begun.
            let rest = idle.rest()
            gate.open()
            return (busy.response(), rest, (busy.response(), RawClient(listener.port).response()))
        }
        #expect(response?.text == "at last")
        #expect(response?.fields["connection"] == "close")
        #expect(idle == [])
        #expect(late.0 == nil)
        #expect(late.1 == nil)
    }

    @Test func streamsAreToldToGo() async throws {
        let stream = ScriptedStream()
        let (frames, events) = try await serving(ListenerSettings(), stream.routes) { listener in
            let (socket, events) = (RawClient(listener.port), RawClient(listener.port))
            socket.upgrade()
            _ = events.ask("GET /events HTTP/1.1\r\nHost: a\r\n\r\n")
            stream.opened.wait()
            listener.shutDown(within: .seconds(10))
            let frame = socket.frame()
            socket.sendClose()
            return ([frame, socket.frame()], events.rest())
        }
        #expect(frames == ["close 1001 The server is shutting down.", nil])
        #expect(events == [])
    }

    @Test(.timeLimit(.minutes(2))) func whatNeverEndsIsCutOff() async throws {
        let gate = TestGate()
        let never = Route.get("/never") { _ in
            await gate.pass()
            return .text("too late")
        }
        let stream = ScriptedStream()
        // The handler waits until after the end, so there is one only if the listener does not wait for it.
        let rests = try await serving(ListenerSettings(), stream.routes + [never]) { listener in
            let (silent, waiting) = (RawClient(listener.port), RawClient(listener.port))
            silent.upgrade()
            waiting.send("GET /never HTTP/1.1\r\nHost: a\r\n\r\n")
            stream.opened.wait()
            listener.shutDown(within: .milliseconds(100))
            return (waiting.rest(), silent.rest())
        }
        #expect(rests.0 == [])
        gate.open()
    }

    @Test func cancellingTheTaskEndsTheListener() async throws {
        let mounts = try Mounts([APIContract(name: "sample", routes: SampleRoutes.all) { _ in .text("") }]) { _ in nil }
        let listener = try HTTPListener(ListenerSettings(), site: Site(mounts))
        let rest = try await withThrowingTaskGroup { group in
            group.addTask { try await listener.run() }
            group.cancelAll()
            try await group.waitForAll()
            return try await onThread { [port = listener.port] in RawClient(port).response() }
        }
        #expect(rest == nil)
    }
}
