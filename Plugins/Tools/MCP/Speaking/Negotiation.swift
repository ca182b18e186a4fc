import PipelineKit
import RPCKit

/// Finds out what a server speaks.
struct Negotiation {
    let choice: ProtocolChoice
    let client: ClientWords
    let numbers: CallNumbers

    /// Why there is no agreement.
    enum Problem: Error {
        case fault(RPCFault, asked: String)
        /// What the server says makes no agreement; the rest of a sentence that begins with it.
        case disagreement(String)
    }

    func agree(over wire: any ServerWire, within patience: Duration) async throws(Problem) -> Agreement {
        switch choice {
        case .handshake: return try await shakeHands(wire, patience)
        case .stateless:
            if let agreement = try await discover(wire, patience, isOnlyChance: true) { return agreement }
            throw .disagreement("does not speak \(Revision.stateless). Declare 'protocol: auto'")
        case .auto:
            // One that does not answer unknown methods before the handshake has to be left time for it.
            if let agreement = try await discover(wire, patience / 2, isOnlyChance: false) { return agreement }
            return try await shakeHands(wire, patience / 2)
        }
    }

    /// Asks in the stateless way. Whatever is no answer in that way is one of a server from before it (2026-07-28,
    /// versioning): they refuse with all kinds of codes, or say nothing.
    ///
    /// - Returns: `nil` when the server has to be asked in the other way.
    private func discover(_ wire: any ServerWire, _ patience: Duration, isOnlyChance: Bool) async throws(Problem)
        -> Agreement?
    {
        let call = WireCall(
            number: numbers.next(),
            method: "server/discover",
            params: ["_meta": .object(client.meta(Revision.stateless))],
            headers: [.init("MCP-Protocol-Version", Revision.stateless), .init("Mcp-Method", "server/discover")]
        )
        let answer: JSONValue
        do throws(RPCFault) { answer = try await wire.call(call, within: patience) } catch {
            switch error {
            case .refused(let refusal) where refusal.code == Revision.unsupported:
                return try unsupported(refusal)
            case .refused where !isOnlyChance: return nil
            case .timedOut where !isOnlyChance: return nil
            default: throw .fault(error, asked: call.method)
            }
        }
        let versions = answer["supportedVersions"]?.elements.compactMap(\.text) ?? []
        guard versions.contains(Revision.stateless) else { return nil }
        return Agreement(
            style: .stateless,
            version: Revision.stateless,
            capabilities: answer["capabilities"]?.members ?? [:]
        )
    }

    /// - Returns: `nil` when the server names a version with a handshake.
    private func unsupported(_ refusal: RPCError) throws(Problem) -> Agreement? {
        let versions = refusal.data?["supported"]?.elements.compactMap(\.text) ?? []
        if versions.contains(where: Revision.handshakes.contains) || versions.isEmpty { return nil }
        throw .disagreement("speaks only \(Self.words(for: versions)), and here \(Self.spoken) are spoken")
    }

    private func shakeHands(_ wire: any ServerWire, _ patience: Duration) async throws(Problem) -> Agreement {
        let call = WireCall(number: numbers.next(), method: "initialize", params: client.greeting)
        let answer: JSONValue
        do throws(RPCFault) { answer = try await wire.call(call, within: patience) } catch {
            throw .fault(error, asked: call.method)
        }
        guard let version = answer["protocolVersion"]?.text, Revision.handshakes.contains(version) else {
            let said = answer["protocolVersion"].map { Untrusted.quoted($0.text ?? $0.jsonText, most: 40) } ?? "nothing"
            throw .disagreement(
                "answered 'initialize' with \(said) as its protocol, and here \(Self.spoken) are spoken"
            )
        }
        let agreement = Agreement(
            style: .handshake,
            version: version,
            capabilities: answer["capabilities"]?.members ?? [:]
        )
        wire.adopt(agreement)
        await wire.notify("notifications/initialized")
        return agreement
    }

    private static let spoken = (Revision.handshakes.sorted() + [Revision.stateless]).joined(separator: ", ")

    private static func words(for versions: [String]) -> String {
        versions.prefix(8).map { Untrusted.quoted($0, most: 40) }.joined(separator: ", ")
    }
}
