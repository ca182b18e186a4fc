import FoundationEssentials
public import PipelineKit

/// Shared libraries that hold tools, over the table of functions in `sluice_module.h`: `modules: [./libwords.so]`.
///
/// A library is loaded into a helper process, and not before a run needs it. Until then only its file is looked at.
public struct ModuleLibrarySource: ModuleSource {
    public let key = "modules"
    public let summary = "Shared libraries that hold tools of the pipeline."
    public var schema: ValueSchema { .list(ModuleDeclaration.schema) }
    public var example: JSONValue { ["./libwords.so"] }

    /// The program of the helper process, and its arguments.
    private let host: [String]

    /// - Parameter host: A program that calls ``ModuleHost/run()``; an absolute path, and its arguments.
    public init(host: [String]) { self.host = host }

    public func modules(of json: JSONValue, in project: String?) -> BroughtModules {
        var (found, reader) = (BroughtModules(), FieldReader())
        var names: Set<String> = []
        for (index, json) in json.elements.enumerated() {
            guard let declaration = reader.read(ModuleDeclaration.self, json, index: index) else { continue }
            let place = FieldPath().appending(index)
            guard names.insert(declaration.name).inserted else {
                let sentence = "Two libraries are named '\(declaration.name)'. Give one another 'name'."
                found.problems.append(FieldProblem(place, sentence))
                continue
            }
            let path = project.flatMap { LibraryFile.path(of: declaration.path, in: $0) }
            if project != nil, let problem = problem(with: declaration, at: path) {
                if declaration.optional {
                    found.warnings.append(FieldProblem(place, "\(problem) As it is optional, a run goes without it."))
                } else {
                    found.problems.append(FieldProblem(place, problem))
                }
            }
            let module = ForeignModule(declaration, path: path, host: host)
            found.shelves.append(Brought(module.shelf, at: place))
        }
        found.problems += reader.problems
        return found
    }

    private func problem(with declaration: ModuleDeclaration, at path: String?) -> String? {
        guard let path else { return "There is no library '\(declaration.path)'." }
        do throws(Failure) {
            guard try ELFLibrary(path).functions.contains("sluice_module") else {
                return "'\(declaration.path)' does not export 'sluice_module'; see sluice_module.h."
            }
            return nil
        } catch {
            return "'\(declaration.path)' \(error.message)"
        }
    }
}

/// A library as a person declares it: its path alone, or a mapping.
struct ModuleDeclaration: FieldValue {
    private struct Syntax: Fields {
        @Field("The library: a path, absolute or from the project.") var path: String
        @Field("What the names of its tools begin with; the file's name without 'lib' and '.so' when left out.")
        var name: String? = nil
        @Field("Whether a run goes without it when it cannot be loaded.") var optional: Bool = false
        @Field("How long a call may take.") var timeout: Duration = .seconds(60)
        init() {}

        func check(_ reader: inout FieldReader) {
            if path.isEmpty { reader.problem(inValueOf: "path", "must name a library, but is empty.") }
            if timeout <= .zero || timeout > .seconds(3_600) {
                reader.problem(
                    inValueOf: "timeout",
                    "must be more than nothing and at most 1h, but is \(timeout.written)."
                )
            }
            if let name, !ModuleID(name).isUsableByModels {
                reader.problem(inValueOf: "name", "must be made of letters, digits, '_' and '-', but is '\(name)'.")
            }
        }
    }

    let path: String
    let name: String
    let optional: Bool
    let timeout: Duration

    static var schema: ValueSchema { .oneOf([.string, Syntax.schema]) }

    var json: JSONValue { ["path": .string(path), "name": .string(name), "optional": .bool(optional)] }

    init?(_ json: JSONValue, _ reader: inout FieldReader) {
        var syntax = Syntax()
        if let text = json.text {
            syntax.path = text
        } else {
            guard let read = Syntax(json, &reader) else { return nil }
            syntax = read
        }
        (path, optional, timeout) = (syntax.path, syntax.optional, syntax.timeout)
        name = syntax.name ?? Self.name(of: syntax.path)
    }

    /// `words` for `./build/libwords.so.1`.
    private static func name(of path: String) -> String {
        let file = path.split(separator: "/").last.map(String.init) ?? path
        let stem = file.hasPrefix("lib") ? String(file.dropFirst(3)) : file
        let name = stem.prefix { $0 != "." }.map {
            $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") ? $0 : "_"
        }
        return name.isEmpty ? "module" : String(name)
    }
}
