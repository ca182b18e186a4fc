import PipelineKit
import Synchronization

/// What was asked of a proxy since somebody looked.
final class NetworkLog: Sendable {
    private let uses = Mutex<[NetworkUse]>([])
    /// Places that are told apart; a program that asks for more of them is not told about.
    private static let most = 100

    func note(_ host: String, _ port: Int, isAllowed: Bool) {
        uses.withLock { uses in
            if let known = uses.firstIndex(where: { ($0.host, $0.port, $0.isAllowed) == (host, port, isAllowed) }) {
                uses[known].times += 1
            } else if uses.count < Self.most {
                uses.append(NetworkUse(host: host, port: port, isAllowed: isAllowed))
            }
        }
    }

    func take() -> [NetworkUse] {
        uses.withLock { uses in
            defer { uses = [] }
            return uses
        }
    }
}
