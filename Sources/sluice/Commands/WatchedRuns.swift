import PipelineKit
import WorkspaceKit

/// Runs again whenever files of the project have changed, until Ctrl-C.
struct WatchedRuns: Sendable {
    /// Absolute path of the directory that is worked on.
    let project: String
    /// Shows a line to the person.
    let tell: @Sendable (String) -> Void
    /// Starts one run and carries it on.
    let once: @Sendable () async throws(CommandError) -> ExitStatus

    /// - Returns: how the last run ended.
    /// - Throws: what keeps the first run from starting; what keeps a later one from it is told, and a change waited for.
    func untilInterrupted() async throws(CommandError) -> ExitStatus {
        let interrupts = Interrupts {}
        defer { withExtendedLifetime(interrupts) {} }
        var status = try await once()
        while [.achieved, .notAchieved, .usage].contains(status), !interrupts.happened {
            guard let changes = try await change(interrupts) else { break }
            say(Self.words(changes))
            do throws(CommandError) { status = try await once() } catch {
                Output.error(error.message)
                status = error.status
            }
        }
        return status
    }

    /// What a run itself has changed is no change: it is looked at when the run has ended.
    private func change(_ interrupts: Interrupts) async throws(CommandError) -> [String]? {
        do throws(Failure) {
            let marks = try await FileMarks(of: project)
            say("\nWatching \(project): a change of its files starts the next run. Ctrl-C ends this.")
            let watch = ProjectWatch(project)
            let first = await withTaskGroup(of: Result<[String], Failure>?.self) { group in
                group.addTask {
                    do throws(Failure) { return .success(try await watch.changes(since: marks)) } catch {
                        return .failure(error)
                    }
                }
                group.addTask {
                    while !interrupts.happened {
                        do { try await Task.sleep(for: .milliseconds(100)) } catch { return nil }
                    }
                    return nil
                }
                defer { group.cancelAll() }
                return await group.next() ?? nil
            }
            return try first?.get()
        } catch {
            throw .broken(error.message)
        }
    }

    /// At once, also to who reads a pipe: what comes next may take its time.
    private func say(_ line: String) {
        tell(line)
        Output.flush()
    }

    /// `Changed: a.py, b.py, c.py and 4 more.`
    private static func words(_ changes: [String]) -> String {
        let named = changes.prefix(3).map(\.harmless).joined(separator: ", ")
        return "Changed: \(named)\(changes.count > 3 ? " and \(changes.count - 3) more" : "").\n"
    }
}
