import Testing

/// Imports go down, never up, and the manifest declares what they say.
struct FloorTests {
    /// What stands on which floor; a family of modules by its ending.
    private static let floors: [(floor: Int, names: [String], endings: [String])] = [
        (
            0,
            [
                "CConsole", "CYAML", "CSQLite", "CExpat", "CFFI", "CModule", "CPattern", "CZlib", "CCrypto", "CCurl",
                "CLinux",
            ], []
        ),
        (1, ["PipelineKit", "BuiltInPipelines"], []),
        (2, ["YAML", "ProcessKit", "ProviderKit", "ShellGrammar", "LoadKit", "DetectionKit", "DrawingKit"], []),
        (3, ["GateKit", "RPCKit", "WorkspaceKit"], []),
        (4, ["PipelineEngine"], ["Tool", "Gate", "Provider"]),
        (5, ["HTTPKit"], ["Store"]),
        (6, ["HTTPServer", "ContractKit"], []),
        (7, ["StandardModules", "PipelineTesting"], ["Contract"]),
        (8, ["sluice"], []),
    ]

    private static func floor(of target: String) -> Int? {
        floors.first { $0.names.contains(target) || $0.endings.contains { target.hasSuffix($0) } }?.floor
    }

    @Test func everyTargetHasAFloor() throws {
        for target in try Manifest().targets {
            #expect(
                Self.floor(of: target.name) != nil,
                "On which floor does \(target.name) stand? Say so in FloorTests."
            )
        }
    }

    @Test func nothingImportsWhatStandsAboveIt() throws {
        for target in try Manifest().targets {
            let floor = try #require(Self.floor(of: target.name))
            for file in try SwiftFile.all(in: target.path) {
                for name in file.imports {
                    guard let other = Self.floor(of: name) else { continue }
                    #expect(
                        other < floor,
                        "\(file.path) imports \(name) of floor \(other), but \(target.name) stands on floor \(floor)."
                    )
                }
            }
        }
    }

    @Test func theManifestDeclaresWhatIsImportedAndNothingElse() throws {
        let known = try Manifest.names()
        for target in try Manifest().targets {
            let imported = Set(try SwiftFile.all(in: target.path).flatMap(\.imports)).intersection(known)
            let declared = Set(target.needs)
            let undeclared = imported.subtracting(declared).sorted()
            let unused = declared.subtracting(imported).sorted()
            #expect(undeclared == [], "\(target.name) imports what Package.swift does not give it.")
            #expect(unused == [], "\(target.name) is given by Package.swift what it never imports.")
        }
    }

    @Test func theKitNeedsNothingButTheStandardLibraries() throws {
        let allowed: Set = ["FoundationEssentials", "Glibc", "Synchronization"]
        for file in try SwiftFile.all(in: "Sources/PipelineKit") {
            let others = Set(file.imports).subtracting(allowed).sorted()
            #expect(others == [], "\(file.path): whoever writes a module would need these too.")
        }
    }
}
