import PipelineKit
import ProcessKit

/// Where the repository of a workspace keeps what it knows: commands read it, and none changes it.
///
/// A hook, a filter or an alias that a command left there would run for the person who next calls git, outside of every
/// sandbox. So would another repository that a `commondir` file names.
enum GitPlaces {
    /// Absolute paths of `.git`, and of the directories it refers to; none outside of a repository.
    static func paths(of workspace: String) async throws(Failure) -> [String] {
        let words = [
            "rev-parse", "--path-format=absolute", "--show-toplevel", "--absolute-git-dir", "--git-common-dir",
        ]
        let finished = try await run(GitCommand.make(words, in: workspace))
        let lines = finished.output.text.split(separator: "\n").map(String.init)
        guard finished.status == 0, lines.count == 3 else { return [] }
        return ["\(lines[0])/.git", lines[1], lines[2]].filter(Disk.exists)
    }
}
