import Glibc
import HTTPKit
import HTTPServer
import PipelineKit

/// A server of a few routes, for the Autobahn suite and for measuring: `ListeningServer PORT`.
///
/// Says `listening on PORT` when it does, and ends in order on end of input.
@main
struct ListeningServer {
    static func main() async throws {
        var settings = ListenerSettings()
        settings.port = CommandLine.arguments.dropFirst().first.flatMap(Int.init) ?? 0
        // Autobahn sends messages of 16 MB, and thousands of frames as fast as it can.
        settings.messageLimit = 32 << 20
        settings.outputLimit = 64 << 20
        settings.emptyFramesPerSecond = 100_000
        let mounts = try Mounts([Routes.contract]) { _ in nil }
        let listener = try HTTPListener(settings, site: Site(mounts))
        print("listening on \(listener.port)")
        fflush(nil)
        try BlockingThread.start {
            while getchar() != EOF {}
            listener.shutDown(within: .seconds(4))
        }
        try await listener.run()
    }
}

/// What there is to ask.
enum Routes {
    private static let numbers = Numbers()
    private static let followed = numbers.broadcasts

    static let contract = APIContract(
        name: "sample",
        routes: [
            Route(.get, "/health", handler: .immediate { _ in .json(["status": "ok"]) }),
            .get("/task") { _ in .json(["status": "ok"]) },
            .post("/echo") { request in .text(String(decoding: request.body, as: UTF8.self)) },
            .webSocket("/echo-socket") { _ in echo },
            .webSocket("/numbers") { _ in followed.session(of: "numbers", after: 0) },
            .post("/numbers") { request throws(HTTPError) in
                let count = try request.number("count", in: 1...1_000_000) ?? 1
                let rate = try request.number("rate", in: 1...1_000_000) ?? 1
                do throws(Failure) { try numbers.tell(count, rate: rate) } catch {
                    throw HTTPError(.serviceUnavailable, error.message)
                }
                return HTTPResponse(.accepted)
            },
            .webSocket("/idle") { _ in StreamSession(opened: { _ in }) },
            .events("/idle-events") { _ in StreamSession(opened: { _ in }) },
        ],
        render: { error in .json(["detail": .string(error.message)], status: error.status) }
    )

    /// Sends back what comes.
    private static var echo: StreamSession {
        var session = StreamSession(opened: { _ in })
        session.received = { sink, bytes in sink.push([Frame(sequence: nil, text: bytes)]) }
        session.receivedBinary = { sink, bytes in sink.push([Frame(sequence: nil, text: bytes, isBinary: true)]) }
        return session
    }
}
