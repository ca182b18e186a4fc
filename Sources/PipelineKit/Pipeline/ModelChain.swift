/// The models that may work, in the order they are asked: each stands in for those before it.
public struct ModelChain: FieldValue, Hashable, CustomStringConvertible {
    /// The most models in a chain.
    public static let most = 8

    /// The one that works as long as it can.
    public var first: ModelName
    public var others: [ModelName]

    public init(_ first: ModelName, _ others: [ModelName] = []) {
        self.first = first
        self.others = others
    }

    /// All, in their order.
    public var names: [ModelName] { [first] + others }

    /// As a command line takes it: `anthropic/claude-sonnet-4-6,openai/gpt-5.2`.
    public var description: String { names.map(\.description).joined(separator: ",") }

    /// Reads one model, or several with commas between them; `nil` when one of them is none.
    public init?(_ text: String) {
        let names = text.split(separator: ",", omittingEmptySubsequences: false).map { ModelName($0.trimmed) }
        let known = names.compactMap(\.self)
        guard known.count == names.count, known.count <= Self.most, let first = known.first else { return nil }
        self.init(first, Array(known.dropFirst()))
    }

    public static var schema: ValueSchema { .oneOf([ModelName.schema, .list(ModelName.schema)]) }

    /// A text for one model, as histories have always had it.
    public var json: JSONValue { others.isEmpty ? first.json : names.json }

    public init?(_ json: JSONValue, _ reader: inout FieldReader) {
        guard case .array(let elements) = json else {
            guard let name = ModelName(json, &reader) else { return nil }
            self.init(name)
            return
        }
        guard (1...Self.most).contains(elements.count) else {
            reader.problem("A list of models has 1 to \(Self.most), each to stand in for those before it.")
            return nil
        }
        guard let names = [ModelName](json, &reader) else { return nil }
        guard Set(names).count == names.count else {
            reader.problem("Each model stands in the list once.")
            return nil
        }
        self.init(names[0], Array(names.dropFirst()))
    }
}
