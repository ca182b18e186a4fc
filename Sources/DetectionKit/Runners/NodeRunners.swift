import PipelineKit

extension Runner {
    static let vitest = Runner("vitest", "vitest in package.json or its configuration") { place in
        let package = NodePackage(place)
        guard let package else { return nil }
        let configuration = place.files.first { name in
            name.hasPrefix("vitest.config.") || name.hasPrefix("vitest.workspace.")
        }
        if let script = package.script(["vitest", "vitest run", "vitest --run"]) {
            return package.finding([script, configuration])
        }
        // What the script does besides may be what the tests need.
        guard !package.hasTests, let reason = configuration ?? package.dependency("vitest") else { return nil }
        return package.finding([reason])
    }

    static let bun = Runner("bun-test", "bun test") { place in
        guard let package = NodePackage(place) else { return nil }
        if let script = package.script(["bun test"]) { return package.finding([script]) }
        guard !package.hasTests, let lock = place.first(["bun.lock", "bun.lockb", "bunfig.toml"]),
            let test = package.tests.first
        else { return nil }
        return package.finding([lock, test])
    }

    static let node = Runner("node-test", "node --test") { place in
        guard let package = NodePackage(place) else { return nil }
        if let script = package.script(["node --test"]) { return package.finding([script]) }
        guard !package.hasTests else { return nil }
        let words = ["'node:test'", "\"node:test\""]
        guard
            let test = package.tests.prefix(50).first(where: { path in words.contains { place.text(path).contains($0) }
            })
        else { return nil }
        return package.finding(["package.json", "'node:test' in \(test)"])
    }

    static let npm = Runner("npm-test", "package.json with a script 'test'") { place in
        guard let package = NodePackage(place), let line = package.testScript else { return nil }
        return package.finding(["the script 'test' in package.json, '\(line.oneLine)'"])
    }
}

/// What a package.json says.
private struct NodePackage {
    private let place: Place
    private let json: JSONValue
    /// The script `test`, unless it is the one that npm writes.
    let testScript: String?

    init?(_ place: Place) {
        guard place.has("package.json"), let text = place.tree.text(place.path.appending("package.json")),
            let json = try? JSONValue(parsing: text), !json.members.isEmpty
        else { return nil }
        self.place = place
        self.json = json
        let script = json["scripts"]?["test"]?.text?.trimmed ?? ""
        testScript = script.isEmpty || script.contains("no test specified") ? nil : script
    }

    var hasTests: Bool { testScript != nil }

    /// Whether the script is one of these command lines, in words.
    func script(_ lines: [String]) -> String? {
        guard let testScript else { return nil }
        let words = testScript.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return lines.contains(words) ? "the script 'test' in package.json, '\(words)'" : nil
    }

    func dependency(_ name: String) -> String? {
        let isThere = ["devDependencies", "dependencies"].contains { json[$0]?[name] != nil }
        return isThere ? "'\(name)' in package.json" : nil
    }

    /// Files with tests, relative to the package, without those of packages below.
    var tests: [String] {
        place.paths(apartFrom: ["package.json"]) { name in
            let parts = name.split(separator: ".")
            return parts.count >= 3 && ["test", "spec"].contains(parts[parts.count - 2])
                && ["js", "mjs", "cjs", "ts", "mts", "cts", "jsx", "tsx"].contains(parts[parts.count - 1])
        }
    }

    func finding(_ evidence: [String?]) -> Finding {
        let isWorkspace = json["workspaces"] != nil || place.has("pnpm-workspace.yaml")
        return Finding(.node, isWorkspace ? .family : .itself, evidence: evidence.compactMap { $0 })
    }
}
