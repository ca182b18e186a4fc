import PipelineKit

extension Runner {
    static let cargo = Runner("cargo-test", "Cargo.toml with [package] or [workspace]") { place in
        guard place.has("Cargo.toml") else { return nil }
        let text = place.text("Cargo.toml")
        let workspace = text.section("workspace", below: true)
        guard let section = text.section("package") ?? workspace else { return nil }
        var evidence = ["\(workspace ?? section) in Cargo.toml"]
        if !place.paths(in: "tests", where: { $0.hasSuffix(".rs") }).isEmpty { evidence.append("tests/") }
        return Finding(.cargo, workspace == nil ? .itself : .family, evidence: evidence)
    }

    static let go = Runner("go-test", "go.mod with *_test.go") { place in
        guard place.has("go.mod"),
            let test = place.paths(apartFrom: ["go.mod"], where: { $0.hasSuffix("_test.go") }).first
        else { return nil }
        return Finding(.go, evidence: ["go.mod", test])
    }

    static let swift = Runner("swift-test", "Package.swift with .testTarget") { place in
        guard place.text("Package.swift").withoutComments("//").contains(".testTarget(") else { return nil }
        return Finding(.swift, evidence: [".testTarget in Package.swift"])
    }

    static let cmake = Runner("ctest", "CMakeLists.txt with enable_testing() or include(CTest)") { place in
        let text = place.text("CMakeLists.txt").withoutComments("#").lowercased().filter { !$0.isWhitespace }
        // Without either of them in the file at the top, ctest knows no test.
        guard place.isTop || text.contains("project(") else { return nil }
        let words = [("enable_testing()", "enable_testing()"), ("include(ctest)", "include(CTest)")]
        guard let found = words.first(where: { text.contains($0.0) }) else { return nil }
        return Finding(.cmake, .family, evidence: ["\(found.1) in CMakeLists.txt"])
    }

    static let make = Runner("make-test", "Makefile with a target 'test' or 'check'") { place in
        // The first is the one that make reads; https://www.gnu.org/software/make/manual/html_node/Makefile-Names.html.
        guard let file = place.first(["GNUmakefile", "makefile", "Makefile"]) else { return nil }
        let targets = makeTargets(place.text(file))
        guard let target = ["test", "check"].first(where: targets.contains) else { return nil }
        let settings: [String: JSONValue] = target == "test" ? [:] : ["target": .string(target)]
        return Finding(.make, .everything, with: settings, evidence: ["the target '\(target)' in \(file)"])
    }

    /// The names before the colon of each rule; a line with `=` sets a variable.
    private static func makeTargets(_ text: String) -> Set<String> {
        var targets: Set<String> = []
        for line in text.manifestLines {
            guard line.first != "\t", line.first != "#", line.first != " ", let colon = line.firstIndex(of: ":") else {
                continue
            }
            let names = line[..<colon]
            let rest = line[line.index(after: colon)...].drop { $0 == ":" }
            guard !names.contains("="), rest.first != "=" else { continue }
            targets.formUnion(names.split(whereSeparator: \.isWhitespace).map(String.init))
        }
        return targets
    }
}
