import PipelineKit
import RPCKit

extension ServerSession {
    /// What the server finds wrong with a file as it is now: asked for where it can be, else waited for.
    func diagnostics(of file: SyncedFile?, until deadline: ContinuousClock.Instant) async throws(ServerFault)
        -> [JSONValue]
    {
        guard let file else { return [] }
        guard !offers("diagnosticProvider") else {
            let params: JSONValue = ["textDocument": ["uri": .string(file.uri)]]
            var report = try await ask("textDocument/diagnostic", params, until: deadline)
            if file.isFresh {
                // Some answer from before a change that they have just heard of, as they look at it a moment later.
                try? await Task.sleep(for: Self.settling)
                report = try await ask("textDocument/diagnostic", params, until: deadline)
            }
            return report["items"]?.elements ?? []
        }
        let told = await talk.wait(until: deadline) { () -> Result<[JSONValue], ServerFault>? in
            if let found = talk.published(file.uri, for: file) { return .success(found) }
            return end.map { .failure(.rpc(.ended($0), asked: Self.publishing)) }
        }
        guard let told else { throw .rpc(Task.isCancelled ? .cancelled : .timedOut, asked: Self.publishing) }
        return try told.get()
    }

    /// How long a server may need to look at what is new: pyright waits for a quarter of a second until it does.
    static let settling = Duration.milliseconds(500)
    private static let publishing = "textDocument/publishDiagnostics"
}
