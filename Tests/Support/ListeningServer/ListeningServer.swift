import Glibc
import HTTPKit
import HTTPServer
import PipelineKit

/// A server that sends back what it is sent, for the Autobahn suite: `ListeningServer PORT`.
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
    static let contract = APIContract(
        name: "sample",
        routes: [
            .webSocket("/echo-socket") { _ in echo }
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
