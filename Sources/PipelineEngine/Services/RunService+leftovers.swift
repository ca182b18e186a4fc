import PipelineKit

/// Something on the disk that belongs to no run any more.
public struct Leftover: Sendable, Hashable {
    /// The run it was for, or what its project's runs shared.
    public var name: String
    /// Absolute paths.
    public var places: [String]
    /// What they take on the disk.
    public var bytes: Int
}

extension RunService {
    /// What is kept for runs that the store does not have: worktrees, copies, judged trees, snapshots, locks.
    ///
    /// - Throws: what keeps the store from being read; then nobody knows what is left over.
    public func leftovers() async throws(ServiceError) -> [Leftover] {
        var leftovers: [Leftover] = []
        for kept in try await forgotten() {
            let bytes = await parts.workspaces.size(of: kept)
            leftovers.append(Leftover(name: kept.name, places: kept.places, bytes: bytes))
        }
        return leftovers + parts.abandonedScratch().map { Leftover(name: "scratch", places: [$0], bytes: 0) }
    }

    /// Removes what ``leftovers()`` lists, but what a process works on.
    ///
    /// - Returns: what is gone.
    public func removeLeftovers() async throws(ServiceError) -> [Leftover] {
        var removed: [Leftover] = []
        for kept in try await forgotten() {
            let leftover = Leftover(
                name: kept.name,
                places: kept.places,
                bytes: await parts.workspaces.size(of: kept)
            )
            do throws(Failure) {
                // Who began a run meanwhile has told the store of it before letting go of its lock.
                let isGone = try await parts.workspaces.remove(kept) { [self] in
                    (try? await known(among: [kept.name]).isEmpty) == true
                }
                if isGone { removed.append(leftover) }
            } catch {
                throw .invalid("What is left of run '\(kept.name)' cannot be removed. \(error.message)")
            }
            parts.fault("gc.leftover")
        }
        for path in parts.abandonedScratch() where Scratch.remove(abandoned: path) {
            removed.append(Leftover(name: "scratch", places: [path], bytes: 0))
        }
        return removed
    }

    /// The files are looked at before the store: a run is in the store before anything is made for it.
    private func forgotten() async throws(ServiceError) -> [KeptFiles] {
        let kept: [KeptFiles]
        do throws(Failure) { kept = try await parts.workspaces.kept() } catch { throw .invalid(error.message) }
        let known = try await known(among: kept.map(\.name))
        return kept.filter { !known.contains($0.name) }
    }

    /// Those of these names that are of runs in the store.
    private func known(among names: [String]) async throws(ServiceError) -> Set<String> {
        do throws(StoreError) {
            var known = Set(try await parts.store.sequences(of: names.map { RunID($0) }).keys.map(\.value))
            // The digest of a name that cannot stand in a path; all of them at once, as runs change places in lists.
            if names.contains(where: { $0.utf8.count == 64 && !known.contains($0) }) {
                let all = try await parts.store.summaries(RunQuery(limit: Int(Int32.max)))
                known.formUnion(all.map { parts.workspaces.name(of: $0.run) })
            }
            return known
        } catch {
            throw .store(error)
        }
    }
}

extension EngineParts {
    fileprivate func abandonedScratch() -> [String] { Scratch(root: scratch).abandoned() }
}
