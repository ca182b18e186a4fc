import Foundation
import SocketTesting

/// A client of a run's stream that reads as bytes come, or does not; for threads that may block.
struct RunStream {
    enum Form: CaseIterable {
        /// `/api/v1/runs/ID/socket`
        case socket
        /// `/api/v1/runs/ID/stream`
        case events
        /// `/api/ws/ID` of retrAI, where an event may be several messages, or none.
        case retrAI
    }

    enum News: Equatable {
        /// Of an event, or of one message about it.
        case sequence(Int)
        /// Of a WebSocket; with its reason.
        case closed(Int, String)
    }

    private let form: Form
    private let client: RawClient

    /// - Parameters:
    ///   - after: What the client has already.
    ///   - buffer: Bytes that the system keeps for a client that does not read; 0 for the usual.
    /// - Returns: `nil` when the server does not give the stream.
    init?(_ form: Form, of run: String, on port: Int, after: Int = 0, buffer: Int32 = 0) {
        self.form = form
        client = RawClient(port, buffer: buffer)
        let host = "Host: 127.0.0.1:\(port)\r\n"
        switch form {
        case .events:
            let known = after > 0 ? "Last-Event-ID: \(after)\r\n" : ""
            let head = "GET /api/v1/runs/\(run)/stream HTTP/1.1\r\n\(host)\(known)\r\n"
            guard client.ask(head, hasBody: false)?.status == 200 else { return nil }
        case .socket, .retrAI:
            let path = form == .socket ? "/api/v1/runs/\(run)/socket?after=\(after)" : "/api/ws/\(run)?since=\(after)"
            guard client.upgrade(path, host: "127.0.0.1:\(port)")?.status == 101 else { return nil }
        }
    }

    /// What comes next; `nil` at the end, in order or not.
    func next() -> News? {
        while true {
            let text = form == .events ? client.take(through: "\n\n") : client.frame() ?? ""
            if text.isEmpty { return nil }
            if text.hasPrefix("close ") {
                let parts = text.split(separator: " ", maxSplits: 2)
                return .closed(Int(parts[1]) ?? 0, parts.count > 2 ? String(parts[2]) : "")
            }
            if let sequence = sequence(text) { return .sequence(sequence) }
        }
    }

    /// Of an event; pieces and heartbeats have none.
    private func sequence(_ text: String) -> Int? {
        let mark = form == .events ? "id: " : "\"sequence\":"
        guard form == .events || text.hasPrefix("text "), let found = text.range(of: mark) else { return nil }
        return Int(text[found.upperBound...].prefix { $0.isNumber })
    }

    /// Leaves without a word, as a machine that goes to sleep.
    func vanish() { client.vanish() }
}
