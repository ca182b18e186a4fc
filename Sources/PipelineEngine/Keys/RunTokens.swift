import CCrypto
public import PipelineKit
import Synchronization

/// Tokens of programs that work in the directory of a run: each may ask and report for its run, and answers nothing.
///
/// A token is derived from a secret of the store and the name of the run, so that none is kept, and each is the same after
/// a restart.
public final class RunTokens: Sendable {
    private let documents: DocumentService
    private let known = Mutex<[UInt8]?>(nil)

    private static let collection = "sluice.secrets"
    private static let id = "run-tokens"
    private static let opening = "slr_"
    /// Bytes of the secret, and of a token's code.
    private static let size = 32

    init(documents: DocumentService) { self.documents = documents }

    /// What a program of a run presents: `slr_RUN_…`.
    public func token(for run: RunID) async throws(ServiceError) -> String {
        "\(Self.opening)\(run.value)_\(code(of: run, by: try await secret()).hexadecimal)"
    }

    /// The run whose token this is; `nil` for what is none.
    public func run(of token: String) async throws(ServiceError) -> RunID? {
        guard token.hasPrefix(Self.opening), let last = token.lastIndex(of: "_"), token.utf8.count < 500 else {
            return nil
        }
        let name = token[..<last].dropFirst(Self.opening.count)
        guard !name.isEmpty else { return nil }
        let run = RunID(String(name))
        // Compared as digests, in a time that says nothing about where two differ.
        let right = Digest(of: Array(code(of: run, by: try await secret()).hexadecimal.utf8))
        return right.isSame(as: Digest(of: Array(token[token.index(after: last)...].utf8))) ? run : nil
    }

    private func code(of run: RunID, by secret: [UInt8]) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: Self.size)
        let name = Array(run.value.utf8)
        sluice_hmac_sha256(secret, secret.count, name, name.count, &code)
        return code
    }

    /// The secret of the store, made by whoever needs it first.
    private func secret() async throws(ServiceError) -> [UInt8] {
        if let secret = known.withLock(\.self) { return secret }
        if let secret = try await stored() { return keep(secret) }
        let made = [UInt8].random(Self.size)
        do throws(ServiceError) {
            let body: JSONValue = ["secret": .string(made.hexadecimal)]
            try await documents.put(body, as: Self.id, in: Self.collection, expecting: 0)
            return keep(made)
        } catch .store(.stale) {
            guard let secret = try await stored() else { throw .broken("The secret for tokens of runs is gone.") }
            return keep(secret)
        }
    }

    private func stored() async throws(ServiceError) -> [UInt8]? {
        let record = try await documents.document(Self.id, in: Self.collection)
        return (record?.body["secret"]?.text).flatMap { [UInt8](hexadecimal: $0) }
    }

    private func keep(_ secret: [UInt8]) -> [UInt8] {
        known.withLock { $0 = secret }
        return secret
    }
}
