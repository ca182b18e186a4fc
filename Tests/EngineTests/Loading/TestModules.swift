import OutputsTool
import PipelineKit

/// Modules with settings of every kind, that do nothing.
enum TestModules {
    static let registry: Registry = {
        var registry = Registry()
        registry.add(PytestGate.self)
        registry.add(CommandLineGate.self)
        registry.add(PyrightGate.self)
        registry.add(BashExec.self)
        registry.add(WebSearch.self)
        registry.add(ForeignTool.self)
        registry.add(FileRead.self)
        registry.add(FileList.self)
        registry.add(FileWrite.self)
        registry.add(FilePatch.self)
        registry.add(FileInsert.self)
        registry.add(FileDelete.self)
        registry.add(FileRename.self)
        registry.add(GrepSearch.self)
        registry.add(FindFiles.self)
        registry.add(GitDiff.self)
        registry.add(GitStatus.self)
        registry.add(GitLog.self)
        registry.add(RunTests.self)
        registry.add(Anthropic.self)
        registry.add(OpenAI.self)
        registry.add(OutputSource())
        return registry
    }()
}

private protocol PlainGate: Gate {}
extension PlainGate {
    static var summary: String { "Judges nothing." }
    func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict { .passed("Yes.") }
}

private struct PytestGate: PlainGate {
    static let id: ModuleID = "pytest"
    struct Settings: Fields {
        @Field("Arguments of pytest.") var args: [String] = []
        @Field("How long it may take.") var timeout: Duration = .seconds(60)
        @Field("How often it runs.") var runs: Int = 1
    }
    init(settings: Settings) throws(Failure) {
        guard settings.runs > 0 else {
            throw Failure(.invalidInput, "Field 'runs' must be positive, but is \(settings.runs).")
        }
        guard settings.args.count < 4 else { throw Failure(.invalidInput, "At most three arguments are allowed.") }
    }
}

private struct CommandLineGate: PlainGate {
    static let id: ModuleID = "command"
    struct Settings: Fields {
        @Field("The command line.") var command: String
        @Field("The exit status that passes.") var status: Int = 0
    }
    init(settings: Settings) throws(Failure) {}
}

private struct PyrightGate: PlainGate {
    static let id: ModuleID = "pyright"
    init(settings: NoFields) throws(Failure) {}
}

private protocol PlainTool: Tool where Arguments == NoFields {}
extension PlainTool {
    static var summary: String { "Does nothing." }
    static var reach: Set<Reach> { [.reads] }
    func call(_ arguments: NoFields, in context: ToolContext) async throws(Failure) -> ToolOutput { ToolOutput("") }
}

private struct BashExec: PlainTool {
    static let id: ModuleID = "bash_exec"
    static let aliases: [ModuleID] = ["shell"]
    struct Settings: Fields {
        @Field("How long a command may take.") var timeout: Duration = .seconds(120)
    }
    init(settings: Settings) throws(Failure) {}
}

private struct ForeignTool: PlainTool {
    static let id: ModuleID = "foreign"
    struct Settings: Fields {
        @Field("Path of the library.") var library: String
    }
    init(settings: Settings) throws(Failure) {}
}

private struct WebSearch: PlainTool {
    static let id: ModuleID = "web_search"
    init(settings: NoFields) {}
}
private struct FileRead: PlainTool {
    static let id: ModuleID = "file_read"
    init(settings: NoFields) {}
}
private struct FileList: PlainTool {
    static let id: ModuleID = "file_list"
    init(settings: NoFields) {}
}
private struct FileWrite: PlainTool {
    static let id: ModuleID = "file_write"
    init(settings: NoFields) {}
}
private struct FilePatch: PlainTool {
    static let id: ModuleID = "file_patch"
    init(settings: NoFields) {}
}
private struct FileInsert: PlainTool {
    static let id: ModuleID = "file_insert"
    init(settings: NoFields) {}
}
private struct FileDelete: PlainTool {
    static let id: ModuleID = "file_delete"
    init(settings: NoFields) {}
}
private struct FileRename: PlainTool {
    static let id: ModuleID = "file_rename"
    init(settings: NoFields) {}
}
private struct GrepSearch: PlainTool {
    static let id: ModuleID = "grep_search"
    init(settings: NoFields) {}
}
private struct FindFiles: PlainTool {
    static let id: ModuleID = "find_files"
    init(settings: NoFields) {}
}
private struct GitDiff: PlainTool {
    static let id: ModuleID = "git_diff"
    init(settings: NoFields) {}
}
private struct GitStatus: PlainTool {
    static let id: ModuleID = "git_status"
    init(settings: NoFields) {}
}
private struct GitLog: PlainTool {
    static let id: ModuleID = "git_log"
    init(settings: NoFields) {}
}
private struct RunTests: PlainTool {
    static let id: ModuleID = "run_tests"
    init(settings: NoFields) {}
}

private protocol PlainProvider: Provider {}
extension PlainProvider {
    static var summary: String { "Says nothing." }
    func reply(to request: ModelRequest, in context: ProviderContext) async throws(Failure) -> ModelReply {
        ModelReply(text: "")
    }
}

private struct Anthropic: PlainProvider {
    static let id: ModuleID = "anthropic"
    init(settings: NoFields) {}
}

private struct OpenAI: PlainProvider {
    static let id: ModuleID = "openai"
    struct Settings: Fields {
        @Field("The key.") var key: Secret = Secret(variable: "OPENAI_API_KEY")
        @Field("Where the service is.") var url: String = "https://api.openai.com"
    }
    init(settings: Settings) throws(Failure) {}
}
