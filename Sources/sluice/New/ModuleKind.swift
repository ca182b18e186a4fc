import PipelineKit

/// A kind of module that can be begun.
enum ModuleKind: String, CaseIterable {
    case tool
    case gate
    case provider

    /// How names of its types and targets end: `Tool`.
    var ending: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
    /// The directory of its family: `Tools`.
    var family: String { "\(ending)s" }

    /// Where its tests stand, and the target that holds them.
    var tests: (directory: String, target: String) {
        switch self {
        case .tool: ("Tests/ModuleTests/Tools", "ModuleTests")
        case .gate: ("Tests/GateTests", "GateTests")
        case .provider: ("Tests/ProviderTests", "ProviderTests")
        }
    }
}

/// A module that is about to be written.
struct NewModule {
    let kind: ModuleKind
    /// As pipelines call it: `word_count`, `no-todo`.
    let id: String

    /// - Throws: why it cannot be called that.
    init(_ kind: ModuleKind, _ id: String) throws(CommandError) {
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
    }

    /// `WordCount`.
    private var stem: String {
        id.split { "_-".contains($0) }.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
    /// The type: `WordCountTool`.
    var type: String { stem + kind.ending }
    /// The target. One named as its type would hide it.
    var target: String { "\(family)\(kind.ending)" }
    /// The directory of the target, and its name in Package.swift: `WordCounts`.
    var family: String { stem.hasSuffix("s") ? "\(stem)Family" : "\(stem)s" }
    var source: String { "Plugins/\(kind.family)/\(family)/\(type).swift" }
    var test: String { "\(kind.tests.directory)/\(type)Tests.swift" }
}
