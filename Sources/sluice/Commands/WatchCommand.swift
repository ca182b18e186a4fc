import PipelineEngine
import PipelineKit
import ProviderKit

/// `sluice watch`: follows a run that another process works on.
enum WatchCommand: Subcommand {
    struct Options: Fields {
        @Field("A server's address, such as http://127.0.0.1:8000; without one, the runs of this machine.")
        var server: String? = nil
        @Field("Print one event a line, as JSON.") var json: Bool = false
        @Field("Path of the database.") var db: String? = nil
        init() {}
    }

    static let name = "watch"
    static let summary = "Follows a run, here or on a server, until it ends. Ctrl-C stops watching, not the run."
    static let operands = [Operand.run]

    static func run(_ options: Options, _ operands: [String], in session: Session) async throws(CommandError)
        -> ExitStatus
    {
        if let address = options.server {
            let transport = CurlTransport()
            let server = try RemoteServer(address, key: session.environment["SLUICE_KEY"], transport: transport)
            let run = try await named(operands, on: server)
            return try await RemoteWatch(server, run, view(of: run, options, session)).follow()
        }
        let services = try session.services(options.db)
        let run = try await session.run(operands, services)
        return try await LocalWatch(services, session, run, view(of: run, options, session)).follow()
    }

    private static func view(of run: RunID, _ options: Options, _ session: Session) -> RunView {
        RunView(.fitting(json: options.json), of: run, now: session.clock.now)
    }

    private static func named(_ operands: [String], on server: RemoteServer) async throws(CommandError) -> RunID {
        if let name = operands.first, name != "last" { return RunID(name) }
        let newest = try await server.get("/api/v1/runs?limit=1")["items"]?.elements.first
        guard let run = newest?["run"]?.text else { throw .usage("There is no run on \(server.address) yet.") }
        return RunID(run)
    }
}

/// Reads what is recorded, again and again.
private struct LocalWatch {
    let services: Services
    let session: Session
    let run: RunID
    let view: RunView

    init(_ services: Services, _ session: Session, _ run: RunID, _ view: RunView) {
        (self.services, self.session, self.run, self.view) = (services, session, run, view)
    }

    func follow() async throws(CommandError) -> ExitStatus {
        while true {
            let known = view.state.sequence
            let page = try await asking { () throws(ServiceError) in
                try await services.runs.page(of: run, after: known, limit: 500)
            }
            for event in page { view.show(.event(run, event)) }
            if view.state.isFinished { break }
            guard page.isEmpty else { continue }
            view.tick()
            await session.clock.sleep(session.clock.now() + .milliseconds(250))
        }
        view.rest()
        return ExitStatus(view.state.status)
    }
}

/// Reads a server's stream; one that was cut is taken up where it ended.
private struct RemoteWatch {
    let server: RemoteServer
    let run: RunID
    let view: RunView

    init(_ server: RemoteServer, _ run: RunID, _ view: RunView) {
        (self.server, self.run, self.view) = (server, run, view)
    }

    /// How often in a row a stream may bring nothing.
    private static let mostTries = 6

    func follow() async throws(CommandError) -> ExitStatus {
        var fruitless = 0
        while !view.state.isFinished {
            let known = view.state.sequence
            var error: CommandError?
            do throws(CommandError) { try await read() } catch let problem { error = problem }
            fruitless = view.state.sequence > known ? 0 : fruitless + 1
            // A stream begins with what is recorded, so a server that has told nothing was never reached.
            let isHopeless = view.state.sequence == 0 || fruitless >= Self.mostTries
            if let error, error.status == .usage || isHopeless { throw error }
            if !view.state.isFinished { try? await Task.sleep(for: .milliseconds(250 << fruitless)) }
        }
        view.rest()
        return ExitStatus(view.state.status)
    }

    private func read() async throws(CommandError) {
        let known = view.state.sequence
        let path = "/api/v1/runs/\(run)/stream"
        let response = try await server.open(path, accept: "text/event-stream", after: known > 0 ? "\(known)" : nil)
        var reader = ServerSentEventReader()
        do throws(Failure) {
            while let bytes = try await response.body.next() {
                for event in try reader.take(bytes) { try show(event) }
                view.tick()
            }
        } catch {
            throw .broken("\(server.address): \(error.message)")
        }
    }

    private func show(_ event: ServerSentEvent) throws(Failure) {
        guard event.type == "message" else {
            if let piece = (try? JSONValue(parsing: event.data)).flatMap(LivePiece.init) {
                view.show(.piece(run, piece))
            }
            return
        }
        let state = view.state
        do throws(StoreError) {
            let line = try EventLine(event.data, after: state.sequence, head: state.head)
            view.show(.event(run, line.event))
        } catch {
            throw Failure(.unavailable, "\(error)")
        }
    }
}

extension LivePiece {
    /// Of a server's stream; `nil` for what a terminal does not show.
    fileprivate init?(_ json: JSONValue) {
        guard json["kind"] == "model", let turn = json["turn"]?.integer, let text = json["text"]?.text else {
            return nil
        }
        self = .model(turn: turn, .text(text))
    }
}
