public import PipelineKit
import Synchronization

/// Looks references to secrets up: in the environment, in a file, in the key store.
public final class SecretSources: Sendable {
    private let environment: [String: String]
    private let stored: StoredKeys
    private let tell: @Sendable (String) -> Void
    private let told = Mutex<Set<String>>([])

    /// - Parameter tell: Takes a sentence, once, about a secret that is there and cannot be had; no secret is in it.
    public init(
        environment: [String: String],
        stored: StoredKeys,
        tell: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.environment = environment
        self.stored = stored
        self.tell = tell
    }

    /// - Returns: `nil` when there is no such secret, and when it cannot be had.
    public func value(of secret: Secret) -> String? {
        do throws(ServiceError) { return try find(secret) } catch {
            let sentence = "\(error)"
            if told.withLock({ $0.insert(sentence).inserted }) { tell(sentence) }
            return nil
        }
    }

    private func find(_ secret: Secret) throws(ServiceError) -> String? {
        switch secret.place {
        // Whoever knows the master key knows all the others.
        case .variable(MasterKeyPlaces.variable): return nil
        case .variable(let name): return environment[name]
        case .stored(let name): return try stored.value(of: name)
        case .run: return nil  // of which run is known where it is asked for
        case .file(let path):
            guard let bytes = try PrivateFile.read(path) else { return nil }
            guard let text = String(validating: bytes, as: UTF8.self)?.trimmed, !text.isEmpty else {
                throw .invalid("The file '\(path)' holds no text, so no secret is read from it.")
            }
            return text
        }
    }
}
