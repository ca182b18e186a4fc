/// What the files of a new module hold: something small that works, and that its author changes.
extension NewModule {
    var sourceText: String {
        switch kind {
        case .tool: tool
        case .gate: gate
        case .provider: provider
        case .contract: contract
        }
    }

    var testText: String {
        """
        \(imports.sorted().map { "import \($0)" }.joined(separator: "\n"))

        struct \(type)Tests {
        \(tests)
        }

        """
    }

    private var imports: [String] {
        [target, "PipelineTesting", "Testing"] + (kind == .contract ? [] : ["PipelineKit"])
    }

    private var tool: String {
        """
        public import PipelineKit

        /// Says what it was given, and how often it may.
        public struct \(type): Tool {
            public static let id: ModuleID = "\(id)"
            public static let summary = "Says a text as often as it is told to."
            public static let reach: Set<Reach> = [.reads]

            public struct Settings: Fields {
                @Field("How often a text is said at most.") var most: Int = 3
                public init() {}
            }

            public struct Arguments: Fields {
                @Field("What is said.") var text: String
                @Field("How often it is said.") var times: Int = 1
                public init() {}
            }

            private let settings: Settings

            public init(settings: Settings) throws(Failure) {
                guard settings.most > 0 else {
                    throw Failure(.invalidInput, "Field 'most' must be at least 1, but is \\(settings.most).")
                }
                self.settings = settings
            }

            public func call(_ arguments: Arguments, in context: ToolContext) async throws(Failure) -> ToolOutput {
                guard (1...settings.most).contains(arguments.times) else {
                    throw Failure(
                        .invalidInput,
                        "Field 'times' must be from 1 to \\(settings.most), but is \\(arguments.times)."
                    )
                }
                return ToolOutput(Array(repeating: arguments.text, count: arguments.times).joined(separator: "\\n"))
            }
        }

        """
    }

    private var gate: String {
        """
        import FoundationEssentials
        public import PipelineKit

        /// Passes when a file is there.
        public struct \(type): Gate {
            public static let id: ModuleID = "\(id)"
            public static let summary = "Passes when a file is there."

            public struct Settings: Fields {
                @Field("The file, relative to the workspace.") var file: String = "README.md"
                public init() {}
            }

            private let settings: Settings

            public init(settings: Settings) throws(Failure) {
                guard !settings.file.isEmpty else {
                    throw Failure(.invalidInput, "Field 'file' must name a file, but is empty.")
                }
                self.settings = settings
            }

            public var dependsOnFilesAlone: Bool { true }

            public func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
                let isThere = FileManager.default.fileExists(atPath: "\\(workspace.path)/\\(settings.file)")
                return isThere ? .passed("'\\(settings.file)' is there.") : .failed("There is no '\\(settings.file)'.")
            }
        }

        """
    }

    private var provider: String {
        """
        public import PipelineKit

        /// Answers with the last thing that it was told.
        public struct \(type): Provider {
            public static let id: ModuleID = "\(id)"
            public static let summary = "Answers with the last thing that it was told."

            public struct Settings: Fields {
                @Field("What stands before each answer.") var greeting: String = ""
                public init() {}
            }

            private let settings: Settings

            public init(settings: Settings) throws(Failure) { self.settings = settings }

            public func reply(to request: ModelRequest, in context: ProviderContext) async throws(Failure) -> ModelReply {
                guard case .user(let text)? = request.messages.last else { return ModelReply(text: "Done.") }
                let answer = settings.greeting + text
                context.emit(.text(answer))
                return ModelReply(text: answer)
            }
        }

        """
    }

    private var tests: String {
        switch kind {
        case .tool:
            """
                @Test func itKeepsWhatToolsPromise() async throws {
                    try await expectConformance(of: \(type).self, arguments: ["text": "hello"])
                }

                @Test func itSaysItAsOftenAsItIsTold() async throws {
                    let tool = try \(type)(settings: .init())
                    try await withTemporaryWorkspace { workspace in
                        let arguments = try \(type).Arguments(json: ["text": "hello", "times": 2])
                        let output = try await tool.call(arguments, in: ToolContext(workspace: workspace))
                        #expect(output == ToolOutput("hello\\nhello"))
                    }
                }
            """
        case .gate:
            """
                @Test func itKeepsWhatGatesPromise() async throws {
                    let passed = try await expectConformance(of: \(type).self, files: ["README.md": "A project.\\n"])
                    #expect(passed == .passed("'README.md' is there."))
                    let failed = try await expectConformance(of: \(type).self)
                    #expect(failed == .failed("There is no 'README.md'."))
                }
            """
        case .provider:
            """
                @Test func itKeepsWhatProvidersPromise() async throws {
                    let request = ModelRequest(
                        model: "any",
                        system: "",
                        messages: [.user("hello")],
                        tools: [],
                        maximumOutput: 100
                    )
                    let example = ProviderExample(request: request, answer: nil, reply: ModelReply(text: "hello"))
                    try await expectConformance(of: \(type).self, in: example)
                }
            """
        case .contract:
            """
                @Test func itKeepsWhatInterfacesPromise() async throws {
                    try await expectConformance(of: { \(type).contract($0) })
                }
            """
        }
    }
}
