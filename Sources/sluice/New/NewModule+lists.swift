/// The lines that a new module needs in the lists of the package. Lines are found by what stands in them, so that a list
/// that somebody keeps in another order is not spoiled.
extension NewModule {
    /// Package.swift with the target; tests of its kind are given every such target.
    ///
    /// - Throws: what was not found there.
    func manifest(_ text: String) throws(CommandError) -> String {
        let needs = kind.needs.map { "\"\($0)\"" }.joined(separator: ", ")
        let line = "    module(\"\(family)\", \"\(kind.ending)\"\(needs.isEmpty ? "" : ", needs: [\(needs)]")),"
        var lines = text.lines
        guard let last = lines.lastIndex(where: { $0.hasPrefix("    module(") && $0.contains("\"\(kind.ending)\"") })
        else {
            throw missing("a line such as '\(line)'", in: "Package.swift")
        }
        lines.insert(line, at: last + 1)
        return lines.text
    }

    /// The list of its kind with the import and the registration, each in its place.
    ///
    /// - Throws: what was not found there.
    func list(_ text: String) throws(CommandError) -> String {
        var lines = text.lines
        let name = kind.list.split(separator: "/").last.map(String.init) ?? kind.list
        let imports = lines.indices.filter { lines[$0].imported != nil }
        guard let last = imports.last else { throw missing("imports", in: name) }
        let place = imports.first { lines[$0].imported ?? "" > target } ?? last + 1
        lines.insert("import \(target)", at: place)
        let (beginning, end) =
            kind == .contract
            ? ("static let all: [ServedContract]", "    ]") : ("func add\(kind.family)(to registry", "    }")
        guard let first = lines.firstIndex(where: { $0.contains(beginning) }),
            let end = lines[first...].firstIndex(of: end)
        else { throw missing("'\(beginning)'", in: name) }
        lines.insert(registration, at: successor(in: lines[first..<end].dropFirst()) ?? end)
        return lines.text
    }

    private var registration: String {
        kind == .contract
            ? "        ServedContract(name: \(type).name) { \(type).contract($0.services) },"
            : "        registry.add(\(type).self)"
    }

    /// The line before which a new one goes: modules stand in the order of the alphabet, a new interface last.
    private func successor(in list: ArraySlice<String>) -> Int? {
        kind == .contract ? nil : list.firstIndex { $0 > registration }
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
