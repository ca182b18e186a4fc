import Testing

/// Manifest, folders and the list of modules agree.
struct ManifestTests {
    let manifest: Manifest
    let list: String

    init() throws {
        manifest = try Manifest()
        list = try House.text("Sources/StandardModules/StandardModules.swift")
    }

    @Test func theManifestIsUnderstood() {
        #expect(manifest.modules.count >= 10)
        #expect(manifest.targets.count >= manifest.modules.count + 8)
    }

    @Test(arguments: ["Tool", "Gate", "Provider", "Store", "Contract"])
    func everyFolderOfModulesIsATarget(kind: String) {
        let folders = House.folders(in: "Plugins/\(kind)s")
        #expect(!folders.isEmpty)
        for folder in folders {
            #expect(
                manifest.modules.contains { $0.path == "Plugins/\(kind)s/\(folder)" },
                "Plugins/\(kind)s/\(folder) is no target. Add module(\"\(folder)\", \"\(kind)\") to Package.swift."
            )
        }
    }

    @Test func everyTargetHasItsFolder() {
        for target in manifest.targets {
            #expect(
                !House.paths(in: target.path, ".swift").isEmpty,
                "\(target.name) has no Swift file in \(target.path)."
            )
        }
    }

    @Test func everyModuleIsInTheList() {
        let imported = Set(SwiftText.imports(in: list))
        for module in manifest.modules where !["Store", "Contract"].contains(where: module.name.hasSuffix) {
            #expect(
                imported.contains(module.name),
                "Nothing of \(module.name) can be used. Import it in StandardModules.swift, and add its types."
            )
        }
    }

    @Test func everyContractIsServed() throws {
        let served = SwiftText.imports(in: try House.text("Sources/sluice/Serve/ServedContract.swift"))
        // Some are spoken by a command of their own, on its standard streams.
        let commands = try SwiftFile.all(in: "Sources/sluice/Commands").flatMap(\.imports)
        let imported = Set(served).union(commands)
        for contract in manifest.modules where contract.name.hasSuffix("Contract") {
            #expect(
                imported.contains(contract.name),
                "No server has \(contract.name). Import it in ServedContract.swift, and add its line."
            )
        }
    }

    @Test func everyStoreIsUsed() throws {
        let commands = try SwiftFile.all(in: "Sources/sluice").flatMap(\.imports)
        for store in manifest.modules where store.name.hasSuffix("Store") {
            #expect(commands.contains(store.name), "No command can use \(store.name).")
        }
    }

    @Test func everyModuleTypeIsInTheList() throws {
        let types = try Modules.types()
        #expect(types.count >= 10)
        for type in types {
            let line = "registry.add(\(type.name).self)"
            #expect(list.contains(line), "\(type.path): '\(type.name)' is not in StandardModules.swift. Add \(line).")
        }
    }
}

/// Every module is tried by the kit of its kind.
struct ConformanceTests {
    @Test func everyModuleTypeIsTriedByItsKit() throws {
        let tests = try SwiftFile.all(in: "Tests").flatMap { file in
            file.text.matches(of: /expectConformance\(\s*of: (\w+)\.self/).map { String($0.1) }
        }
        for type in try Modules.types() {
            #expect(
                tests.contains(type.name),
                "\(type.path): no test runs expectConformance(of: \(type.name).self). Add one to its tests."
            )
        }
    }
}

/// The types in Plugins that say they are modules.
enum Modules {
    static func types() throws -> [(name: String, path: String)] {
        try SwiftFile.all(in: "Plugins").flatMap { file in
            file.text.matches(of: /(?:struct|class|actor|enum) (\w+):[^{\n]*\b(?:Tool|Gate|Provider)\b/)
                .map { (String($0.1), file.path) }
        }
    }
}
