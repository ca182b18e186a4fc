public import PipelineKit

/// The pipeline that the name of a gate stands for: its goal is the gate, and inputs are the settings that are given.
public struct GatePipeline: Sendable {
    /// Why there is no such pipeline.
    public enum Problem: Error, Hashable {
        /// Nothing of the gate is called so.
        case unknown(String, near: String)
        /// A setting that has to be given and is more than a word, or one that is given and is more than that.
        case moreThanAWord(String, kind: String)
    }

    private let name: String
    private let gate: GateFactory

    /// - Parameter name: What the gate is called, or also called.
    public init(_ name: String, _ gate: GateFactory) {
        self.name = name
        self.gate = gate
    }

    /// The settings that have to be given, and are not.
    ///
    /// - Parameter given: The settings that a person gives.
    public func missing(given: [String: JSONValue]) -> [String] {
        gate.settings.filter { $0.isRequired && given[$0.name] == nil }.map(\.name)
    }

    /// The pipeline as JSON, which YAML takes.
    ///
    /// - Parameter given: The settings that a person gives, as texts; those that have to be given are inputs anyway.
    /// - Throws: ``Problem`` for the first setting that cannot be an input.
    public func text(given: [String: JSONValue] = [:]) throws(Problem) -> String {
        for setting in given.keys.sorted() where !gate.settings.contains(where: { $0.name == setting }) {
            throw .unknown(setting, near: Suggestion.sentence(for: setting, among: gate.settings.map(\.name)))
        }
        var inputs: [String: JSONValue] = [:]
        var settings: [String: JSONValue] = [:]
        for setting in gate.settings where setting.isRequired || given[setting.name] != nil {
            guard let word = Word(setting.value) else {
                throw .moreThanAWord(setting.name, kind: setting.value.words)
            }
            var input: [String: JSONValue] = ["type": .string(word.type.rawValue), "help": .string(setting.help)]
            // With it the pipeline can be checked as it will be; one of another type is told when inputs are filled in.
            let value = given[setting.name].map(word.type.converted)
            if let value, word.type.takes(value) { input["default"] = value }
            inputs[setting.name] = .object(input)
            let reference = JSONValue.string("${inputs.\(setting.name)}")
            settings[setting.name] = word.isListed ? .array([reference]) : reference
        }
        var pipeline: [String: JSONValue] = ["name": .string(name), "description": .string(gate.summary)]
        pipeline["goal"] = ["gate": .string(name), "with": .object(settings)]
        if !inputs.isEmpty { pipeline["inputs"] = .object(inputs) }
        return String(decoding: JSONValue.object(pipeline).encoded(.pretty), as: UTF8.self)
    }
}

/// How one word of a person becomes the value of a setting.
private struct Word {
    var type: InputDeclaration.Kind
    /// Whether it is the only element of a list.
    var isListed = false

    init?(_ schema: ValueSchema) {
        switch schema {
        case .string, .choice, .quantity: type = .string
        case .integer: type = .integer
        case .number: type = .number
        case .boolean: type = .boolean
        case .list(let element):
            guard let word = Word(element), !word.isListed else { return nil }
            self = word
            isListed = true
        case .oneOf(let choices):
            guard choices.contains(.string) else { return nil }
            type = .string
        case .any, .mapping, .group, .recursive: return nil
        }
    }
}
