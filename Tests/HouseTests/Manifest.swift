/// What Package.swift says of targets, read from its one-line helpers.
struct Manifest {
    struct Entry: Hashable {
        var name: String
        var path: String
        var needs: [String]
    }

    /// Every target but system libraries, C targets and tests.
    let targets: [Entry]
    /// The targets that `module` makes.
    let modules: [Entry]

    init() throws {
        let text = try House.text("Package.swift")
        modules = text.matches(of: /(?m)^    module\("(\w+)", "(\w+)"(?:, needs: \[([^\]]*)\])?\)/).map { line in
            let needs = ["PipelineKit"] + Self.names(line.3)
            return Entry(name: "\(line.1)\(line.2)", path: "Plugins/\(line.2)s/\(line.1)", needs: needs)
        }
        let all = modules.map(\.name).filter { !$0.hasSuffix("Store") && !$0.hasSuffix("Contract") }
        var targets = modules
        for line in text.matches(of: /house\(\s*"(\w+)"(?:,\s*needs: \[([^\]]*)\]( \+ modules)?)?/) {
            let needs = Self.names(line.2) + (line.3 == nil ? [] : all)
            targets.append(Entry(name: String(line.1), path: "Sources/\(line.1)", needs: needs))
        }
        let contracts = modules.map(\.name).filter { $0.hasSuffix("Contract") }
        let program = /\.executableTarget\(\s*name: "(\w+)",\s*dependencies: \[([^\]]*)\]( \+ every\("Contract"\))?/
        for line in text.matches(of: program) {
            let needs = Self.names(line.2) + (line.3 == nil ? [] : contracts)
            targets.append(Entry(name: String(line.1), path: "Sources/\(line.1)", needs: needs))
        }
        targets.append(Entry(name: "BuiltInPipelines", path: "Pipelines", needs: []))
        self.targets = targets
    }

    private static func names(_ list: Substring?) -> [String] {
        (list ?? "").matches(of: /"(\w+)"/).map { String($0.1) }
    }

    /// The names of all targets there are, C libraries too.
    static func names() throws -> Set<String> {
        let text = try House.text("Package.swift")
        let named = text.matches(of: /(?:house|library|name:)\(?\s*"(\w+)"/).map { String($0.1) }
        return Set(named + (try Manifest()).modules.map(\.name))
    }
}
