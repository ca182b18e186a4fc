public import PipelineKit
import WorkspaceKit

/// Changes several files at once by a patch: a unified diff, or the form that begins with `*** Begin Patch`.
///
/// All of it is applied, or nothing.
public struct ApplyPatchTool: Tool {
    public static let id: ModuleID = "apply_patch"
    public static let summary = """
        Applies a patch to files of the workspace, all of it or nothing: a unified diff, or '*** Begin Patch' with \
        '*** Update File:', '*** Add File:', '*** Delete File:' and '*** Move to:'.
        """
    public static let example: JSONValue = [
        "patch": "--- a/hello.py\n+++ b/hello.py\n@@ -1 +1 @@\n-print('hi')\n+print('hello')\n"
    ]
    public static let reach: Set<Reach> = [.reads, .writes]

    public struct Arguments: Fields {
        @Field("The patch. Paths in it are relative to the workspace.") var patch: String
        public init() {}
    }

    public init(settings: NoFields) throws(Failure) {}

    public func call(_ arguments: Arguments, in context: ToolContext) async throws(Failure) -> ToolOutput {
        let patches = try PatchText(arguments.patch).patches()
        let work = try PatchWork(patches, in: ConfinedDirectory(context.workspace))
        try work.carryOut()
        return ToolOutput(work.summary)
    }
}
