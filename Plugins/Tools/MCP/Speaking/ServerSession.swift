import PipelineKit
import RPCKit
import Synchronization

/// A server that has been started, or reached, and has said what it speaks.
final class ServerSession: Sendable {
    let agreement: Agreement
    let talk: ServerTalk
    let wire: any ServerWire
    private let numbers: CallNumbers
    private let client: ClientWords
    /// How many answers in a row did not come in time.
    private let silences = Atomic<Int>(0)

    init(
        _ wire: any ServerWire,
        _ agreement: Agreement,
        _ talk: ServerTalk,
        _ numbers: CallNumbers,
        _ client: ClientWords
    ) {
        self.wire = wire
        self.agreement = agreement
        self.talk = talk
        self.numbers = numbers
        self.client = client
        wire.adopt(agreement)
    }

    /// Asks once.
    ///
    /// - Parameter progress: Takes what the server tells while it works.
    func ask(
        _ method: String,
        _ params: [String: JSONValue] = [:],
        headers: [TransportRequest.Header] = [],
        within patience: Duration,
        progress: (@Sendable (String) -> Void)? = nil
    ) async throws(RPCFault) -> JSONValue {
        let number = numbers.next()
        var meta: [String: JSONValue] = agreement.style == .stateless ? client.meta(agreement.version) : [:]
        if progress != nil { meta["progressToken"] = .int(number) }
        var call = WireCall(number: number, method: method, params: params, headers: headers)
        if !meta.isEmpty { call.params["_meta"] = .object(meta) }
        talk.watch(number, progress)
        defer { talk.watch(number, nil) }
        do throws(RPCFault) {
            let answer = try await wire.call(call, within: patience)
            silences.store(0, ordering: .relaxed)
            return answer
        } catch {
            notice(error)
            throw error
        }
    }

    /// One that does not answer twice in a row is ended, as it may hang for good; the next call starts it again.
    private func notice(_ fault: RPCFault) {
        switch fault {
        case .refused: silences.store(0, ordering: .relaxed)
        case .timedOut: if silences.add(1, ordering: .relaxed).newValue > 1 { wire.close() }
        case .cancelled, .gone, .ended: break
        }
    }
}

/// Numbers of calls, each given once.
final class CallNumbers: Sendable {
    private let last = Atomic<Int>(0)
    func next() -> Int { last.add(1, ordering: .relaxed).newValue }
}

/// What a client says of itself.
struct ClientWords: Sendable {
    let version: String

    var info: JSONValue { ["name": "sluice", "version": .string(version)] }

    /// What every request of the stateless revision carries (2026-07-28, `RequestMetaObject`). People can be asked, as such a
    /// server is asked anew with their answers; one with a handshake would have to be kept waiting for them.
    func meta(_ version: String) -> [String: JSONValue] {
        [
            "io.modelcontextprotocol/protocolVersion": .string(version),
            "io.modelcontextprotocol/clientInfo": info,
            "io.modelcontextprotocol/clientCapabilities": ["elicitation": ["form": [:], "url": [:]]],
        ]
    }

    /// What the handshake begins with.
    var greeting: [String: JSONValue] {
        [
            "protocolVersion": .string(Revision.handshake),
            "capabilities": ["roots": [:]],
            "clientInfo": info,
        ]
    }
}
