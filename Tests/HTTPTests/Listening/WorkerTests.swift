import HTTPKit
import SocketTesting
import Testing

@testable import HTTPServer

/// Those who find answers are kept, however many there have to be at once.
struct WorkerTests {
    private static let get = "GET /held HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test func moreRequestsThanWorkersAreKeptAreAnsweredAllAtOnce() async throws {
        let count = 80
        let arrived = Collected<Void>()
        let gates = [TestGate(), TestGate()]
        let allThere = [TestGate(), TestGate()]
        let held = Route.get("/held") { _ in
            arrived.add(())
            let round = (arrived.all.count - 1) / count
            if arrived.all.count % count == 0 { allThere[round].open() }
            await gates[round].pass()
            return .text("\(round)")
        }
        let texts = try await serving(ListenerSettings(), [held]) { listener in
            let clients = (0..<count).map { _ in RawClient(listener.port) }
            return (0..<2).map { round in
                for client in clients { client.send(Self.get) }
                allThere[round].wait()
                gates[round].open()
                return clients.map { $0.response()?.text }
            }
        }
        #expect(texts == ["0", "1"].map { Array(repeating: $0, count: count) })
    }

    @Test func whoseClientHasGoneIsToldToStop() async throws {
        let (began, stopped) = (TestGate(), TestGate())
        let held = Route.get("/held") { _ in
            began.open()
            await withTaskCancellationHandler {
                await stopped.pass()
            } onCancel: {
                stopped.open()
            }
            return .text("nobody reads this")
        }
        let answers = try await serving(ListenerSettings(), SampleRoutes.all + [held]) { listener in
            var leaving: RawClient? = RawClient(listener.port)
            leaving?.send(Self.get)
            began.wait()
            leaving?.vanish()
            leaving = nil
            stopped.wait()
            let staying = RawClient(listener.port)
            return (0..<3).map { _ in staying.ask("GET /task HTTP/1.1\r\nHost: a\r\n\r\n")?.text }
        }
        #expect(answers == ["done", "done", "done"])
    }
}
