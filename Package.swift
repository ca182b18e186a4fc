// swift-tools-version: 6.2
import PackageDescription

/// What every target is built with.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// A target of the house at `Sources/NAME`.
func house(_ name: String, needs: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: needs, swiftSettings: strict)
}

/// A module family: `module("Files", "Tool")` is the target `FilesTool` at `Plugins/Tools/Files`.
func module(_ name: String, _ kind: String, needs extra: [Target.Dependency] = []) -> Target {
    .target(
        name: "\(name)\(kind)",
        dependencies: ["PipelineKit"] + extra,
        path: "Plugins/\(kind)s/\(name)",
        swiftSettings: strict
    )
}

/// A Debian library behind a shim of `static inline` wrappers.
func library(_ name: String, _ pkgConfig: String, apt: String) -> Target {
    .systemLibrary(name: name, path: "Sources/\(name)", pkgConfig: pkgConfig, providers: [.apt([apt])])
}

func tests(_ name: String, of needs: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: needs, swiftSettings: strict)
}

/// A small program that tests start in order to kill it.
func support(_ name: String, of needs: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: needs, path: "Tests/Support/\(name)", swiftSettings: strict)
}

/// `fuzzer("Program")` is the program `FuzzProgram` at `Tests/Fuzz/Program`; built by `Tests/Fuzz/run` only.
func fuzzer(_ name: String) -> Target {
    .executableTarget(
        name: "Fuzz\(name)",
        dependencies: ["FuzzEntries"],
        path: "Tests/Fuzz/\(name)",
        swiftSettings: strict
    )
}

let fuzzers = Context.environment["SLUICE_FUZZ"] == nil ? [] : [fuzzer("Program")]

/// The built-in pipelines that have their tests beside them.
let testedPipelines = [
    "ai-eval", "bench-compare", "command", "coverage", "fix-ci", "fix-lint", "generate-eval", "perf-check",
    "plan-approve-build", "prompt", "pytest", "refactor", "refactor-by-review", "reproduce-bug", "review", "swarm",
    "task", "upgrade-dependency",
]

let modules: [Target] = [
    module("Shell", "Tool", needs: ["ProcessKit", "ShellGrammar", "WorkspaceKit"]),
    module("Files", "Tool", needs: ["WorkspaceKit"]),
    module("Search", "Tool", needs: ["ProcessKit", "WorkspaceKit"]),
    module("Git", "Tool", needs: ["ProcessKit", "WorkspaceKit"]),
    module("Check", "Tool"),
    module("Command", "Tool", needs: ["ProcessKit"]),
    module("Foreign", "Tool", needs: ["CFFI", "CModule", "ProcessKit", "RPCKit"]),
    module("Agents", "Tool"),
    module("Outputs", "Tool"),
    module("Human", "Tool"),
    module("Todo", "Tool"),
    module("Database", "Tool", needs: ["WorkspaceKit", "CSQLite"]),
    module("Interpreters", "Tool", needs: ["ProcessKit", "WorkspaceKit"]),
    module("LSP", "Tool", needs: ["ProcessKit", "RPCKit", "WorkspaceKit"]),
    module("MCP", "Tool", needs: ["ProcessKit", "ProviderKit", "RPCKit"]),
    module("Web", "Tool"),
    module("Command", "Gate", needs: ["GateKit", "ProcessKit", "WorkspaceKit"]),
    module("Linters", "Gate", needs: ["GateKit", "ProcessKit", "WorkspaceKit"]),
    module("Reports", "Gate", needs: ["GateKit", "WorkspaceKit"]),
    module("Repository", "Gate", needs: ["GateKit", "ProcessKit", "WorkspaceKit"]),
    module("Services", "Gate", needs: ["GateKit", "ProcessKit", "ShellGrammar"]),
    module("Speed", "Gate", needs: ["GateKit", "ProcessKit", "CCrypto"]),
    module("Tests", "Gate", needs: ["GateKit", "ProcessKit", "WorkspaceKit"]),
    module("Native", "Gate", needs: ["GateKit", "ProcessKit"]),
    module("Mutation", "Gate", needs: ["GateKit", "ProcessKit", "WorkspaceKit"]),
    module("Managed", "Gate", needs: ["GateKit", "ProcessKit"]),
    module("Node", "Gate", needs: ["GateKit", "ProcessKit", "WorkspaceKit"]),
    module("Judges", "Gate", needs: ["GateKit", "ProcessKit", "WorkspaceKit"]),
    module("Results", "Gate", needs: ["GateKit", "ProcessKit", "WorkspaceKit"]),
    module("Scripted", "Provider"),
    module("Command", "Provider", needs: ["ProcessKit", "ProviderKit", "RPCKit"]),
    module("Anthropic", "Provider", needs: ["ProviderKit"]),
    module("Google", "Provider", needs: ["ProviderKit"]),
    module("OpenAI", "Provider", needs: ["ProviderKit"]),
    module("SQLite", "Store", needs: ["PipelineEngine", "CSQLite"]),
]

/// HTTP interfaces; they stand above the engine, and are put together by the program.
let contracts: [Target] = [
    module("ACP", "Contract", needs: ["ContractKit", "PipelineEngine", "RPCKit", "WorkspaceKit"]),
    module("Console", "Contract", needs: ["HTTPKit", "CConsole", "CCrypto"]),
    module("M", "Contract", needs: ["CCrypto", "ContractKit", "HTTPKit", "PipelineEngine", "WorkspaceKit"]),
    module("MCP", "Contract", needs: ["ContractKit", "HTTPKit", "PipelineEngine", "RPCKit"]),
    module("Native", "Contract", needs: ["ContractKit", "HTTPKit", "PipelineEngine"]),
    module("Operations", "Contract", needs: ["ContractKit", "HTTPKit", "PipelineEngine"]),
    module("RetrAI", "Contract", needs: ["ContractKit", "HTTPKit", "PipelineEngine"]),
]

/// All targets of a kind: `every("Tool")`.
@MainActor func every(_ kind: String) -> [Target.Dependency] {
    (modules + contracts).filter { $0.name.hasSuffix(kind) }.map { .target(name: $0.name) }
}

let package = Package(
    name: "sluice",
    products: [
        .executable(name: "sluice", targets: ["sluice"]),
        .library(name: "PipelineKit", targets: ["PipelineKit"]),
        .library(name: "PipelineTesting", targets: ["PipelineTesting"]),
    ],
    targets: [
        library("CYAML", "yaml-0.1", apt: "libyaml-dev"),
        library("CSQLite", "sqlite3", apt: "libsqlite3-dev"),
        library("CExpat", "expat", apt: "libexpat1-dev"),
        library("CFFI", "libffi", apt: "libffi-dev"),
        library("CZlib", "zlib", apt: "zlib1g-dev"),
        .target(name: "CConsole", exclude: ["Assets"]),
        .target(name: "CCrypto"),
        .target(name: "CCurl"),
        .target(name: "CLinux"),
        .target(name: "CModule"),
        .target(name: "CPattern"),
        house("PipelineKit"),
        house("YAML", needs: ["CYAML"]),
        house("ProcessKit", needs: ["PipelineKit", "CLinux"]),
        house("ShellGrammar", needs: ["PipelineKit"]),
        house("RPCKit", needs: ["PipelineKit", "ProcessKit"]),
        house("WorkspaceKit", needs: ["PipelineKit", "ProcessKit", "CCrypto", "CLinux", "CZlib"]),
        house("GateKit", needs: ["PipelineKit", "ProcessKit", "CExpat", "CPattern"]),
        house("ProviderKit", needs: ["PipelineKit", "CCurl"]),
        house("DetectionKit", needs: ["PipelineKit"]),
        house("DrawingKit", needs: ["PipelineKit"]),
        house("LoadKit", needs: ["PipelineKit", "CLinux"]),
        house("HTTPKit", needs: ["PipelineKit"]),
        house("HTTPServer", needs: ["HTTPKit", "PipelineKit", "CCrypto", "CLinux", "CZlib"]),
        house("ContractKit", needs: ["HTTPKit", "PipelineEngine", "PipelineKit"]),
        house("PipelineTesting", needs: ["HTTPKit", "HTTPServer", "PipelineKit", "PipelineEngine"]),
        house("PipelineEngine", needs: ["PipelineKit", "CCrypto", "YAML"]),
        .target(
            name: "StandardModules",
            dependencies: ["PipelineKit"] + every("Tool") + every("Gate") + every("Provider"),
            resources: [.embedInCode("prices.yaml")],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "sluice",
            dependencies: [
                "CCurl", "CLinux", "DetectionKit", "DrawingKit", "PipelineKit", "PipelineEngine", "ProcessKit",
                "RPCKit",
                "WorkspaceKit", "ProviderKit", "SQLiteStore", "ForeignTool", "ScriptedProvider",
                "StandardModules", "BuiltInPipelines", "HTTPKit", "HTTPServer", "ContractKit", "LoadKit", "CSQLite",
                "YAML",
            ] + every("Contract"),
            swiftSettings: strict
        ),
        .target(
            name: "BuiltInPipelines",
            path: "Pipelines",
            exclude: ["examples"] + testedPipelines.map { "\($0).test.yaml" },
            sources: ["BuiltInPipelines.swift"],
            resources: testedPipelines.map { .embedInCode("\($0).yaml") },
            swiftSettings: strict
        ),
        .target(
            name: "FuzzEntries",
            dependencies: ["HTTPKit", "HTTPServer", "PipelineEngine", "PipelineKit", "ShellGrammar", "YAML"],
            path: "Tests/Fuzz/Entries",
            swiftSettings: strict
        ),
        .target(
            name: "SocketTesting",
            dependencies: ["PipelineKit"],
            path: "Tests/Support/SocketTesting",
            swiftSettings: strict
        ),
        support("KillableEngine", of: ["PipelineKit", "ProcessKit"]),
        support("WorkspaceTimer", of: ["PipelineKit", "WorkspaceKit"]),
        support("StoreWriter", of: ["PipelineEngine", "PipelineKit", "PipelineTesting", "SQLiteStore"]),
        support("ListeningServer", of: ["HTTPKit", "HTTPServer", "PipelineKit"]),
        support("Followers", of: ["LoadKit", "PipelineKit"]),
        tests("KitTests", of: ["DetectionKit", "DrawingKit", "PipelineKit", "PipelineTesting", "YAML"]),
        tests(
            "EngineTests",
            of: [
                "AgentsTool", "OutputsTool", "PipelineEngine", "PipelineKit", "PipelineTesting", "ProcessKit",
                "SQLiteStore",
                "FuzzEntries",
            ]
        ),
        tests(
            "ModuleTests",
            of: [
                "PipelineKit", "PipelineTesting", "ProcessKit", "WorkspaceKit", "KillableEngine", "PipelineEngine",
                "ProviderKit", "RPCKit", "ShellGrammar",
            ] + every("Tool")
        ),
        tests(
            "GateTests",
            of: [
                "GateKit", "PipelineKit", "PipelineTesting", "ProcessKit", "WorkspaceKit", "FilesTool",
            ] + every("Gate")
        ),
        tests(
            "ProviderTests",
            of: [
                "CLinux", "PipelineEngine", "PipelineKit", "PipelineTesting", "ProcessKit", "ProviderKit",
                "WebTool",
            ] + every("Provider")
        ),
        tests(
            "CommandTests",
            of: [
                "CLinux", "Followers", "LoadKit", "PipelineEngine", "PipelineKit", "PipelineTesting", "ProviderKit",
                "SQLiteStore", "SocketTesting", "sluice",
            ]
        ),
        tests("StoreTests", of: ["PipelineEngine", "PipelineKit", "PipelineTesting", "SQLiteStore", "StoreWriter"]),
        tests("ConsoleTests", of: ["ConsoleContract", "HTTPKit"]),
        tests(
            "HTTPTests",
            of: ["HTTPKit", "HTTPServer", "PipelineKit", "PipelineTesting", "ProcessKit", "SocketTesting"]
        ),
        tests(
            "ContractTests",
            of: [
                "CCrypto", "HTTPKit", "HTTPServer", "PipelineEngine", "PipelineKit", "PipelineTesting", "ProcessKit",
                "ProviderKit", "RPCKit", "StandardModules",
            ] + every("Contract")
        ),
        tests(
            "HouseTests",
            of: ["PipelineKit", "PipelineEngine", "StandardModules", "BuiltInPipelines", "DetectionKit"]
        ),
    ] + modules + contracts + fuzzers
)
