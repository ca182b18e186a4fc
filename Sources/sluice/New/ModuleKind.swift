import PipelineKit

/// A kind of module that can be begun.
enum ModuleKind: String, CaseIterable {
    case tool
    case gate
    case provider
    case contract

    /// How names of its types and targets end: `Tool`.
    var ending: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
    /// The directory of its family: `Tools`.
    var family: String { "\(ending)s" }

    /// Where its tests stand.
    var tests: String {
        switch self {
        case .tool: "Tests/ModuleTests/Tools"
        case .gate: "Tests/GateTests"
        case .provider: "Tests/ProviderTests"
        case .contract: "Tests/ContractTests"
        }
    }

    /// The list in which whatever uses such modules finds them.
    var list: String {
        self == .contract
            ? "Sources/sluice/Serve/ServedContract.swift" : "Sources/StandardModules/StandardModules.swift"
    }

    /// What its target needs besides PipelineKit.
    var needs: [String] { self == .contract ? ["ContractKit", "HTTPKit", "PipelineEngine"] : [] }
}

/// A module that is about to be written.
struct NewModule {
    let kind: ModuleKind
    /// As pipelines call it: `word_count`, `no-todo`.
    let id: String
    /// The directory of the target, and its name in Package.swift: `Word`. A target named as its type would hide it.
    let family: String
    /// `WordCount`.
    let stem: String

    /// - Parameter isTaken: Whether there is a family of this name.
    /// - Throws: why it cannot be called that.
    init(_ kind: ModuleKind, _ id: String, isTaken: (String) -> Bool) throws(CommandError) {
        let parts = id.split(omittingEmptySubsequences: false) { "_-".contains($0) }
        let letters = "abcdefghijklmnopqrstuvwxyz0123456789"
        let isName = parts.allSatisfy { !$0.isEmpty && $0.allSatisfy(letters.contains) } && id.first?.isLetter == true
        guard isName, id.utf8.count <= 64 else {
            throw .usage(
                "'\(id)' cannot be the name of a \(kind.rawValue): small letters, digits, '_' and '-' between them, such as 'word_count'."
            )
        }
        self.kind = kind
        self.id = id
        let words = parts.map { $0.prefix(1).uppercased() + $0.dropFirst() }
        stem = words.joined()
        family = words.count > 1 && !isTaken(words[0]) ? words[0] : stem + (stem.hasSuffix("s") ? "Family" : "s")
    }

    /// The type: `WordCountTool`.
    var type: String { stem + kind.ending }
    var target: String { "\(family)\(kind.ending)" }
    var source: String { "Plugins/\(kind.family)/\(family)/\(type).swift" }
    var test: String { "\(kind.tests)/\(type)Tests.swift" }
}
