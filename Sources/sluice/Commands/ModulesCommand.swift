import PipelineKit

/// `sluice modules`: what can be used in pipelines.
enum ModulesCommand: Subcommand {
    struct Options: Fields {
        @Field("Print the whole reference as Markdown.") var markdown: Bool = false
        init() {}
    }

    static let name = "modules"
    static let summary = "Lists tools, gates, providers and what pipelines may bring along; with a name, shows one."
    static let operands = [
        Operand(name: "show", help: "The word 'show', before a name.", isOptional: true),
        Operand(name: "NAME", help: "The name of a module.", isOptional: true),
    ]

    static func run(_ options: Options, _ operands: [String], in session: Session) async throws(CommandError)
        -> ExitStatus
    {
        let cards = session.registry.cards
        if options.markdown {
            Output.raw(Array(ModuleReference.markdown(cards).utf8))
            return .achieved
        }
        guard let name = operands.last, name != "show" || operands.count > 1 else {
            ModuleReference.list(cards).forEach(Output.line)
            return .achieved
        }
        if operands.count == 2, operands[0] != "show" {
            throw .usage("'sluice modules' takes 'show NAME', but was given '\(operands.joined(separator: " "))'.")
        }
        let found = cards.filter { $0.names.contains(name) }
        guard !found.isEmpty else {
            let near = Suggestion.sentence(for: name, among: cards.flatMap(\.names))
            throw .usage("There is no module '\(name)'.\(near)")
        }
        for card in found { Output.line(ModuleReference.page(card)) }
        return .achieved
    }
}
