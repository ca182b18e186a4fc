import PipelineKit
import ProcessKit

/// Where a server runs that is not confined: beside the work, so that nothing the model writes becomes a part of it.
enum UnconfinedPlace {
    /// Not the workspace, as programs load modules and settings from where they run.
    static let directory = "/"

    /// - Throws: ``Failure/Kind/denied`` when a word of the command names something that the model could change.
    static func expectOutside(_ words: [String], of workspace: Workspace, _ server: String) throws(Failure) {
        guard let place = ChangeablePlace(workspace.path) else { return }
        let program = words.prefix(1).map { Programs.find($0) ?? $0 }
        let directories = [directory, workspace.path]
        // A name alone is a program in PATH, whatever the workspace has of that name.
        guard
            let word = place.word(among: program.filter { $0.contains("/") }, from: directories)
                ?? place.word(among: Array(words.dropFirst()), from: directories)
        else { return }
        throw Failure(
            .denied,
            """
            MCP server '\(server)' is not confined, and names '\(word)', which lies in the workspace, where the model could \
            change it. Keep it elsewhere, or leave 'confined: false' out.
            """
        )
    }
}
