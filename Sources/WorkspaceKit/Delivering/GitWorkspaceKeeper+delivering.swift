public import PipelineKit

extension GitWorkspaceKeeper {
    public func deliver(_ delivery: Delivery) async throws(Failure) -> Delivered {
        try expectSnapshots(delivery.from, delivery.to)
        guard let project = Disk.realPath(delivery.project), Disk.isDirectory(project) else {
            throw Failure(.missing, "The project '\(delivery.project)' is no directory any more.")
        }
        return try await locked(delivery.project, delivery.run) { files throws(Failure) in
            let alone = try await FileLock("\(files.project)/delivery.lock", .exclusive, of: "'\(project)'")
            defer { withExtendedLifetime(alone) {} }
            return try await Deliverer(files: files, delivery: delivery, project: project, fault: fault).deliver()
        }
    }
}
