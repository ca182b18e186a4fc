public import PipelineKit

/// What the commands of a call or a check reached, and were kept from reaching.
public struct NetworkReport: Sendable, Hashable {
    public enum User: Sendable, Hashable {
        case call(CallID)
        case check(CheckName)
    }

    public var user: User
    public var uses: [NetworkUse]

    public init(_ user: User, _ uses: [NetworkUse]) {
        self.user = user
        self.uses = uses
    }

    /// What was not allowed, in a sentence for whoever wanted it; `nil` when all was.
    var refusal: String? {
        let places = uses.filter { !$0.isAllowed }.map { "\($0.host):\($0.port)" }
        guard !places.isEmpty else { return nil }
        return
            "[The sandbox did not let it reach \(places.joined(separator: ", ")): not in 'workspace: network: allow'.]"
    }
}
