import PipelineKit
import RPCKit

/// Says to a person, or to the model, why a server gave no answer.
struct ServerTrouble {
    private let name: String

    init(_ name: String) { self.name = name }

    func failure(_ fault: RPCFault, asked: String, within patience: Duration, _ wire: any ServerWire) async -> Failure {
        let (server, asked) = ("MCP server '\(name)'", Untrusted.text(asked, most: 100))
        switch fault {
        case .refused(let error):
            let data = error.data.map { " with \(Untrusted.quoted($0.jsonText))" } ?? ""
            return Failure(
                .invalidInput,
                "\(server) refused '\(asked)': \(Untrusted.quoted(error.message))\(data) (code \(error.code))."
            )
        case .timedOut: return timedOut(server, asked, patience)
        case .cancelled: return Failure(.cancelled, "\(server) was asked '\(asked)', and the work was cancelled.")
        case .gone(let failure), .ended(let failure):
            guard failure.kind == .unavailable else { return failure }
            let last = await wire.lastWords().map { " \(Untrusted.text($0, most: 3_000))" } ?? ""
            return Failure(.unavailable, "\(server) did not answer '\(asked)'. \(failure.message)\(hint(asked))\(last)")
        }
    }

    private func timedOut(_ server: String, _ asked: String, _ patience: Duration) -> Failure {
        let setting = Self.isOpening(asked) ? "start_timeout" : "timeout"
        return Failure(
            .timedOut,
            """
            \(server) did not answer '\(asked)' within \(patience.written).\(hint(asked)) Raise '\(setting)' of the server \
            if it needs longer.
            """
        )
    }

    private func hint(_ asked: String) -> String {
        Self.isOpening(asked) || asked.contains("/") ? "" : " It may have done what was asked, which is not repeated."
    }

    private static func isOpening(_ asked: String) -> Bool { ["initialize", "server/discover"].contains(asked) }
}
