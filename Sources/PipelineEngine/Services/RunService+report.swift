public import PipelineKit

extension RunService {
    /// The most reports that are taken at once.
    public static let mostReports = 100

    /// Records what a program tells of that works in the directory of a run and is no part of it: all of it, or nothing.
    ///
    /// It changes nothing in the run but that its files may have changed. What is known to be a secret is left out; one that
    /// is cut in two by the end of an output is only found where its other half is reported with it.
    ///
    /// - Throws: ``ServiceError/invalid(_:)`` for what is too long or too much, and for calls that begin twice or end without
    ///   having begun; ``ServiceError/refused(_:)`` when the run has ended.
    public func report(_ reports: [OutsideReport], of run: RunID) async throws(ServiceError) {
        guard reports.count <= Self.mostReports else {
            throw .invalid("\(reports.count) reports are too many at once: send at most \(Self.mostReports).")
        }
        let cleaned = try parts.redactor.clean(reports)
        guard !cleaned.isEmpty else { return }
        try await keeper.send(takenOnly: .report(cleaned), to: run)
    }
}
