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
    .testTarget(name: name, dependencies: needs, exclude: [], swiftSettings: strict)
}

let modules: [Target] = [
    module("Shell", "Tool", needs: ["ProcessKit"]),
    module("Command", "Gate", needs: ["ProcessKit"]),
    module("Tests", "Gate", needs: ["ProcessKit", "CExpat"]),
    module("Check", "Tool"),
    module("Files", "Tool", needs: ["WorkspaceKit"]),
    module("Search", "Tool", needs: ["ProcessKit", "WorkspaceKit"]),
    module("Git", "Tool", needs: ["ProcessKit", "WorkspaceKit"]),
]

let package = Package(
    name: "sluice",
    targets: [
        .target(name: "CCrypto"),
        library("CExpat", "expat", apt: "libexpat1-dev"),
        .target(name: "CLinux"),
        house("PipelineKit"),
        house("ProcessKit", needs: ["PipelineKit", "CLinux"]),
        house("WorkspaceKit", needs: ["PipelineKit", "ProcessKit", "CLinux", "CCrypto"]),
        house("PipelineEngine", needs: ["PipelineKit", "CCrypto"]),
        house("PipelineTesting", needs: ["PipelineKit", "PipelineEngine"]),
        .executableTarget(
            name: "KillableEngine",
            dependencies: ["ProcessKit"],
            path: "Tests/Support/KillableEngine",
            swiftSettings: strict
        ),
        tests("KitTests", of: ["PipelineKit"]),
        tests(
            "ModuleTests",
            of: [
                "PipelineKit", "PipelineTesting", "ProcessKit", "WorkspaceKit", "ShellTool", "CommandGate",
                "TestsGate", "CheckTool", "FilesTool", "SearchTool", "GitTool", "KillableEngine",
            ]
        ),
    ] + modules
)
