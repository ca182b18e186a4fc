import FoundationEssentials
public import PipelineKit

/// Writes a text file into the workspace.
public struct WriteTool: Tool {
    public static let id: ModuleID = "write"
    public static let summary = "Writes."
    public static let reach: Set<Reach> = [.writes]
    public struct Arguments: Fields {
        @Field("The file.") var file: String
        @Field("What it is to hold.") var text: String
        public init() {}
    }
    public init(settings: NoFields) throws(Failure) {}
    public func call(_ arguments: Arguments, in context: ToolContext) async throws(Failure) -> ToolOutput {
        let path = "\(context.workspace.path)/\(arguments.file)"
        do { try arguments.text.write(toFile: path, atomically: true, encoding: .utf8) } catch {
            throw Failure(.unavailable, "\(error)")
        }
        return ToolOutput("Wrote \(arguments.file).")
    }
}

/// Holds when a file has a content.
public struct ContentGate: Gate {
    public static let id: ModuleID = "content"
    public static let summary = "Holds when a file has a content."
    public struct Settings: Fields {
        @Field("The file.") var file: String = "out"
        @Field("Its content.") var `is`: String = "done"
        public init() {}
    }
    private let settings: Settings
    public init(settings: Settings) throws(Failure) { self.settings = settings }
    public func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        let text = try? String(contentsOfFile: "\(workspace.path)/\(settings.file)", encoding: .utf8)
        return text == settings.is ? .passed("It is '\(settings.is)'.") : .failed("It is '\(text ?? "")'.")
    }
}
