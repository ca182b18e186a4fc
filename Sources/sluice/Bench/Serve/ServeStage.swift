import FoundationEssentials
import Glibc
import PipelineEngine
import PipelineKit
import SQLiteStore

/// The server that is measured, in a process of its own: the real one over the real engine and the real store, with
/// workspaces, a model and tools that do nothing.
struct ServeStage {
    /// Connections that there may be besides those of subscribers.
    private static let otherConnections = 500

    let session: Session
    let subscribers: Int
    /// From a person; `nil` for a new one that is removed in the end.
    let directory: String?

    /// Serves until its input ends, which it does when the process that measures does, however that ends.
    func run() async throws(CommandError) -> ExitStatus {
        try await TemporaryDirectory.with(directory) { place throws(CommandError) in try await serve(in: place) }
    }

    private func serve(in place: String) async throws(CommandError) -> ExitStatus {
        try OutputFile.write(PacedSteps.pipeline.jsonText, to: "\(place)/\(PacedSteps.file)", "The pipeline")
        let settings = settings(in: place)
        let store = try session.store(settings.db)
        let server = try Server(settings, session, over: store) { roots in services(over: store, in: place, roots) }
        try Self.endWithInput()
        return try await server.run()
    }

    private func settings(in place: String) -> ServeSettings {
        var settings = ServeSettings()
        settings.port = 0
        settings.root = [place]
        settings.rate = 1_000_000
        settings.connections = 2 * subscribers + Self.otherConnections
        settings.grace = .milliseconds(100)
        settings.log = "off"
        settings.db = "\(place)/sluice.db"
        return settings
    }

    private func services(over store: SQLiteEventStore, in place: String, _ roots: [String]) -> Services {
        var registry = Registry()
        registry.add(PacedProvider.self)
        registry.add(PacedTool.self)
        registry.add(NeverGate.self)
        return .idle(registry, over: store, in: place, roots: roots)
    }

    private static func endWithInput() throws(CommandError) {
        do throws(Failure) {
            try BlockingThread.start {
                var byte: UInt8 = 0
                while read(STDIN_FILENO, &byte, 1) > 0 {}
                kill(getpid(), SIGTERM)
            }
        } catch {
            throw .broken(error.message)
        }
    }
}
