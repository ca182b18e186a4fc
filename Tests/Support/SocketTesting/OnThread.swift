import PipelineKit

/// Does what blocks on a thread of its own, as those of the pool are few.
package func onThread<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { waiter in
        do throws(Failure) {
            try BlockingThread.start { waiter.resume(with: Swift.Result { try work() }) }
        } catch {
            waiter.resume(throwing: error)
        }
    }
}
