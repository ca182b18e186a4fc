/// The lines that a new module needs in the lists of the package. Lines are found by what stands in them, so that a list
/// that somebody keeps in another order is not spoiled.
extension NewModule {
    /// Package.swift with the target, and with it among the needs of its tests.
    ///
    /// - Throws: what was not found there.
    func manifest(_ text: String) throws(CommandError) -> String {
        let line = "    module(\"\(family)\", \"\(kind.ending)\"),"
        var lines = text.lines
        guard let last = lines.lastIndex(where: { $0.hasPrefix("    module(") && $0.contains("\"\(kind.ending)\"") })
        else {
            throw missing("a line such as '\(line)'", in: "Package.swift")
        }
        lines.insert(line, at: last + 1)
        let needs = lines.firstIndex { $0.contains("\"\(kind.tests.target)\"") }.flatMap { start in
            lines[start...].firstIndex {
                $0.hasPrefix("                \"PipelineKit\"") || $0.contains("\"PipelineKit\", \"PipelineTesting\"")
            }
        }
        guard let needs else { throw missing("the needs of '\(kind.tests.target)'", in: "Package.swift") }
        lines.insert("                \"\(target)\",", at: needs)
        return lines.text
    }

    /// StandardModules.swift with the import and the registration, each in its place by the alphabet.
    ///
    /// - Throws: what was not found there.
    func list(_ text: String) throws(CommandError) -> String {
        var lines = text.lines
        let imports = lines.indices.filter { lines[$0].imported != nil }
        guard let last = imports.last else { throw missing("imports", in: "StandardModules.swift") }
        let place = imports.first { lines[$0].imported ?? "" > target } ?? last + 1
        lines.insert("import \(target)", at: place)
        guard let function = lines.firstIndex(where: { $0.contains("func add\(kind.family)(to registry") }),
            let end = lines[function...].firstIndex(of: "    }")
        else { throw missing("'add\(kind.family)'", in: "StandardModules.swift") }
        let line = "        registry.add(\(type).self)"
        lines.insert(line, at: lines[function..<end].dropFirst().firstIndex { $0 > line } ?? end)
        return lines.text
    }

    private func missing(_ what: String, in file: String) -> CommandError {
        .usage("'\(file)' has not \(what), beside which the new line would go. Is this a checkout of Sluice?")
    }
}

extension String {
    /// What a line imports; `nil` for another line.
    fileprivate var imported: String? {
        let words = split(separator: " ").drop { $0 == "public" }
        return words.count == 2 && words.first == "import" ? words.last.map(String.init) : nil
    }

    fileprivate var lines: [String] { split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }
}

extension [String] {
    fileprivate var text: String { joined(separator: "\n") }
}
