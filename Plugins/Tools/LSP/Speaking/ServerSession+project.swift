import PipelineKit
import Synchronization

extension ServerSession {
    /// Asks what all files of the project have a part in.
    ///
    /// A server that has just started answers from those it has read by then, and not all say that they still read. So the
    /// first such question is asked until two answers in a row are the same.
    func askOfProject(_ method: String, _ params: JSONValue, until deadline: ContinuousClock.Instant)
        async throws(ServerFault) -> JSONValue
    {
        var answer = try await ask(method, params, until: deadline)
        let end = ContinuousClock.now + ContinuousClock.now.duration(to: deadline) / 2
        while !knowsProject.withLock(\.self), ContinuousClock.now < end, !Task.isCancelled {
            try? await Task.sleep(for: Self.settling)
            let next = try await ask(method, params, until: deadline)
            if next == answer { knowsProject.withLock { $0 = true } }
            answer = next
        }
        return answer
    }
}
