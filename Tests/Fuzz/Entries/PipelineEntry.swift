import PipelineEngine
import PipelineKit
import YAML

/// What must hold for any bytes taken as a pipeline file. A broken promise traps, which a fuzzer and a test both see.
@Sendable public func tryPipeline(_ bytes: [UInt8]) {
    let document = YAMLDocument(bytes)
    precondition(document.nodes <= YAMLLimits.standard.nodes, "More nodes than the limit allows.")
    for problem in document.problems {
        precondition(problem.mark.line >= 1 && problem.mark.column >= 1, "A problem stands before the text.")
        precondition(!problem.problem.isEmpty, "A problem says nothing.")
    }
    let sources = PipelineSources(
        builtInNames: ["parent"],
        builtIn: { $0 == "parent" ? ("parent.yaml", "name: parent\ngoal: pytest\ntools: [file_read]\n") : nil },
        read: { path throws(Failure) in
            guard path == "self.yaml" else { throw Failure(.missing, "there is no such file.") }
            return bytes
        }
    )
    let loader = PipelineLoader(sources, registry: Registry())
    do throws(Diagnostics) {
        _ = try loader.load(file: "self.yaml")
        preconditionFailure("No gate is registered, so no pipeline can pass.")
    } catch { check(error) }
    guard let loaded = try? PipelineLoader(sources).load(file: "self.yaml") else { return }
    check(loaded.pipeline)
}

private func check(_ told: Diagnostics) {
    precondition(!told.all.isEmpty, "A pipeline is refused without a word.")
    for one in told.all {
        let lines = one.description.split(separator: "\n", omittingEmptySubsequences: false)
        precondition(lines.count == (one.place == nil ? 1 : 3), "A diagnostic has broken lines.")
        let isPlain = one.description.unicodeScalars.allSatisfy {
            $0 == "\n" || $0.properties.generalCategory != .control
        }
        precondition(isPlain, "A diagnostic holds control characters.")
    }
}

private func check(_ pipeline: Pipeline) {
    precondition(pipeline.extends == nil, "What is extended has not been merged in.")
    let again = try? Pipeline(json: pipeline.json)
    precondition(again == pipeline, "The normal form does not read back to itself.")
    let needed = pipeline.inputs.filter { $0.value.default == nil }.map { ($0.key, standIn($0.value.type)) }
    let environment = pipeline.env.map { ($0, "x") }
    _ = try? pipeline.resolved(
        inputs: Dictionary(needed) { first, _ in first },
        environment: Dictionary(environment) { first, _ in first }
    )
    _ = PipelineLinter(Registry()).findings(in: pipeline, .resolved)
}

private func standIn(_ kind: InputDeclaration.Kind) -> JSONValue {
    switch kind {
    case .string: "x"
    case .integer, .number: "1"
    case .boolean: "true"
    }
}
