import PipelineEngine
import PipelineKit

/// What there is to tell of.
struct OpenQuestions: Sendable {
    /// More are not looked at at once.
    static let most = 10_000

    /// Those of all runs.
    var all: @Sendable () async throws(ServiceError) -> [OpenApproval]
    /// Whether this one is open still.
    var isOpen: @Sendable (_ run: RunID, _ approval: ApprovalID) async throws(ServiceError) -> Bool

    init(
        all: @escaping @Sendable () async throws(ServiceError) -> [OpenApproval],
        isOpen: @escaping @Sendable (RunID, ApprovalID) async throws(ServiceError) -> Bool
    ) {
        self.all = all
        self.isOpen = isOpen
    }

    init(_ approvals: ApprovalService) {
        self.init { () async throws(ServiceError) in
            try await approvals.everything()
        } isOpen: { run, approval async throws(ServiceError) in
            do throws(ServiceError) {
                return try await approvals.pending(of: run).contains { $0.id == approval }
            } catch .noSuchRun {
                return false  // somebody cleaned up
            }
        }
    }
}

extension ApprovalService {
    private static let page = 500

    fileprivate func everything() async throws(ServiceError) -> [OpenApproval] {
        var found: [OpenApproval] = []
        while found.count < OpenQuestions.most {
            let next = try await open(after: found.last?.place, limit: Self.page)
            found += next
            guard Set(next.map(\.run)).count == Self.page else { break }
        }
        return found
    }
}
