public import PipelineKit
import WorkspaceKit

/// Shows an image of the workspace to the model.
public struct ViewImageTool: Tool {
    public static let id: ModuleID = "view_image"
    public static let summary = "Shows an image file of the workspace: PNG, JPEG, GIF or WebP."
    public static let example: JSONValue = ["path": "chart.png"]
    public static let reach: Set<Reach> = [.reads]

    public struct Arguments: Fields {
        @Field("Path of the image, relative to the workspace.") var path: String
        public init() {}
    }

    public init(settings: NoFields) throws(Failure) {}

    public func call(_ arguments: Arguments, in context: ToolContext) async throws(Failure) -> ToolOutput {
        let path = arguments.path
        let bytes = try ConfinedDirectory(context.workspace).read(path, limit: FileLimits.write)
        guard let image = Image(bytes) else { throw ImageFile.failure(bytes, path) }
        return try ImageFile.output(image, of: path)
    }
}
