import PipelineKit
import RPCKit

/// Says to the model, or to a person, why a server gave no answer.
struct ServerTrouble {
    private let server: String
    private let declaration: ServerDeclaration

    init(_ name: String, _ declaration: ServerDeclaration) {
        server = "Language server '\(name)'"
        self.declaration = declaration
    }

    /// - Parameter peer: Knows how the server ended, if it has.
    func failure(_ fault: RPCFault, asked: String, _ peer: RPCPeer?) async -> Failure {
        switch fault {
        case .refused(let error):
            let said = error.message.harmless(most: 300).split(whereSeparator: \.isNewline).joined(separator: " ")
            return Failure(.invalidInput, "\(server) refused '\(asked)': \"\(said)\" (code \(error.code)).")
        case .timedOut: return timedOut(asked)
        case .cancelled: return Failure(.cancelled, "\(server) was asked '\(asked)', and the work was cancelled.")
        case .gone(let failure), .ended(let failure):
            guard failure.kind == .unavailable else { return failure }
            if peer?.end != RPCPeer.ended { peer?.close() }  // it lives on, and nothing it says makes sense any more
            let last = await peer?.lastWords().map { " \($0.harmless(most: 3_000))" } ?? ""
            return Failure(.unavailable, "\(server) did not answer '\(asked)'. \(failure.message)\(last)")
        }
    }

    private func timedOut(_ asked: String) -> Failure {
        let isOpening = asked == "initialize"
        let (patience, setting) =
            isOpening ? (declaration.startTimeout, "start_timeout") : (declaration.timeout, "timeout")
        return Failure(
            .timedOut,
            """
            \(server) did not answer '\(asked)' within \(patience.written). Raise '\(setting)' of the server if it needs longer.
            """
        )
    }
}
