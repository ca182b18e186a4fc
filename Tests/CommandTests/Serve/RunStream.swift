import Foundation
import SocketTesting

/// A client of a run's stream; for threads that may block. Many at once are a ``Crowd``.
struct RunStream {
    enum Form {
        /// `/api/v1/runs/ID/socket`
        case socket
        /// `/api/ws/ID` of retrAI, where an event may be several messages, or none.
        case retrAI
    }

    enum News: Equatable {
        /// Of an event, or of one message about it.
        case sequence(Int)
        /// With its reason.
        case closed(Int, String)
    }

    private let client: RawClient

    /// - Returns: `nil` when the server does not give the stream.
    init?(_ form: Form, of run: String, on port: Int) {
        client = RawClient(port)
        let path = form == .socket ? "/api/v1/runs/\(run)/socket" : "/api/ws/\(run)"
        guard client.upgrade(path, host: "127.0.0.1:\(port)")?.status == 101 else { return nil }
    }

    /// What comes next; `nil` at the end, in order or not.
    func next() -> News? {
        while true {
            guard let text = client.frame() else { return nil }
            if text.hasPrefix("close ") {
                let parts = text.split(separator: " ", maxSplits: 2)
                return .closed(Int(parts[1]) ?? 0, parts.count > 2 ? String(parts[2]) : "")
            }
            if let sequence = sequence(text) { return .sequence(sequence) }
        }
    }

    /// Of an event; pieces and heartbeats have none.
    private func sequence(_ text: String) -> Int? {
        guard text.hasPrefix("text "), let found = text.range(of: "\"sequence\":") else { return nil }
        return Int(text[found.upperBound...].prefix { $0.isNumber })
    }
}
